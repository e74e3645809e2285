import PQueue from 'p-queue'
import type { BotLogin, ChannelName } from '../domain.js'
import type { LedgerEntry } from './ledger.js'
import { type HeadStartMs, type Share, WaitingList } from './waiting-list.js'

export interface LanesOptions {
  readonly bots: readonly BotLogin[]
  /** Replies made at once: over all bots, and by one of them. */
  readonly limits: { readonly global: number; readonly perBot: number }
  /** Replies of one bot and channel with the same key share a place. */
  readonly keyOf: (entry: LedgerEntry) => string
  readonly headStart: HeadStartMs
  /** Whether the bot may start a reply in the channel now. */
  readonly mayStart: (bot: BotLogin, channel: ChannelName) => boolean
  /** How many viewers' mentions in the channel the bot is to answer in one line now. */
  readonly viewers: (bot: BotLogin, channel: ChannelName) => number
  /** Makes one line, holding a slot of its lane and a global one until it ends. */
  readonly work: (shares: readonly Share[]) => Promise<void>
  /** Told what `work` throws; the lane goes on. */
  readonly fault: (error: unknown) => void
}

interface Lane {
  readonly bot: BotLogin
  readonly waiting: WaitingList
  readonly queue: PQueue
  /** Tickets handed to p-queue that have not ended. */
  tickets: number
  /** Those of them that have not taken a reply yet. */
  idle: number
}

/**
 * The nested queues: a PQueue per bot around one global PQueue.
 *
 * What waits, waits in the lane's own ordered list. p-queue is handed **tickets**, just in time and never more than the
 * bot's limit: `lane.add(() => global.add(…))`. A ticket takes the best reply that may start, and those that may
 * share its line, only when it holds both slots. So p-queue alone enforces the limits, the order is right at the last moment, a closed channel blocks no other,
 * and a waiting reply costs no closure. The lane is outside, so that nothing holds a global slot while it waits for its
 * lane: the other way round, one bot's backlog starves the others.
 */
export class Lanes {
  readonly #options: LanesOptions
  readonly #global: PQueue
  readonly #lanes = new Map<BotLogin, Lane>()
  #isStopped = false

  constructor(options: LanesOptions) {
    this.#options = options
    this.#global = new PQueue({ concurrency: options.limits.global })
    for (const bot of options.bots) {
      const queue = new PQueue({ concurrency: options.limits.perBot })
      this.#lanes.set(bot, { bot, waiting: new WaitingList(options), queue, tickets: 0, idle: 0 })
    }
  }

  /** Puts replies in line, by their arrival, and then starts what may start. */
  add(entries: readonly LedgerEntry[]): void {
    const lanes = new Set<Lane>()
    for (const entry of entries) {
      const lane = this.#laneOf(entry.task.bot)
      lane.waiting.add(entry)
      lanes.add(lane)
    }
    for (const lane of lanes) this.#handOver(lane)
  }

  /** It has its outcome, and need not stand in line any longer. */
  remove(entry: LedgerEntry): void {
    this.#laneOf(entry.task.bot).waiting.remove(entry)
  }

  /** What stands in a bot's line. */
  waiting(bot: BotLogin): Pick<WaitingList, 'counts' | 'oldestMentionMs'> {
    return this.#laneOf(bot).waiting
  }

  /** Looks again what may start: of one bot, or of all. */
  refresh(bot?: BotLogin): void {
    for (const lane of this.#lanes.values()) if (bot === undefined || bot === lane.bot) this.#handOver(lane)
  }

  /** Starts nothing more. Tickets that p-queue still holds end as soon as they run. */
  stop(): void {
    this.#isStopped = true
  }

  /** Hands over as many tickets as have something to do, never more than the bot's limit. */
  #handOver(lane: Lane): void {
    const mayStart = (channel: ChannelName) => this.#options.mayStart(lane.bot, channel)
    while (!this.#isStopped && lane.tickets < this.#options.limits.perBot) {
      if (lane.waiting.countStartable(mayStart, lane.idle + 1) <= lane.idle) return
      lane.tickets += 1
      lane.idle += 1
      lane.queue.add(() => this.#global.add(() => this.#useTicket(lane))).catch(this.#options.fault)
    }
  }

  async #useTicket(lane: Lane): Promise<void> {
    lane.idle -= 1
    const shares = this.#isStopped ? [] : this.#take(lane)
    try {
      if (shares.length > 0) await this.#options.work(shares)
    } finally {
      lane.tickets -= 1
      this.#handOver(lane)
    }
  }

  #take({ bot, waiting }: Lane): Share[] {
    const { mayStart, viewers } = this.#options
    return waiting.take(
      (channel) => mayStart(bot, channel),
      (channel) => viewers(bot, channel),
    )
  }

  #laneOf(bot: BotLogin): Lane {
    const lane = this.#lanes.get(bot)
    if (!lane) throw new RangeError(`no lane for the bot ${JSON.stringify(bot)}`)
    return lane
  }
}
