import { type Cancel, type Clock, SECOND } from '../clock.js'
import { type BotLogin, isOutcome, type Outcome, type ReplyTask } from '../domain.js'
import { ChorusError, toChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import type {
  BlockedCheck,
  DrainReport,
  ModelStanding,
  QueueMetrics,
  ReplyHandler,
  ReplyQueue,
  TakenBack,
  WorkContext,
} from '../reply-queue.js'
import { BacklogWatch } from './backlog-watch.js'
import { DrainWatch } from './drain-watch.js'
import { Lanes } from './lanes.js'
import { Ledger, type LedgerEntry } from './ledger.js'
import { makeLine } from './make-line.js'
import { decideRetry, type RetryRules } from './retry-rules.js'
import { Standstill } from './standstill.js'

/** Ready lines of one bot in one channel above which its lane starts nothing more there. */
const READY_MAX = 2
/** How often replies that can't be served are looked over for their age. */
const SWEEP_EVERY_MS = 5 * SECOND

export interface PQueueEngineOptions {
  readonly bots: readonly BotLogin[]
  /** Replies made at once: over all bots, and by one of them. */
  readonly limits: { readonly global: number; readonly perBot: number }
  readonly retry: RetryRules
  /** A reply that could not be served for longer than this, in milliseconds, expires. */
  readonly answerWithinMs: number
  /** Replies waiting above which a backlog is reported. */
  readonly backlogMax: number
  readonly clock: Clock
  readonly random: Random
  readonly events: ChorusEmitter
  /** Default: no bot is ever blocked. */
  readonly blocked?: BlockedCheck | undefined
  /** Default: a model that is never known to be away, and serves whenever a line is made. */
  readonly model?: ModelStanding | undefined
}

/**
 * The queue in one process: the ledger knows where each reply is, the lanes hold the limits, and this class moves a reply
 * through its states: made in a slot, delivered without one, held after a failure, settled once.
 */
export class PQueueEngine implements ReplyQueue {
  readonly #options: PQueueEngineOptions
  readonly #lanes: Lanes
  readonly #ledger: Ledger
  readonly #backlog: BacklogWatch
  readonly #standstill: Standstill
  readonly #model: ModelStanding
  /** Ends the pause, the model call or the sending of one reply; bounded by working and ready replies. */
  readonly #work = new Map<LedgerEntry, AbortController>()
  /** Timers of held replies, one each. */
  readonly #retries = new Map<LedgerEntry, Cancel>()
  #cancelSweep: Cancel | undefined
  /** When the model last made a line, in clock milliseconds. */
  #servedAtMs = Number.NEGATIVE_INFINITY
  #handler: ReplyHandler<unknown> | undefined
  #drain: DrainWatch | undefined
  /** Nothing more is made or written. */
  #isClosed = false
  #isStopped = false

  constructor(options: PQueueEngineOptions) {
    this.#options = options
    this.#ledger = new Ledger(options.bots)
    const { blocked, clock } = options
    this.#model = options.model ?? { away: () => undefined, servedAtMs: () => this.#servedAtMs }
    this.#standstill = new Standstill({ clock, blocked, model: this.#model })
    this.#backlog = new BacklogWatch(options.backlogMax, options.events)
    this.#lanes = new Lanes({
      bots: options.bots,
      limits: options.limits,
      isOpen: (entry) => this.#ledger.isOpen(entry),
      mayStart: (bot, channel) =>
        this.#handler !== undefined &&
        this.#model.away() === undefined &&
        this.#ledger.readyIn(bot, channel) < READY_MAX &&
        !blocked?.(bot, channel),
      work: (entry) => this.#run(entry),
      fault: (error) => options.events.emit('error', { error, where: 'queue' }),
    })
  }

  serve<Line>(handler: ReplyHandler<Line>): void {
    if (this.#handler) throw new TypeError('serve() takes one handler, and there is one already')
    this.#handler = handler as ReplyHandler<unknown>
    this.refresh()
  }

  async accept(tasks: readonly ReplyTask[]): Promise<void> {
    if (this.#drain || this.#isStopped)
      throw new ChorusError('stopping', 'nothing new is taken while stopping')
    for (const { bot } of tasks) this.#ledger.requireBot(bot)
    for (const task of tasks) {
      const entry = this.#ledger.open(task)
      if (!entry) continue
      this.#options.events.emit('reply:accepted', { task })
      this.#wait(entry)
    }
    this.#cancelSweep ??= this.#options.clock.after(SWEEP_EVERY_MS, () => this.#sweep())
  }

  metrics(): QueueMetrics {
    return this.#ledger.metrics()
  }

  takeBack(matches: (task: ReplyTask) => boolean, outcome: TakenBack): number {
    const meant = [...this.#ledger.entries()].filter(({ task }) => matches(task))
    for (const entry of meant) this.#takeBack(entry, outcome)
    return meant.length
  }

  refresh(): void {
    this.#standstill.forgive(this.#ledger.entries())
    this.#lanes.refresh()
  }

  drain({ deadlineMs }: { readonly deadlineMs?: number } = {}): Promise<DrainReport> {
    this.#drain ??= new DrainWatch({
      ledger: this.#ledger,
      isStuck: (entry) => this.#standstill.isStuck(entry),
      close: () => this.#close(),
      abandon: () => this.#abandon(),
      clock: this.#options.clock,
    })
    if (deadlineMs !== undefined) this.#drain.within(deadlineMs)
    return this.#drain.report
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#drain?.end()
    this.#cancelSweep?.()
    this.#close()
    this.#abandon()
    for (const entry of [...this.#ledger.entries()]) this.#ledger.close(entry)
    this.#work.clear()
  }

  /** Makes and writes nothing more; what is in flight goes on. Safe to call twice. */
  #close(): void {
    this.#isClosed = true
    this.#lanes.stop()
    for (const cancel of this.#retries.values()) cancel()
    this.#retries.clear()
    for (const [entry, work] of [...this.#work]) {
      if (!entry.isInFlight) work.abort(new ChorusError('stopping', 'stopped'))
    }
  }

  /** A line that was written may be in chat: that much is known of it, and nothing more will be. */
  #abandon(): void {
    for (const entry of [...this.#ledger.entries()].filter(({ isInFlight }) => isInFlight)) {
      const work = this.#work.get(entry)
      this.#settle(entry, { kind: 'sent', inDoubt: true })
      work?.abort(new ChorusError('stopping', 'stopped'))
    }
  }

  /** Runs inside both queues: as long as it lasts, the reply holds a slot of its lane and a global one. */
  async #run(entry: LedgerEntry): Promise<void> {
    const handler = this.#handler
    if (!handler) return
    const work = new AbortController()
    this.#work.set(entry, work)
    const context: WorkContext = {
      signal: work.signal,
      attempt: entry.attempts + 1,
      inFlight: (isInFlight) => {
        entry.isInFlight = isInFlight
      },
    }
    this.#start(entry)
    try {
      const line = await makeLine(handler, entry.task, context, this.#options.clock)
      this.#ready(entry)
      // Not awaited: from here on the reply waits for the account's allowance, and that must hold no slot.
      this.#deliver(handler, entry, line, context).catch((error: unknown) => this.#fail(entry, error))
    } catch (error) {
      this.#fail(entry, error)
    }
  }

  #start(entry: LedgerEntry): void {
    const { task } = entry
    this.#ledger.move(entry, 'working')
    this.#watchBacklog()
    const waitedMs = this.#options.clock.now() - task.message.arrivedAtMs
    this.#options.events.emit('reply:started', { task, attempt: entry.attempts + 1, waitedMs })
  }

  #ready(entry: LedgerEntry): void {
    if (!this.#ledger.isOpen(entry)) return
    entry.failures = 0
    entry.failingSinceMs = undefined
    this.#servedAtMs = this.#options.clock.now()
    this.#ledger.move(entry, 'ready')
    this.#watchBacklog()
    const tookMs = this.#options.clock.now() - entry.task.message.arrivedAtMs
    this.#options.events.emit('reply:ready', { task: entry.task, tookMs })
  }

  async #deliver(
    handler: ReplyHandler<unknown>,
    entry: LedgerEntry,
    line: unknown,
    context: WorkContext,
  ): Promise<void> {
    if (!this.#ledger.isOpen(entry)) return
    const said = await handler.deliver?.(entry.task, line, context)
    this.#settle(entry, isOutcome(said) ? said : { kind: 'sent' })
  }

  #fail(entry: LedgerEntry, thrown: unknown): void {
    this.#work.get(entry)?.abort(thrown)
    this.#work.delete(entry)
    if (!this.#ledger.isOpen(entry)) return
    entry.isInFlight = false
    if (entry.takenBack) {
      this.#settle(entry, entry.takenBack)
      return
    }
    if (this.#isClosed) return
    const error = toChorusError(thrown)
    this.#standstill.failed(entry, error)
    const verdict = decideRetry(error, entry, this.#options.retry, this.#options.random)
    if (verdict.kind === 'hold') this.#hold(entry, error, verdict.inMs)
    else this.#settle(entry, { kind: 'dead', code: error.code, reason: error.message })
  }

  #hold(entry: LedgerEntry, error: ChorusError, inMs: number): void {
    this.#ledger.move(entry, 'held')
    this.#watchBacklog()
    const goBack = () => {
      this.#retries.delete(entry)
      this.#wait(entry)
    }
    this.#retries.set(entry, this.#options.clock.after(inMs, goBack))
    this.#options.events.emit('reply:held', { task: entry.task, error, inMs })
    this.#lanes.refresh(entry.task.bot)
  }

  /** Puts a reply in line, by its arrival: when it was accepted, and again after each pause. */
  #wait(entry: LedgerEntry): void {
    if (entry.state !== 'waiting') this.#ledger.move(entry, 'waiting')
    this.#watchBacklog()
    this.#lanes.add(entry)
  }

  #settle(entry: LedgerEntry, outcome: Outcome): void {
    if (!this.#ledger.close(entry)) return
    this.#retries.get(entry)?.()
    this.#retries.delete(entry)
    this.#work.delete(entry)
    const { task } = entry
    const tookMs = this.#options.clock.now() - task.message.arrivedAtMs
    this.#options.events.emit('reply:settled', { task, outcome, tookMs })
    this.#watchBacklog()
    this.#drain?.settled()
    this.#lanes.refresh(task.bot)
  }

  /** Expires what could not be served for too long. Only a blocked bot and a model that is away count as that. */
  #sweep(): void {
    this.#cancelSweep = undefined
    for (const entry of this.#ledger.entries()) {
      if (entry.state === 'working' || entry.isInFlight) continue
      const unserved = this.#standstill.unserved(entry)
      if (unserved && unserved.ms >= this.#options.answerWithinMs)
        this.#takeBack(entry, { kind: 'expired', reason: unserved.reason })
    }
    if (this.#ledger.length > 0)
      this.#cancelSweep = this.#options.clock.after(SWEEP_EVERY_MS, () => this.#sweep())
  }

  /** Ends a reply unsaid. One in flight is only told that nobody wants it any more: its fate decides. */
  #takeBack(entry: LedgerEntry, outcome: TakenBack): void {
    entry.takenBack ??= outcome
    const work = this.#work.get(entry)
    if (!entry.isInFlight) this.#settle(entry, outcome)
    // A line that is ready waits in the outbox: it must not be said after all.
    work?.abort(new ChorusError(outcome.kind, `the reply was taken back: ${outcome.reason}`))
  }

  #watchBacklog(): void {
    this.#backlog.update(this.#ledger.backlog, this.#options.clock.now())
  }
}
