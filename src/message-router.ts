import { type Clock, systemClock } from './clock.js'
import { type ConfigInput, defaults } from './config-schema.js'
import {
  type Bot,
  type BotLogin,
  type ChatMessage,
  type Clearing,
  type Decision,
  isCleared,
  type MessageId,
  type ReplyTask,
  sameLogin,
} from './domain.js'
import { toChorusError } from './errors.js'
import { ChorusEmitter } from './events.js'
import { toEngineSettings } from './queue/engine-settings.js'
import { PQueueEngine } from './queue/p-queue-engine.js'
import type { Random } from './random.js'
import { RecentIds } from './recent-ids.js'
import type { ReplyJournal } from './reply-journal.js'
import type {
  DrainReport,
  QueueMetrics,
  ReplyHandler,
  ReplyQueue,
  StopOptions,
  TakenBack,
  WorkContext,
} from './reply-queue.js'
import type { Circumstances } from './routing/decide-replies.js'
import type { ReplyDecider } from './routing/orchestrator.js'

/** Cleared messages that are remembered: one that comes later than so many others was read long ago. */
const CLEARED_MAX = 1000
/** In the words of the recorded outcome. */
const REASONS: Readonly<Record<Clearing['kind'], string>> = {
  message: 'the message was deleted',
  user: 'its author was timed out or banned',
  chat: 'the chat was cleared',
}

export interface MessageRouterOptions<Line = string> {
  readonly bots: readonly Bot[]
  /** Decides who answers which line: an `Orchestrator`, or a decider of your own. */
  readonly orchestrator: ReplyDecider
  /**
   * Makes the line of one reply while the natural pause runs, in a slot of the queue. Without `deliver` it is called
   * after the pause and says the line itself.
   */
  readonly reply: (task: ReplyTask, context: WorkContext) => Promise<Line>
  /**
   * Says the line when it is its time; holds no slot. The reply is settled with the {@link Outcome} it resolves to;
   * anything else it resolves to means that the line was sent.
   */
  readonly deliver?: (task: ReplyTask, line: Line, context: WorkContext) => Promise<unknown>
  /** The queue that works the replies off; by default p-queue in this process, with the limits below. */
  readonly queue?: ReplyQueue
  /** Limits of the default queue; as in the configuration file. */
  readonly limits?: ConfigInput['queue']
  /** Where the default queue writes down what it has accepted; by default nothing outlives the process. */
  readonly journal?: ReplyJournal
  readonly events?: ChorusEmitter
  readonly clock?: Clock
  readonly random?: Random
}

/**
 * Takes chat in and owes replies: what it accepts gets an answer, whatever comes after it. It joins the two stages
 * routing and queue, which is why it stands here and not in one of them.
 *
 * @example
 * const bots = toBots([{ login: 'ava' }])
 * const orchestrator = new Orchestrator({ bots, random: Math.random })
 * const router = new MessageRouter({ bots, orchestrator, reply: async (task) => say(await think(task)) })
 * client.on('message', (...line) => router.handleIncomingMessage(fromTmi(...line)))
 */
export class MessageRouter<Line = string> {
  /** Everything the router and its queue tell. */
  readonly events: ChorusEmitter
  readonly #bots: readonly Bot[]
  readonly #orchestrator: ReplyDecider
  readonly #queue: ReplyQueue
  readonly #clock: Clock
  readonly #seen = new RecentIds()
  readonly #clearedIds = new RecentIds(CLEARED_MAX)
  #state: 'running' | 'draining' | 'stopped' = 'running'

  constructor(options: MessageRouterOptions<Line>) {
    this.events = options.events ?? new ChorusEmitter()
    this.#bots = options.bots
    this.#orchestrator = options.orchestrator
    this.#clock = options.clock ?? systemClock()
    this.#queue = options.queue ?? inProcessQueue(options, this.events)
    const handler: ReplyHandler<Line> = { reply: options.reply }
    this.#queue.serve(options.deliver ? { ...handler, deliver: options.deliver } : handler)
  }

