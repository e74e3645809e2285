import { type Clock, systemClock } from '../clock.js'
import {
  type ChatMessage,
  type Clearing,
  type Decision,
  isCleared,
  type MessageId,
  type Raid,
  type TaskId,
  toChannelName,
} from '../domain.js'
import { ChorusEmitter } from '../events.js'
import type { Circumstances, ReplyDecider } from '../reply-decider.js'
import type {
  DrainReport,
  LaneStatus,
  OwedReply,
  QueueMetrics,
  ReplyHandler,
  ReplyQueue,
  StopOptions,
} from '../reply-queue.js'
import { AnswerStatistics, type AnswerStatus } from './answer-statistics.js'
import { CommandDesk } from './command-desk.js'
import { type ControlState, Controls } from './controls.js'
import { HeardMessages, stamped } from './heard-messages.js'
import { heldWhileMuted } from './held-while-muted.js'
import { inProcessQueue } from './in-process-queue.js'
import type { MessageRouterOptions } from './message-router-options.js'
import { Raids, toRaidMessage } from './raids.js'
import { ReplyIntake, type RouterState } from './reply-intake.js'
import { SKIPPED, toWithdrawn } from './to-withdrawn.js'

/** How it goes with a router. JSON-safe. */
export interface RouterStatus extends AnswerStatus {
  readonly state: RouterState
  /** As {@link MessageRouter.getQueueMetrics} has it. */
  readonly queue: QueueMetrics
  /** By bot, spelled as in the configuration. */
  readonly lanes: { readonly [login: string]: LaneStatus }
  readonly controls: ControlState
  /** The last raid of each channel in this run. */
  readonly raids: readonly Raid[]
}

