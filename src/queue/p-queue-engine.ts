import { type Cancel, SECOND } from '../clock.js'
import type { BotLogin, ChannelName, ReplyTask } from '../domain.js'
import { ChorusError } from '../errors.js'
import type { ReplyJournal } from '../reply-journal.js'
import type {
  DrainReport,
  LaneStatus,
  LaneWait,
  ModelStanding,
  OwedReply,
  QueueMetrics,
  ReplyHandler,
  ReplyQueue,
  StopOptions,
  TakenBack,
} from '../reply-queue.js'
import { BacklogWatch } from './backlog-watch.js'
import { DrainWatch } from './drain-watch.js'
import type { PQueueEngineOptions } from './engine-options.js'
import { type JointRules, LaneForecast } from './lane-forecast.js'
import { toLaneStatus } from './lane-status.js'
import { Lanes } from './lanes.js'
import { isInFlight, Ledger, type LedgerEntry, toRecord } from './ledger.js'
import { NO_JOURNAL } from './no-journal.js'
import { ReplyWork } from './reply-work.js'
import { Restorer } from './restorer.js'
import { Standstill } from './standstill.js'
import { NO_HEAD_START } from './waiting-list.js'

/** Ready lines of one bot in one channel above which its lane starts nothing more there. */
const READY_MAX = 2
const NEVER_JOINT: JointRules = { whenWaitOverMs: Number.POSITIVE_INFINITY, maxViewers: 1 }
/** How often replies that can't be served are looked over for their age. */
const SWEEP_EVERY_MS = 5 * SECOND
const DISCARDED: TakenBack = { kind: 'withdrawn', by: 'streamer', reason: 'discarded at the stop' }

/** The queue in one process: the ledger knows where each reply is, the lanes hold the limits, the work moves replies on. */
export class PQueueEngine implements ReplyQueue {
  readonly #options: PQueueEngineOptions
  readonly #journal: ReplyJournal
  readonly #model: ModelStanding
  readonly #ledger: Ledger
  readonly #lanes: Lanes
  readonly #standstill: Standstill
  readonly #backlog: BacklogWatch
  readonly #forecast: LaneForecast
  #work: ReplyWork | undefined
  #restorer: Restorer | undefined
  #cancelSweep: Cancel | undefined
  /** When a line was last made, in clock milliseconds. */
  #madeAtMs = Number.NEGATIVE_INFINITY
  #isModelAway = false
  #canJoin = false
  #drain: DrainWatch | undefined
  #isStopped = false

