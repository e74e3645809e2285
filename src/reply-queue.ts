import type { BotLogin, ChannelName, Outcome, ReplyTask, TaskId } from './domain.js'

/** How a reply ends that is taken back: by moderation, by the streamer, or because it came too late. */
export type TakenBack = Extract<Outcome, { kind: 'withdrawn' | 'expired' }>

/** Replies of one bot, or of all of them. p-queue's users know these words; the rest of the code does not use them. */
export interface QueueCounts {
  /** Accepted replies that are waiting, ready to be sent or held. */
  readonly size: number
  /** Replies being worked on: pausing and thinking. */
  readonly pending: number
}

/** What `getQueueMetrics()` returns. `global` is the sum over the bots; keys are spelled as in the configuration. */
export interface QueueMetrics {
  readonly global: QueueCounts
  readonly bots: { readonly [login: string]: QueueCounts }
}

/** How a graceful stop ended: replies that got their outcome since the call, and replies left without one. */
export interface DrainReport {
  readonly done: number
  readonly left: number
}

/** How to end at once. */
export interface StopOptions {
  /** Nothing that waits is wanted any more, by a later run neither. */
  readonly discard?: boolean
}

/** Mentions of one viewer that an answer is shown beside the first: the newest. */
export const FURTHER_MAX = 4

/** One viewer's mentions of a bot in one channel that get one answer: the first, and at most the newest four, oldest first. */
export interface ReplyShare {
  /** The first mention's. */
  readonly id: TaskId
  readonly tasks: readonly [ReplyTask, ...ReplyTask[]]
}

/** What a handler is told beside the task. */
export interface WorkContext {
  /** Aborted when the result is no longer wanted: by `stop()`, or because the reply has failed or expired. */
  readonly signal: AbortSignal
  /** 1 for the first try; counts failures of this reply, not outages of the model. */
  readonly attempt: number
  /** Further mentions by the same viewer that this answer is for, too, oldest first: at most the newest four. */
  readonly further?: readonly ReplyTask[]
  /** What {@link ReplyHandler.reply} made in a run that ended before it was said: to be said as it is, or made anew. */
  readonly made?: unknown
  /**
   * A run that ended has written the line at this moment, in clock milliseconds, and whether it was shown nobody knows.
   * Only where it can't be shown twice may it be said again, unchanged.
   */
  readonly writtenAtMs?: number
  /**
   * To be called with `true` before a line is written, and with `false` once it is known that it was not shown. In
   * between nobody can take the reply back: what `deliver` resolves to is its outcome, and a rejection, a stop or a crash
   * leaves it sent in doubt. Without it, a crash in the middle of a write has the line said a second time.
   */
  inFlight(isInFlight: boolean): void
  /**
   * To be called with what became of the line where another one may be written before `deliver` has resolved to it: it is
   * recorded at once, so that a crash can't leave both lines in doubt. The first outcome counts.
   */
  settled(outcome: Outcome): void
}

/** What concerns whoever says a line that is made. */
export type DeliveryContext = Pick<WorkContext, 'signal' | 'inFlight' | 'settled' | 'writtenAtMs'>

/** A line that answers several viewers, and which of their shares it does answer. JSON-safe. */
export interface JointReply<Line> {
  readonly line: Line
  readonly answered: readonly TaskId[]
}

/** Makes one line for several viewers of a bot in one channel. It is delivered like any other, with the first one's task. */
export interface JointHandler<Line> {
  /**
   * Resolves with a line that names and answers each viewer once, as far as it got: those that it leaves out are answered
   * alone. A rejection that is the content's fault has each of them answered alone.
   */
  reply(shares: readonly ReplyShare[], context: WorkContext): Promise<JointReply<Line>>
  /** The same line without the answers to some shares; `undefined` where none is left. */
  without(line: Line, ids: ReadonlySet<TaskId>): Line | undefined
}

/**
 * Makes and sends replies: registered once, called for every task.
 *
 * `reply` makes the line while the natural pause runs and holds a slot until both are over; `deliver` then says it,
 * holding none. Without `deliver` nobody else sends, so the pause comes first and `reply` does both.
 *
 * An {@link Outcome} that `deliver` resolves to settles the reply; anything else means that it was sent. Both may
 * reject; a `ChorusError` says by its code whether the reply is tried again.
 */
export interface ReplyHandler<Line = string> {
  reply(task: ReplyTask, context: WorkContext): Promise<Line>
  /** Without it every mention gets a line of its own, one after the other. */
  readonly joint?: JointHandler<Line>
  deliver?(task: ReplyTask, line: Line, context: WorkContext): Promise<unknown>
}

/** Why a bot can't get on in a channel for now, in words a streamer understands. */
export type Blocked = string