/**
 * Takes chat in and owes replies: what it accepts gets an answer, whatever comes after it. It leads from the stage of
 * routing to that of the queue, which is why it stands here and not in one of them.
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
  readonly #orchestrator: ReplyDecider
  readonly #queue: ReplyQueue
  readonly #clock: Clock
  readonly #controls: Controls
  readonly #desk: CommandDesk
  /** What whoever decides has to know of this moment; made anew only when something is turned, for every line asks for it. */
  #known: Partial<Circumstances>
  readonly #heard = new HeardMessages()
  readonly #statistics: AnswerStatistics
  readonly #raids = new Raids()
  readonly #intake: ReplyIntake
  #state: RouterState = 'running'

  constructor(options: MessageRouterOptions<Line>) {
    this.events = options.events ?? new ChorusEmitter()
    this.#orchestrator = options.orchestrator
    this.#clock = options.clock ?? systemClock()
    this.#statistics = new AnswerStatistics({ clock: this.#clock, events: this.events })
    this.#controls = new Controls({
      bots: options.bots.map(({ login }) => login),
      clock: this.#clock,
      onChange: (by) => this.#controlsChanged(by),
    })
    this.#known = this.#circumstances()
    this.#queue = options.queue ?? inProcessQueue(options, this.events, this.#controls)
    this.#intake = new ReplyIntake({ bots: options.bots, queue: this.#queue, state: () => this.#state })
    this.#desk = new CommandDesk({
      bots: options.bots,
      controls: this.#controls,
      queue: this.#queue,
      chance: () => options.orchestrator.chance,
      parked: () => options.parked?.() ?? [],
      answer: (...answer) => options.answerCommand?.(...answer),
    })
    const { reply, deliver, joint } = options
    const handler: ReplyHandler<Line> = { reply, ...(deliver && { deliver }), ...(joint && { joint }) }
    this.#queue.serve(heldWhileMuted(handler, this.#controls))
  }

  /**
   * Decides who answers a line and owes these replies from then on. Resolves once they are durable and queued, with one
   * decision per reply, or one silence with its reason. Never rejects: an internal fault is an `error` event.
   */
  async handleIncomingMessage(incoming: ChatMessage): Promise<Decision[]> {
    try {
      const message = stamped(incoming, this.#clock.now())
      const reason = this.#heard.hear(message)
      if (reason) return [{ kind: 'silence', reason }]
      this.events.emit('message:received', { message })
      const decisions = await this.#intake.accept(message, this.#orchestrator.decide(message, this.#known))
      this.events.emit('message:decided', { message, decisions })
      // Also during a graceful stop: that may take a while.
      if (this.#state !== 'stopped' && isControl(decisions)) this.#desk.obey(message)
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
    this.#heard.clear(clearing)
    this.events.emit('chat:cleared', { clearing })
    const isMeant = ({ channel, ...line }: ChatMessage) =>
      channel === clearing.channel && isCleared(line, clearing)
    return this.#queue.takeBack(({ message }) => isMeant(message), toWithdrawn(clearing))
  }

  /**
   * A raid has come, as USERNOTICE tells: with `replies.greetRaids` one bot owes its viewers a greeting, once per raid and at
   * most once a minute in a channel. Resolves and fails like {@link handleIncomingMessage}.
   */
  async handleRaid(incoming: Raid): Promise<Decision[]> {
    try {
      const raid = stamped(incoming, this.#clock.now())
      const reason = this.#heard.hear(raid)
      if (reason) return [{ kind: 'silence', reason }]
      const decide = () => this.#orchestrator.decideRaid?.(raid, this.#known)
      const message = toRaidMessage(raid)
      const decisions = await this.#intake.accept(message, [
        this.#raids.hear(raid, this.#clock.now(), decide),
      ])
      this.events.emit('message:decided', { message, decisions })
      return decisions
    } catch (error) {
      this.events.emit('error', { error, where: 'handleRaid' })
      return []
    }
  }

  /** The last raid of a channel in this run. */
  lastRaid(channel: string): Raid | undefined {
    return this.#raids.last(toChannelName(channel))
  }

  /** Takes a reply back that is owed: it is never said. False where there is none; one whose line is being written may come too late. */
  skip(id: TaskId): boolean {
    return this.#queue.takeBack((task) => task.id === id, SKIPPED) > 0
  }

  /** The replies that were accepted first and have no outcome, at most so many. */
  owed(most: number): readonly OwedReply[] {
    return this.#queue.owed?.(most) ?? []
  }

  /** How many replies have no outcome; 0 where the queue can't tell. */
  get owedCount(): number {
    return this.#queue.owedCount?.() ?? 0
  }

  /** What people have set: calm, mutes, chance. It lives in this process alone. */
  get controls(): ControlState {
    return this.#controls.state
  }

  /** Calm: nobody talks unasked, and a queue that joins replies does so as soon as several viewers wait. */
  calm(isOn: boolean): void {
    this.#controls.calm(isOn)
  }

  /**
   * Has a bot say nothing, for so many minutes or until it is unmuted. Mentions of it are accepted all the same and wait,
   * until it talks again or `replies.answerWithin` is over; other lines are left to others. Where a router has no `deliver`, a
   * reply that is worked on at this moment is still said.
   *
   * @param bot its login, in any case
   * @param minutes more than 0, at most a week
   * @throws RangeError for a bot that is not in the router, and for other minutes
   */
  mute(bot: string, minutes?: number): void {
    this.#controls.mute(bot, minutes)
  }

  /** @throws RangeError for a bot that is not in the router */
  unmute(bot: string): void {
    this.#controls.unmute(bot)
  }

  /** Why a bot says nothing; `undefined` while it may talk. For whoever says lines, and for a queue of one's own. */
  mutedReason(bot: string): string | undefined {
    return this.#controls.mutedReason(bot)
  }

  /**
   * The chance of an unasked reply in place of the configured one, which `undefined` brings back.
   *
   * @throws RangeError for what is not from 0 to 1
   */
  setChance(chance: number | undefined): void {
    this.#controls.setChance(chance)
  }

  /** Whether unasked replies are left out; they are drawn and told as ever. */
  pauseChance(isOn: boolean): void {
    this.#controls.pauseChance(isOn)
  }

  /** Whether a message was read already: lets a source skip the work of parsing a copy of it. */
  hasSeen(id: MessageId): boolean {
    return this.#heard.has(id)
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

  /** How it goes: how long each lane has viewers wait, what became of replies, and what people have set. */
  getStatus(): RouterStatus {
    return {
      state: this.#state,
      queue: this.#queue.metrics(),
      lanes: this.#queue.lanes(),
      controls: this.controls,
      raids: this.#raids.newest,
      ...this.#statistics.status(),
    }
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
    this.#controls.stop()
    return this.#queue.stop(options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #circumstances(): Partial<Circumstances> {
    const { chance, isCalm, isChancePaused } = this.controls
    return {
      waitMs: (bot) => this.#intake.waitMs(bot),
      isMuted: (bot) => this.mutedReason(bot) !== undefined,
      isCalm,
      isChancePaused,
      chance,
    }
  }

  #controlsChanged(by: string | undefined): void {
    const state = this.controls
    this.#known = this.#circumstances()
    this.#queue.calm?.(state.isCalm)
    this.#queue.refresh()
    this.events.emit('controls:changed', by === undefined ? state : { ...state, by })
  }
}

function isControl(decisions: readonly Decision[]): boolean {
  return decisions.some((decision) => decision.kind === 'silence' && decision.reason === 'control')
}
