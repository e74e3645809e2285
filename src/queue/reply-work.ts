import { isOutcome, type Outcome } from '../domain.js'
import { ChorusError, toChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import type { ReplyJournal } from '../reply-journal.js'
import type { ReplyHandler, TakenBack, WorkContext } from '../reply-queue.js'
import { HeldReplies, type HeldRepliesOptions } from './held-replies.js'
import type { Lanes } from './lanes.js'
import { isInFlight, type Ledger, type LedgerEntry, type ReplyState, toRecord } from './ledger.js'
import { makeLine } from './make-line.js'
import type { Turn } from './turn.js'
import { Turns } from './turns.js'
import type { Share } from './waiting-list.js'

export interface ReplyWorkOptions extends Omit<HeldRepliesOptions, 'goBack'> {
  readonly handler: ReplyHandler<unknown>
  readonly ledger: Ledger
  readonly lanes: Lanes
  readonly journal: ReplyJournal
  readonly events: ChorusEmitter
  /** Called when a reply has changed its state, or has its outcome. */
  readonly onChange: (entry: LedgerEntry) => void
  /** Told how long the handler took to make a line, in milliseconds. */
  readonly madeIn: (ms: number) => void
}

/**
 * Moves replies through their states: made in a slot, delivered without one, held after a failure, settled once. Each
 * step that a later run has to know of is written down when it is made.
 */
export class ReplyWork {
  readonly #options: ReplyWorkOptions
  readonly #turns: Turns
  readonly #held: HeldReplies
  /** Nothing more is made or written. */
  #isClosed = false

  constructor(options: ReplyWorkOptions) {
    this.#options = options
    this.#turns = new Turns(options.ledger)
    this.#held = new HeldReplies({ ...options, goBack: (share) => this.wait(share) })
  }

  /**
   * Puts replies in line, by their arrival: when they were accepted, and again after each pause. All of them before one
   * starts: those of one viewer get one answer.
   */
  wait(entries: readonly LedgerEntry[]): void {
    const { lanes, ledger, onChange } = this.#options
    for (const entry of entries)
      if (entry.state === 'waiting') onChange(entry)
      else this.#move(entry, 'waiting')
    lanes.add(entries.filter((entry) => ledger.isOpen(entry)))
  }

  /** Runs inside both queues: as long as it lasts, the turn holds a slot of its lane and a global one. */
  async run(shares: readonly Share[]): Promise<void> {
    const { clock, handler, journal, madeIn } = this.#options
    const turn = this.#turns.begin(shares)
    const context = this.#contextOf(turn)
    this.#start(turn)
    try {
      // A process that dies of these replies must know them the next time.
      await Promise.all(turn.entries.map((entry) => journal.put(toRecord(entry))))
      context.signal.throwIfAborted()
      turn.forgetDropped()
      const { line, missing } = await makeLine(handler, turn, context, { clock, madeIn })
      // Before the others’ line is written: of these a later run must know that it was not theirs.
      await Promise.all(missing.map((entry) => this.#answerAlone(this.#turns.drop(turn, entry))))
      if (turn.isEmpty) return
      this.#ready(turn, line)
      // Not awaited: from here on the line waits for the account's allowance, and that must hold no slot.
      void this.#deliver(turn, context)
    } catch (error) {
      this.#fail(turn, error)
    }
  }

  /** Goes on with a line that a run which ended had begun to write. */
  resend(shares: readonly Share[]): void {
    const turn = this.#turns.begin(shares)
    const { writtenAtMs } = turn.carrier
    if (!this.#options.handler.deliver || writtenAtMs === undefined) {
      this.#settle(turn, turn.inDoubt)
      return
    }
    for (const entry of turn.entries) {
      this.#move(entry, 'ready')
      if (turn.entries.length > 1) void this.#options.journal.put(toRecord(entry))
    }
    void this.#deliver(turn, { ...this.#contextOf(turn), writtenAtMs })
  }

  /** The model is back: what it had failed need not wait any longer. */
  resume(): void {
    this.#held.release(({ failingSinceMs }) => failingSinceMs !== undefined)
  }

  /** Ends replies unsaid. Those in flight are only told that nobody wants them any more: their fate decides. */
  takeBack(entries: readonly LedgerEntry[], outcome: TakenBack): void {
    for (const entry of entries) entry.takenBack ??= outcome
    const reason = new ChorusError(outcome.kind, `the reply was taken back: ${outcome.reason}`)
    const written = new Set<Turn>()
    for (const entry of entries) {
      const turn = this.#turns.of(entry)
      if (isInFlight(entry)) {
        if (turn) written.add(turn)
        continue
      }
      if (turn) this.#leaveTurn(turn, entry, reason)
      this.settle(entry, outcome)
    }
    // Others may still want a line that answers them, too. Asked once per line: a viewer may have a thousand mentions in it.
    for (const turn of written) if (turn.entries.every(({ takenBack }) => takenBack)) turn.abort(reason)
  }

  /** The reply has its outcome; the first one counts. */
  settle(entry: LedgerEntry, outcome: Outcome): void {
    const { clock, events, journal, lanes, ledger, onChange } = this.#options
    const record = toRecord(entry)
    if (!ledger.close(entry)) return
    void journal.settle(record, outcome)
    if (entry.state === 'waiting') lanes.remove(entry)
    this.#held.forget(entry)
    this.#turns.forget(entry)
    const { task } = entry
    events.emit('reply:settled', { task, outcome, tookMs: clock.now() - task.message.arrivedAtMs })
    onChange(entry)
    lanes.refresh(task.bot)
  }

  /** Makes and writes nothing more; what is in flight goes on. Safe to call twice. */
  close(): void {
    this.#isClosed = true
    this.#held.clear()
    for (const [entry, turn] of this.#turns.all()) if (!isInFlight(entry)) turn.abort(stopped())
  }

  /** A line that was written may be in chat: that much is known of it, and nothing more will be. */
  abandon(): void {
    for (const [entry, turn] of this.#turns.all().filter(([entry]) => isInFlight(entry))) {
      this.settle(entry, turn.inDoubt)
      turn.abort(stopped())
    }
  }

  #contextOf(turn: Turn): WorkContext {
    return turn.toContext({
      inFlight: (isNow) => this.#setInFlight(turn, isNow),
      settled: (outcome) => this.#settle(turn, outcome),
    })
  }

  #setInFlight(turn: Turn, isNow: boolean): void {
    const { clock, journal, ledger } = this.#options
    // A repetition counts from the first write: Twitch remembers the line from then on.
    for (const entry of turn.entries)
      entry.writtenAtMs = isNow ? (entry.writtenAtMs ?? clock.now()) : undefined
    const { carrier } = turn
    if (!ledger.isOpen(carrier)) return
    // Before it is written: a crash must not make a line be said twice.
    if (isNow) journal.putNow(toRecord(carrier))
    else void journal.put(toRecord(carrier))
    // It has come to nothing: whoever is not wanted any more drops out before it is said again.
    for (const entry of isNow ? [] : turn.unwanted)
      if (entry.takenBack) this.takeBack([entry], entry.takenBack)
  }

  #start(turn: Turn): void {
    const { clock, events } = this.#options
    for (const entry of turn.entries) {
      if (!this.#turns.isIn(turn, entry)) continue
      this.#move(entry, 'working')
      const waitedMs = clock.now() - entry.task.message.arrivedAtMs
      events.emit('reply:started', { task: entry.task, attempt: entry.attempts + 1, waitedMs })
    }
  }

  /** The line is made: those whom it does not answer any more are left out of it. */
  #ready(turn: Turn, made: unknown): void {
    const { clock, events, handler, journal } = this.#options
    turn.signal.throwIfAborted()
    const line = turn.withoutDropped(made, handler.joint)
    for (const entry of turn.entries) {
      if (!this.#turns.isIn(turn, entry)) continue
      entry.line = line
      entry.failures = 0
      entry.failingSinceMs = undefined
      this.#move(entry, 'ready')
      void journal.put(toRecord(entry))
      const tookMs = clock.now() - entry.task.message.arrivedAtMs
      events.emit('reply:ready', { task: entry.task, tookMs })
    }
  }

  async #deliver(turn: Turn, context: WorkContext): Promise<void> {
    const { handler, ledger } = this.#options
    try {
      if (context.signal !== turn.signal || turn.isEmpty || !ledger.isOpen(turn.carrier)) return
      const { task } = turn.first
      const line = turn.withoutDropped(turn.first.line, handler.joint)
      for (const entry of turn.entries) entry.line = line
      const said = await handler.deliver?.(task, line, context)
      this.#settle(turn, isOutcome(said) ? said : { kind: 'sent' })
    } catch (error) {
      // A line that is said without some of the viewers has taken its place.
      if (context.signal === turn.signal) this.#fail(turn, error)
    }
  }

  /** All of them have the same outcome; the carrier last: until then a later run knows that the line was written. */
  #settle(turn: Turn, outcome: Outcome): void {
    const whole = turn.toOutcome(outcome)
    for (const entry of turn.entries) this.settle(entry, whole)
  }

  /** One reply of the turn is not wanted any more: its viewer's share drops out, and the line goes on without it. */
  #leaveTurn(turn: Turn, entry: LedgerEntry, reason: ChorusError): void {
    const isReady = entry.state === 'ready'
    const share = this.#turns.drop(turn, entry)
    for (const one of share) if (one.takenBack) this.settle(one, one.takenBack)
    const known = this.#goBack(share.filter(({ takenBack }) => !takenBack))
    if (turn.isEmpty) turn.abort(reason)
    else if (isReady) void this.#sayWithout(turn, known, reason)
  }

  /** A line without the viewer takes the place of the one that waits to be said. */
  async #sayWithout(turn: Turn, known: Promise<unknown>, reason: ChorusError): Promise<void> {
    turn.restart(reason)
    const context = this.#contextOf(turn)
    // Others may drop out in the same breath, too: a whole chat may have been cleared.
    await known
    if (!this.#isClosed) await this.#deliver(turn, context)
  }

  #answerAlone(share: Share): Promise<unknown> {
    for (const entry of share) entry.isAlone = true
    return this.#goBack(share)
  }

  /** Back to the lane: it has cost nothing, and what was made is not for them. Resolves when that is written down. */
  #goBack(share: Share): Promise<unknown> {
    for (const entry of share) {
      entry.line = undefined
      this.#options.ledger.part(entry)
    }
    this.wait(share)
    return Promise.all(share.map((entry) => this.#options.journal.put(toRecord(entry))))
  }

  #fail(turn: Turn, thrown: unknown): void {
    turn.abort(thrown)
    const error = toChorusError(thrown)
    // One of them may be what it failed for: each viewer alone, and none of them has tried in vain.
    const isApart = turn.isJoint && error.scope === 'reply'
    for (const entry of turn.entries) this.#turns.forget(entry)
    for (const share of turn.shares) {
      const left = share.filter((entry) => this.#outlives(entry, turn))
      if (isApart) void this.#answerAlone(left)
      else this.#tryLater(left, error)
    }
  }

  /** Whether a reply goes on after its turn has failed; settles it where it does not. */
  #outlives(entry: LedgerEntry, turn: Turn): boolean {
    // It may be in chat, whatever has gone wrong since: another line would be a second answer.
    if (isInFlight(entry)) this.settle(entry, turn.inDoubt)
    else if (entry.takenBack) this.settle(entry, entry.takenBack)
    return !this.#isClosed && this.#options.ledger.isOpen(entry)
  }

  /** What one viewer has asked is held together, to be answered by one line again. */
  #tryLater(share: Share, error: ChorusError): void {
    const { events, journal, lanes, ledger } = this.#options
    const { held, inMs } = this.#held.hold(share, error)
    for (const entry of share) {
      if (!ledger.isOpen(entry)) continue
      // What was refused is made anew.
      entry.line = undefined
      if (!held.has(entry)) {
        this.settle(entry, { kind: 'dead', code: error.code, reason: error.message })
        continue
      }
      ledger.part(entry)
      this.#move(entry, 'held')
      void journal.put(toRecord(entry))
      events.emit('reply:held', { task: entry.task, error, inMs })
    }
    const [first] = share
    if (first) lanes.refresh(first.task.bot)
  }

  #move(entry: LedgerEntry, state: ReplyState): void {
    this.#options.ledger.move(entry, state)
    this.#options.onChange(entry)
  }
}

function stopped(): ChorusError {
  return new ChorusError('stopping', 'stopped')
}