  constructor(options: PQueueEngineOptions) {
    const { blocked, bots, clock, events, limits } = options
    this.#options = options
    this.#journal = options.journal ?? NO_JOURNAL
    this.#model = options.model ?? { away: () => undefined, servedAtMs: () => this.#madeAtMs }
    this.#ledger = new Ledger(bots)
    this.#standstill = new Standstill({ clock, blocked, model: this.#model })
    this.#backlog = new BacklogWatch(options.backlogMax, events)
    this.#lanes = new Lanes({
      bots,
      limits,
      keyOf: (entry) => this.#keyOf(entry),
      headStart: options.headStart ?? NO_HEAD_START,
      mayStart: (bot, channel) =>
        this.#work !== undefined &&
        !this.#restorer?.isBusy &&
        this.#model.away() === undefined &&
        this.#ledger.readyIn(bot, channel) < READY_MAX &&
        !blocked?.(bot, channel),
      viewers: (bot, channel) => this.#forecast.viewers(bot, channel),
      work: async (shares) => this.#work?.run(shares),
      fault: (error) => events.emit('error', { error, where: 'queue' }),
    })
    this.#forecast = new LaneForecast({
      ...{ bots, limits, ledger: this.#ledger },
      rules: () => (this.#canJoin && options.joint) || NEVER_JOINT,
      waiting: (bot) => this.#lanes.waiting(bot),
      isBlocked: (bot, channel) => blocked?.(bot, channel) !== undefined,
      sendForecast: options.sendForecast,
      now: () => clock.now(),
    })
  }

  serve<Line>(handler: ReplyHandler<Line>): void {
    if (this.#work) throw new TypeError('serve() takes one handler, and there is one already')
    this.#work = new ReplyWork({
      ...this.#options,
      handler: handler as ReplyHandler<unknown>,
      ledger: this.#ledger,
      lanes: this.#lanes,
      journal: this.#journal,
      standstill: this.#standstill,
      onChange: (entry) => this.#changed(entry),
      madeIn: (ms) => this.#forecast.made(ms),
    })
    this.#canJoin = handler.joint !== undefined
    this.refresh()
  }

  async accept(tasks: readonly ReplyTask[]): Promise<void> {
    const isForNextRun = this.#drain !== undefined
    if (this.#isStopped || (isForNextRun && !this.#journal.isDurable))
      throw new ChorusError('stopping', 'nothing new is taken while stopping')
    this.restore()
    for (const { bot } of tasks) this.#ledger.requireBot(bot)
    const entries = tasks.flatMap((task) => this.#open(task, isForNextRun))
    this.#sweepLater()
    await Promise.all(entries.map((entry) => this.#journal.put(toRecord(entry))))
    for (const entry of entries) if (!isForNextRun && this.#ledger.isOpen(entry)) this.#work?.wait([entry])
  }

  restore(): number {
    if (!this.#work || this.#drain || this.#isStopped) return 0
    this.#restorer ??= new Restorer({
      ...this.#options,
      journal: this.#journal,
      ledger: this.#ledger,
      work: this.#work,
      keyOf: (entry) => this.#keyOf(entry),
      isClosed: () => this.#isStopped || this.#drain !== undefined,
      onTakeOver: () => this.#tookOver(),
      isStuck: (entry) => this.#standstill.isStuck(entry),
    })
    return this.#restorer.restore()
  }

  metrics(): QueueMetrics {
    return this.#ledger.metrics()
  }

  owed(most: number): OwedReply[] {
    return this.#ledger.oldest(most)
  }

  owedCount(): number {
    return this.#ledger.length
  }

  owedViewers(): number {
    return this.#ledger.viewers.all
  }

  laneWait(bot: BotLogin): LaneWait {
    // What waits for a closed room keeps nobody else waiting.
    const isOpen = (channel: ChannelName) => this.#options.blocked?.(bot, channel) === undefined
    return { expectedMs: this.#forecast.expectedMs(bot), oldestMs: this.#forecast.oldestMs(bot, isOpen) }
  }

  lanes(): { readonly [login: string]: LaneStatus } {
    const parts = { ...this.#options, ledger: this.#ledger, lanes: this.#lanes, forecast: this.#forecast }
    return Object.fromEntries(this.#options.bots.map((bot) => [bot, toLaneStatus(bot, parts)]))
  }

  calm(isOn: boolean): void {
    this.#forecast.calm(isOn)
  }

  takeBack(matches: (task: ReplyTask) => boolean, outcome: TakenBack): number {
    const meant = [...this.#ledger.entries()].filter(({ task }) => matches(task))
    this.#work?.takeBack(meant, outcome)
    return meant.length + (this.#restorer?.takeBack(matches, outcome) ?? 0)
  }

  refresh(): void {
    this.#restorer?.look()
    this.#standstill.forgive(this.#ledger.entries())
    const wasAway = this.#isModelAway
    this.#isModelAway = this.#model.away() !== undefined
    if (wasAway && !this.#isModelAway) this.#work?.resume()
    this.#lanes.refresh()
  }

  drain({ deadlineMs }: { readonly deadlineMs?: number } = {}): Promise<DrainReport> {
    this.#drain ??= new DrainWatch({
      ledger: this.#ledger,
      isStuck: (entry) => this.#standstill.isStuck(entry),
      close: () => this.#close(),
      abandon: () => this.#work?.abandon(),
      clock: this.#options.clock,
    })
    if (deadlineMs !== undefined) this.#drain.within(deadlineMs)
    return this.#drain.report
  }

  async stop({ discard = false }: StopOptions = {}): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#drain?.end()
    this.#cancelSweep?.()
    this.#close()
    this.#work?.abandon()
    for (const entry of [...this.#ledger.entries()]) this.#leave(entry, discard)
    if (discard) this.#restorer?.takeBack(() => true, DISCARDED)
  }

  /** A viewer has one place in a lane and channel, where the handler can answer several mentions at once. */
  #keyOf({ task }: LedgerEntry): string {
    const { channel, userId } = task.message
    return this.#canJoin && task.cause === 'mention' ? `${channel} ${userId}` : task.id
  }

  #open(task: ReplyTask, isForNextRun: boolean): LedgerEntry[] {
    // Somebody tells again what an earlier run has heard.
    if (this.#journal.hasSettled(task.id)) return []
    const entry = this.#ledger.open(task, { isForNextRun })
    if (!entry) return []
    this.#options.events.emit('reply:accepted', { task })
    this.#watchBacklog()
    return [entry]
  }

  #tookOver(): void {
    this.#lanes.refresh()
    this.#sweepLater()
  }

  #close(): void {
    this.#lanes.stop()
    this.#work?.close()
  }

  /** The next run goes on with it, or nobody. */
  #leave(entry: LedgerEntry, isDiscarded: boolean): void {
    if (isDiscarded) {
      this.#work?.takeBack([entry], DISCARDED)
      return
    }
    // Nobody died of it.
    if (entry.state === 'working') this.#ledger.move(entry, 'waiting')
    void this.#journal.put(toRecord(entry))
    this.#ledger.close(entry)
  }

  #changed(entry: LedgerEntry): void {
    this.#watchBacklog()
    if (entry.state === 'ready') this.#madeAtMs = this.#options.clock.now()
    if (entry.state !== 'waiting') this.#restorer?.look()
    if (!this.#ledger.isOpen(entry)) this.#drain?.settled()
  }

  #sweepLater(): void {
    const isNothingOwed = this.#ledger.length === 0 && !this.#restorer?.hasAbsent
    if (this.#isStopped || isNothingOwed) return
    this.#cancelSweep ??= this.#options.clock.after(SWEEP_EVERY_MS, () => this.#sweep())
  }

  /** Expires what could not be served for too long. Only a blocked bot and a model that is away count as that. */
  #sweep(): void {
    this.#cancelSweep = undefined
    this.#restorer?.look()
    this.#restorer?.expire()
    for (const entry of this.#ledger.entries()) {
      if (entry.state === 'working' || isInFlight(entry) || entry.isForNextRun) continue
      const before = entry.unservedSinceMs
      const unserved = this.#standstill.unserved(entry)
      if (unserved && unserved.ms >= this.#options.answerWithinMs)
        this.#work?.takeBack([entry], { kind: 'expired', reason: unserved.reason })
      else if (before !== entry.unservedSinceMs) void this.#journal.put(toRecord(entry))
    }
    this.#sweepLater()
  }

  #watchBacklog(): void {
    this.#backlog.update(this.#ledger.backlog, this.#options.clock.now())
  }
}
