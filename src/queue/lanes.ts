import PQueue from 'p-queue'
import type { BotLogin, ChannelName } from '../domain.js'
import type { LedgerEntry } from './ledger.js'
import { WaitingList } from './waiting-list.js'

export interface LanesOptions {
  readonly bots: readonly BotLogin[]
  /** Replies made at once: over all bots, and by one of them. */
  readonly limits: { readonly global: number; readonly perBot: number }
  /** Whether a reply still has no outcome. */
  readonly isOpen: (entry: LedgerEntry) => boolean
  /** Whether the bot may start a reply in the channel now. */
  readonly mayStart: (bot: BotLogin, channel: ChannelName) => boolean
  /** Makes one reply, holding a slot of its lane and a global one until it ends. */
  readonly work: (entry: LedgerEntry) => Promise<void>
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
 * bot's limit: `lane.add(() => global.add(…))`. A ticket takes the best reply that may start only when it holds both
 * slots. So p-queue alone enforces the limits, the order is right at the last moment, a closed channel blocks no other,
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
      this.#lanes.set(bot, { bot, waiting: new WaitingList(options.isOpen), queue, tickets: 0, idle: 0 })
    }
  }

  /** Puts a reply in line, by its arrival, and starts it when it may. */
  add(entry: LedgerEntry): void {
    const lane = this.#lanes.get(entry.task.bot)
    if (!lane) throw new RangeError(`no lane for the bot ${JSON.stringify(entry.task.bot)}`)
    lane.waiting.add(entry)
    this.#handOver(lane)
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
    const entry = this.#isStopped
      ? undefined
      : lane.waiting.take((channel) => this.#options.mayStart(lane.bot, channel))
    try {
      if (entry) await this.#options.work(entry)
    } finally {
      lane.tickets -= 1
      this.#handOver(lane)
    }
  }
}