/** Says why a bot can't talk in a channel; `undefined` while it can. */
export type BlockedCheck = (bot: BotLogin, channel: ChannelName) => Blocked | undefined

/**
 * When an account could have written so many more lines to a channel, perhaps none, behind those that wait already:
 * milliseconds from now, as Twitch's limits have it; 0 where nothing is to be written.
 */
export type SendForecast = (bot: BotLogin, channel: ChannelName, lines: number) => number

/** How long a mention that comes now would wait in a lane, and how long others have waited there. Milliseconds. */
export interface LaneWait {
  /**
   * Until it is answered, from what waits, the model's measured times, the slots and what the account may send. Infinite, which
   * JSON tells as `null`, while nobody can know.
   */
  readonly expectedMs: number
  /** The age of the oldest mention that nobody works on; 0 where there is none. */
  readonly oldestMs: number
}

/** A bot's lane: its replies by state, where those that one line is to answer count as one, and how long they wait. JSON-safe. */
export interface LaneStatus extends LaneWait {
  readonly waiting: number
  readonly working: number
  readonly ready: number
  readonly held: number
  /** The viewers whose mentions these are, each once in a state: a line may answer several of them. */
  readonly viewers: {
    readonly waiting: number
    readonly working: number
    readonly ready: number
    readonly held: number
  }
  /**
   * Until every mention is answered that is in the lane now and gets on: those that may come are not in it. Milliseconds; 0 where
   * there is none; infinite, in JSON `null`, while nobody can know.
   */
  readonly doneMs: number
  /**
   * Why nothing in it gets on, as while the bot is muted or parked, or the model away; only while that is so. Then nobody knows
   * how long it takes.
   */
  readonly blockedReason?: Blocked
  /** How many viewers share a line now; 1 while each has one of his own. */
  readonly viewersPerLine: number
}

/** An accepted reply without an outcome, and where it is. JSON-safe. */
export interface OwedReply {
  readonly task: ReplyTask
  readonly state: 'waiting' | 'working' | 'ready' | 'held'
}

/** What makes the lines of all replies, as far as the queue has to know of it. */
export interface ModelStanding {
  /** Why no line can be made for now, and since when in clock milliseconds; `undefined` while one can. */
  away(): { readonly reason: string; readonly sinceMs: number } | undefined
  /** When it last answered anything, a probe too, in clock milliseconds; negative infinity before the first time. */
  servedAtMs(): number
}

/**
 * The one real port: p-queue in one process today. Tasks are JSON-safe and the handler is registered once, so
 * another engine can take its place.
 */
export interface ReplyQueue {
  /** Registers the one handler of all tasks. Throws when there is one already. */
  serve<Line>(handler: ReplyHandler<Line>): void
  /**
   * Resolves once every task is durable and queued. During a drain it is only made durable, for the next run. Rejects only
   * when it took none of them: `stopping` when it is too late for any.
   */
  accept(tasks: readonly ReplyTask[]): Promise<void>
  /**
   * Goes on with what earlier runs have left; done by the first `accept` at the latest. Returns how many replies it took
   * over. Safe to call twice.
   */
  restore(): number
  metrics(): QueueMetrics
  /** Every bot's lane; keys are spelled as in the configuration. */
  lanes(): { readonly [login: string]: LaneStatus }
  /** The replies that were accepted first, at most so many. A queue that can't tell may lack it. */
  owed?(most: number): readonly OwedReply[]
  /** How many there are, each one counted. A queue that can't tell may lack it. */
  owedCount?(): number
  /** How many viewers have a mention without an outcome, each counted once. A queue that can't tell may lack it. */
  owedViewers?(): number
  /** How long mentions wait in a bot's lane. */
  laneWait(bot: BotLogin): LaneWait
  /**
   * Takes back every accepted reply that `matches`, in whatever state: it is never said, and ends with `outcome`. A line
   * that is being written may come too late for that; its fate decides. Returns how many were taken back.
   */
  takeBack(matches: (task: ReplyTask) => boolean, outcome: TakenBack): number
  /**
   * Whether chat is to be calm: then several viewers that wait share a line at once, however short the wait. To be told what
   * holds already changes nothing. A queue that joins no replies may lack it.
   */
  calm?(isOn: boolean): void
  /** Looks again which bots and channels are blocked, and whether the model is away; call it whenever that may have changed. */
  refresh(): void
  /**
   * Takes nothing new and resolves when all that was accepted has its outcome or can't get on, or the shortest deadline
   * asked for (milliseconds) is over. What is left goes on until `stop`.
   */
  drain(options?: { readonly deadlineMs?: number }): Promise<DrainReport>
  /**
   * Ends at once. What has no outcome is left to the next run where it is durable, else dropped; with `discard` it is
   * withdrawn. Safe to call twice.
   */
  stop(options?: StopOptions): Promise<void>
}
