import { SECOND } from '../clock.js'
import type { BotLogin, ChannelName } from '../domain.js'
import type { SendForecast } from '../reply-queue.js'
import { type LaneLoad, type Sharing, toLineCount, toSharedBy, toWaitMs } from './lane-plan.js'
import type { Lanes } from './lanes.js'
import type { Ledger } from './ledger.js'
import type { RoomCount } from './waiting-list.js'

/** How long a line is taken to be in the making before any was made: what small hosted models showed in practice. */
const MADE_FIRST_MS = 1.5 * SECOND
/** What the newest line says of the mean: one slow answer does not change the plan, a slow minute does. */
const NEWEST_SHARE = 0.1

/** When several viewers share one line. */
export interface JointRules {
  /** Expected wait of a lane from which they do, in milliseconds. */
  readonly whenWaitOverMs: number
  /** Most of them in one line; 1 = never. */
  readonly maxViewers: number
}

export interface LaneForecastOptions {
  readonly bots: readonly BotLogin[]
  readonly limits: { readonly global: number; readonly perBot: number }
  /** Of this moment: nobody shares a line before there is a handler that can make one for several. */
  readonly rules: () => JointRules
  readonly ledger: Pick<Ledger, 'states'>
  readonly waiting: (bot: BotLogin) => ReturnType<Lanes['waiting']>
  /** Whether the bot can't get on in the channel for now. */
  readonly isBlocked: (bot: BotLogin, channel: ChannelName) => boolean
  /** What the accounts may send; by default whatever is made. */
  readonly sendForecast: SendForecast | undefined
  readonly now: () => number
}

/**
 * How long a lane keeps viewers waiting, from what waits in it, the measured times of the model, the slots, and what the
 * account may send; and how many viewers must share a line so that it is not too long.
 */
export class LaneForecast {
  readonly #options: LaneForecastOptions
  #madeMs = MADE_FIRST_MS
  #isCalm = false
  /** Lanes that are joining, and how many viewers a line: until one by one is quick enough again, and not fewer meanwhile. */
  readonly #joining = new Map<BotLogin, number>()

  constructor(options: LaneForecastOptions) {
    this.#options = options
  }

  /** The handler took so long for a line, in milliseconds. */
  made(ms: number): void {
    this.#madeMs += NEWEST_SHARE * (ms - this.#madeMs)
  }

  /** From now on viewers share lines at once, or only when the wait is long. */
  calm(isOn: boolean): void {
    if (!isOn && this.#isCalm) this.#joining.clear()
    this.#isCalm = isOn
  }

  /** How many viewers' mentions in the channel one line is to answer now: as few as keep the wait short. */
  viewers(bot: BotLogin, channel: ChannelName): number {
    const { mentions, others } = this.#waitingFor(bot, channel)
    const most = Math.min(this.#options.rules().maxViewers, mentions)
    if (most <= 1) return 1
    const viewers = toSharedBy(this.#loadOf(bot, channel, mentions, others), this.#sharingOf(bot))
    if (viewers > 1) this.#joining.set(bot, viewers)
    else this.#joining.delete(bot)
    // The same number of lines, with as many viewers in the last one as in the first.
    return Math.ceil(mentions / Math.ceil(mentions / Math.min(most, viewers)))
  }

  /** How long a mention that comes now would wait, in milliseconds: among what waits where the bot may talk. */
  expectedMs(bot: BotLogin): number {
    const counts = this.#countsOf(bot)
    const others = counts.reduce((sum, count) => sum + count.others, 0)
    return this.#waitMs(bot, counts, { more: 1, others })
  }

  /**
   * Until every mention is answered that the lane has now, in milliseconds, where the bot may talk. Of replies that nobody has
   * asked for only those count that are in work: the others stand behind.
   *
   * @param absent viewers who wait and do not stand in line yet
   */
  doneMs(bot: BotLogin, absent: number): number {
    return this.#waitMs(bot, this.#countsOf(bot), { more: absent, others: 0 })
  }

  /** How old the oldest mention is that waits, in milliseconds, in the channels that are to count; 0 where none does. */
  oldestMs(bot: BotLogin, isCounted: (channel: ChannelName) => boolean): number {
    const oldestMs = this.#options.waiting(bot).oldestMentionMs(isCounted)
    return oldestMs === undefined ? 0 : Math.max(0, this.#options.now() - oldestMs)
  }

  /** How many viewers the bot's lines answer now: of those that wait. */
  viewersPerLine(bot: BotLogin): number {
    const mentions = this.#countsOf(bot).map((count) => count.mentions)
    return Math.max(1, Math.min(this.#joined(bot), Math.max(0, ...mentions)))
  }

  #joined(bot: BotLogin): number {
    return this.#joining.get(bot) ?? 1
  }

  /** What waits where the bot may talk, perhaps nothing any more: what waits elsewhere keeps nobody waiting. */
  #countsOf(bot: BotLogin): RoomCount[] {
    const { isBlocked, waiting } = this.#options
    return waiting(bot)
      .counts()
      .filter(({ channel }) => !isBlocked(bot, channel))
  }

  #sharingOf(bot: BotLogin): Sharing {
    const { maxViewers, whenWaitOverMs } = this.#options.rules()
    const overMs = this.#isCalm ? 0 : whenWaitOverMs
    return { now: this.#joined(bot), overMs, enoughMs: overMs / 2, maxViewers }
  }

  /** What the channel's mentions wait among: everything else in the lane. */
  #waitingFor(bot: BotLogin, channel: ChannelName): { readonly mentions: number; readonly others: number } {
    const counts = this.#countsOf(bot)
    const all = counts.reduce((sum, count) => sum + count.mentions + count.others, 0)
    const mentions = counts.find((count) => count.channel === channel)?.mentions ?? 0
    return { mentions, others: all - mentions }
  }

  /** Until these rooms are done and some more in the fullest of them. */
  #waitMs(
    bot: BotLogin,
    counts: readonly RoomCount[],
    { more, others }: { readonly more: number; readonly others: number },
  ): number {
    const [fullest, ...rest] = [...counts].sort((a, b) => b.mentions - a.mentions)
    const joined = this.#joined(bot)
    const elsewhere = rest.reduce((sum, { mentions }) => sum + Math.ceil(mentions / joined), 0)
    const mentions = (fullest?.mentions ?? 0) + more
    const load = this.#loadOf(bot, fullest?.channel, mentions, others + elsewhere)
    return toWaitMs(load, toLineCount(load, this.#sharingOf(bot)))
  }

  #loadOf(bot: BotLogin, channel: ChannelName | undefined, mentions: number, others: number): LaneLoad {
    const { ledger, sendForecast } = this.#options
    return {
      mentions,
      others,
      working: ledger.states(bot).working,
      madeMs: this.#madeMs,
      slots: this.#slotsOf(),
      sentMs: (lines) => (channel === undefined ? 0 : (sendForecast?.(bot, channel, lines) ?? 0)),
    }
  }

  /** What a lane has of the slots while it shares them with all lanes that have something to do. */
  #slotsOf(): number {
    const { bots, isBlocked, limits, waiting } = this.#options
    // Looked at for every lane, in every frame: each asks no more than it must where there are many rooms.
    const isBusy = (bot: BotLogin) =>
      waiting(bot)
        .counts()
        .some(({ channel, mentions, others }) => mentions + others > 0 && !isBlocked(bot, channel))
    const busy = bots.filter(isBusy).length
    return Math.min(limits.perBot, limits.global / Math.max(1, busy))
  }
}
