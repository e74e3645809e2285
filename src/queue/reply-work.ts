import type { Cancel, Clock } from '../clock.js'
import { isOutcome, type Outcome } from '../domain.js'
import { ChorusError, toChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import type { ReplyJournal } from '../reply-journal.js'
import type { ReplyHandler, TakenBack, WorkContext } from '../reply-queue.js'
import type { Lanes } from './lanes.js'
import { isInFlight, type Ledger, type LedgerEntry, type ReplyState, toRecord } from './ledger.js'
import { makeLine } from './make-line.js'
import { decideRetry, type RetryRules } from './retry-rules.js'
import type { Standstill } from './standstill.js'

export interface ReplyWorkOptions {
  readonly handler: ReplyHandler<unknown>
  readonly ledger: Ledger
  readonly lanes: Lanes
  readonly journal: ReplyJournal
  readonly standstill: Standstill
  readonly retry: RetryRules
  readonly clock: Clock
  readonly random: Random
  readonly events: ChorusEmitter
  /** Called when a reply has changed its state, or has its outcome. */
  readonly onChange: (entry: LedgerEntry) => void
}

/**
 * Moves replies through their states: made in a slot, delivered without one, held after a failure, settled once. Each
 * step that a later run has to know of is written down when it is made.
 */
export class ReplyWork {
  readonly #options: ReplyWorkOptions
  /** Ends the pause, the model call or the sending of one reply; bounded by working and ready replies. */
  readonly #running = new Map<LedgerEntry, AbortController>()
  /** Timers of held replies, one each. */
  readonly #retries = new Map<LedgerEntry, Cancel>()
  /** Nothing more is made or written. */
  #isClosed = false

  constructor(options: ReplyWorkOptions) {
    this.#options = options
  }

  /** Puts a reply in line, by its arrival: when it was accepted, and again after each pause. */
  wait(entry: LedgerEntry): void {
    if (entry.state !== 'waiting') this.#move(entry, 'waiting')
    else this.#options.onChange(entry)
    this.#options.lanes.add(entry)
  }

  /** Runs inside both queues: as long as it lasts, the reply holds a slot of its lane and a global one. */
  async run(entry: LedgerEntry): Promise<void> {
    const { clock, handler, journal } = this.#options
    const context = this.#begin(entry)
    this.#start(entry)
    try {
      // A process that dies of this reply must know it the next time.
      await journal.put(toRecord(entry))
      context.signal.throwIfAborted()
      entry.line = await makeLine(handler, entry.task, context, clock)
      this.#ready(entry)
      // Not awaited: from here on the reply waits for the account's allowance, and that must hold no slot.
      void this.#deliver(entry, context)
    } catch (error) {
      this.#fail(entry, error)
    }
  }

  /** Goes on with a line that a run which ended had begun to write. */
  resend(entry: LedgerEntry): void {
    const { writtenAtMs } = entry
    if (!this.#options.handler.deliver || writtenAtMs === undefined) {
      this.settle(entry, { kind: 'sent', inDoubt: true })
      return
    }
    this.#move(entry, 'ready')
    void this.#deliver(entry, { ...this.#begin(entry), writtenAtMs })
  }

  /** The model is back: what it had failed need not wait any longer. */
  resume(): void {
    for (const [entry, cancel] of [...this.#retries]) {
      if (entry.failingSinceMs === undefined) continue
      cancel()
      this.#retries.delete(entry)
      this.wait(entry)
    }
  }

  /** Ends a reply unsaid. One in flight is only told that nobody wants it any more: its fate decides. */
  takeBack(entry: LedgerEntry, outcome: TakenBack): void {
    entry.takenBack ??= outcome
    const work = this.#running.get(entry)
    if (!isInFlight(entry)) this.settle(entry, outcome)
    // A line that is ready waits in the outbox: it must not be said after all.
    work?.abort(new ChorusError(outcome.kind, `the reply was taken back: ${outcome.reason}`))
  }

  /** The reply has its outcome; the first one counts. */
  settle(entry: LedgerEntry, outcome: Outcome): void {
    const { clock, events, journal, lanes, ledger, onChange } = this.#options
    if (!ledger.close(entry)) return
    void journal.settle(toRecord(entry), outcome)
    this.#retries.get(entry)?.()
    this.#retries.delete(entry)
    this.#running.delete(entry)
    const { task } = entry
    events.emit('reply:settled', { task, outcome, tookMs: clock.now() - task.message.arrivedAtMs })
    onChange(entry)
    lanes.refresh(task.bot)
  }

  /** Makes and writes nothing more; what is in flight goes on. Safe to call twice. */
  close(): void {
    this.#isClosed = true
    for (const cancel of this.#retries.values()) cancel()
    this.#retries.clear()
    for (const [entry, work] of [...this.#running]) {
      if (!isInFlight(entry)) work.abort(stopped())
    }
  }

  /** A line that was written may be in chat: that much is known of it, and nothing more will be. */
  abandon(): void {
    for (const [entry, work] of [...this.#running].filter(([entry]) => isInFlight(entry))) {
      this.settle(entry, { kind: 'sent', inDoubt: true })
      work.abort(stopped())
    }
  }

  #begin(entry: LedgerEntry): WorkContext {
    const work = new AbortController()
    this.#running.set(entry, work)
    return {
      signal: work.signal,
      attempt: entry.attempts + 1,
      ...(entry.line !== undefined && { made: entry.line }),
      inFlight: (isNow) => this.#setInFlight(entry, isNow),
      settled: (outcome) => this.settle(entry, outcome),
    }
  }

  #setInFlight(entry: LedgerEntry, isNow: boolean): void {
    const { clock, journal, ledger } = this.#options
    // A repetition counts from the first write: Twitch remembers the line from then on.
    entry.writtenAtMs = isNow ? (entry.writtenAtMs ?? clock.now()) : undefined
    if (!ledger.isOpen(entry)) return
    // Before it is written: a crash must not make a line be said twice.
    if (isNow) journal.putNow(toRecord(entry))
    else void journal.put(toRecord(entry))
  }

  #start(entry: LedgerEntry): void {
    const { task } = entry
    this.#move(entry, 'working')
    const waitedMs = this.#options.clock.now() - task.message.arrivedAtMs
    this.#options.events.emit('reply:started', { task, attempt: entry.attempts + 1, waitedMs })
  }

  #ready(entry: LedgerEntry): void {
    const { clock, events, journal, ledger } = this.#options
    if (!ledger.isOpen(entry)) return
    entry.failures = 0
    entry.failingSinceMs = undefined
    this.#move(entry, 'ready')
    void journal.put(toRecord(entry))
    events.emit('reply:ready', { task: entry.task, tookMs: clock.now() - entry.task.message.arrivedAtMs })
  }

  async #deliver(entry: LedgerEntry, context: WorkContext): Promise<void> {
    const { handler, ledger } = this.#options
    try {
      if (!ledger.isOpen(entry)) return
      const said = await handler.deliver?.(entry.task, entry.line, context)
      this.settle(entry, isOutcome(said) ? said : { kind: 'sent' })
    } catch (error) {
      this.#fail(entry, error)
    }
  }

  #fail(entry: LedgerEntry, thrown: unknown): void {
    const { ledger, random, retry, standstill } = this.#options
    this.#running.get(entry)?.abort(thrown)
    this.#running.delete(entry)
    if (!ledger.isOpen(entry)) return
    if (isInFlight(entry)) {
      // It may be in chat, whatever has gone wrong since: another line would be a second answer.
      this.settle(entry, { kind: 'sent', inDoubt: true })
      return
    }
    if (entry.takenBack) {
      this.settle(entry, entry.takenBack)
      return
    }
    if (this.#isClosed) return
    const error = toChorusError(thrown)
    standstill.failed(entry, error)
    const verdict = decideRetry(error, entry, retry, random)
    if (verdict.kind === 'hold') this.#hold(entry, error, verdict.inMs)
    else this.settle(entry, { kind: 'dead', code: error.code, reason: error.message })
  }

  #hold(entry: LedgerEntry, error: ChorusError, inMs: number): void {
    const { clock, events, journal, lanes } = this.#options
    // What was refused is made anew.
    entry.line = undefined
    this.#move(entry, 'held')
    void journal.put(toRecord(entry))
    const goBack = () => {
      this.#retries.delete(entry)
      this.wait(entry)
    }
    this.#retries.set(entry, clock.after(inMs, goBack))
    events.emit('reply:held', { task: entry.task, error, inMs })
    lanes.refresh(entry.task.bot)
  }

  #move(entry: LedgerEntry, state: ReplyState): void {
    this.#options.ledger.move(entry, state)
    this.#options.onChange(entry)
  }
}

function stopped(): ChorusError {
  return new ChorusError('stopping', 'stopped')
}