  /**
   * Decides who answers a line and owes these replies from then on. Resolves once they are durable and queued, with one
   * decision per reply, or one silence with its reason. Never rejects: an internal fault is an `error` event.
   */
  async handleIncomingMessage(incoming: ChatMessage): Promise<Decision[]> {
    try {
      const message = this.#stamped(incoming)
      if (!this.#seen.add(keyOf(message))) return [{ kind: 'silence', reason: 'duplicate' }]
      // Another connection may have told of the clearing before this one brought the message.
      if (this.#clearedIds.has(message.id)) return [{ kind: 'silence', reason: 'moderated' }]
      this.events.emit('message:received', { message })
      const decisions = await this.#accept(message, this.#orchestrator.decide(message, this.#known()))
      this.events.emit('message:decided', { message, decisions })
      return decisions
    } catch (error) {
      this.events.emit('error', { error, where: 'handleIncomingMessage' })
      return []
    }
  }

  /**
   * Moderators have cleared something away, as CLEARCHAT and CLEARMSG tell: replies to it are withdrawn, whatever state
   * they are in. Returns how many were. One whose line is being written at this moment may come too late for that.
   */
  handleClearing(clearing: Clearing): number {
    if (clearing.kind === 'message') this.#clearedIds.add(clearing.id)
    this.events.emit('chat:cleared', { clearing })
    const outcome: TakenBack = { kind: 'withdrawn', by: 'moderation', reason: REASONS[clearing.kind] }
    const isMeant = ({ channel, ...line }: ChatMessage) =>
      channel === clearing.channel && isCleared(line, clearing)
    return this.#queue.takeBack(({ message }) => isMeant(message), outcome)
  }

  /** Whether a message was read already: lets a source skip the work of parsing a copy of it. */
  hasSeen(id: MessageId): boolean {
    return this.#seen.has(id)
  }

  /**
   * Goes on with the replies that earlier runs have left in the journal, and returns how many there are. To be called when
   * lines can be said; the first message does it at the latest.
   */
  restore(): number {
    return this.#queue.restore()
  }

  /** What waits (`size`) and what is being worked on (`pending`), in all and per bot. */
  getQueueMetrics(): QueueMetrics {
    return this.#queue.metrics()
  }

  /**
   * Takes nothing new, waits until every accepted reply has its outcome or can't get on for now, or the deadline
   * (milliseconds) is over, and stops. Replies that are `left` are in the journal, with what was asked meanwhile; without
   * one they are dropped. Safe to call twice, and together with {@link stop}; of several deadlines the first to come counts.
   */
  async gracefulStop(options: { readonly deadlineMs?: number } = {}): Promise<DrainReport> {
    if (this.#state === 'running') this.#state = 'draining'
    const report = await this.#queue.drain(options)
    await this.stop()
    return report
  }

  /**
   * Ends at once: pending work is cancelled, and the metrics are 0. With a journal the next run goes on with what has no
   * outcome, unless that is to be discarded. Safe to call twice.
   */
  stop(options?: StopOptions): Promise<void> {
    this.#state = 'stopped'
    return this.#queue.stop(options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** A client of somebody's own may not say when it came: it has come now. */
  #stamped(message: ChatMessage): ChatMessage {
    if (Number.isFinite(message.arrivedAtMs)) return message
    return { ...message, arrivedAtMs: this.#clock.now() }
  }

  /** What whoever decides has to know of this moment. */
  #known(): Partial<Circumstances> {
    return { waitMs: (bot) => this.#waitMs(bot) }
  }

  /** How long a bot's mentions wait: the one that comes now, or the oldest. */
  #waitMs(bot: BotLogin): number {
    const { expectedMs, oldestMs } = this.#queue.laneWait(this.#nameOf(bot))
    return Math.max(expectedMs, oldestMs)
  }

  async #accept(message: ChatMessage, decisions: Decision[]): Promise<Decision[]> {
    const tasks: ReplyTask[] = []
    for (const decision of decisions) {
      if (decision.kind !== 'reply') continue
      const { task: id, bot, cause, delayMs } = decision
      tasks.push({ id, bot: this.#nameOf(bot), cause, delayMs, message })
    }
    if (tasks.length === 0) return decisions
    try {
      await this.#queue.accept(tasks)
      return decisions
    } catch (error) {
      // A queue with a journal takes replies for the next run nearly to the end.
      if (this.#state === 'running' || toChorusError(error).code !== 'stopping') throw error
      return [{ kind: 'silence', reason: this.#state }]
    }
  }

  /** The orchestrator may have been given the same bots in another case. */
  #nameOf(login: BotLogin): BotLogin {
    return this.#bots.find((bot) => sameLogin(bot.login, login))?.login ?? login
  }
}

/**
 * What makes two hearings one. A shared-chat copy carries the id of its original; were it the same, a copy that comes
 * first would hide the original, which alone is answered.
 */
function keyOf({ id, channel, isMirrored }: ChatMessage): string {
  return isMirrored ? `${channel}/${id}` : id
}

function inProcessQueue<Line>(options: MessageRouterOptions<Line>, events: ChorusEmitter): ReplyQueue {
  return new PQueueEngine({
    bots: options.bots.map((bot) => bot.login),
    ...toEngineSettings(defaults({ queue: options.limits })),
    clock: options.clock ?? systemClock(),
    random: options.random ?? Math.random,
    events,
    journal: options.journal,
  })
}
