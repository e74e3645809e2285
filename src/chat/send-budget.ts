import { createHash } from 'node:crypto'
import { SECOND } from '../clock.js'
import type { ChannelName } from '../domain.js'

/** How an account stands in the room it wants to write to. */
export interface RoomAllowance {
  /** Moderator, VIP or broadcaster there. */
  readonly isPrivileged: boolean
  /** The room's slow mode in milliseconds; 0 = off. */
  readonly slowMs: number
}

/** Where lines are to be written, whatever they say. */
export interface Target extends RoomAllowance {
  readonly channel: ChannelName
}

/** A line that wants to be written. */
export interface Wish extends Target {
  readonly text: string
  /** It is said again on purpose, because nobody knows whether it was shown: the rule on repetitions does not hold. */
  readonly isRepetition?: boolean
}

/** One line that was written. */
export interface Written {
  readonly writtenMs: number
  /** When it had arrived at Twitch at the latest, as far as known: the time of its write until Twitch has answered. */
  readonly atMs: number
  readonly channel: ChannelName
  /** What its text is compared by; the text itself is not kept. Empty where it was not shown: nothing is like it. */
  readonly key: string
}

/**
 * A rule of Twitch holds between arrivals, which we don't see: a line arrives between its write and Twitch's answer. So
 * its margin, which is for the way, counts from the write; from the answer on, however late that comes, nearly the rule
 * alone.
 */
interface Limit {
  readonly ruleMs: number
  readonly marginMs: number
}

/** What is left of a margin when a line is known to have arrived: for clocks that don't run quite alike. */
const ARRIVED_MARGIN_MS = 0.05 * SECOND

/**
 * Twitch allows an account 20 lines in 30 s over all channels, and 100 where it is moderator, VIP or broadcaster; these
 * count among the 20, too. Breaking that costs it an hour of silence.
 */
const WINDOW: Limit = { ruleMs: 30 * SECOND, marginMs: 0.5 * SECOND }
/** After this long a line that was written now counts no more, unless Twitch's answer is late. */
export const WINDOW_MS = WINDOW.ruleMs + WINDOW.marginMs
/** Most lines in a window that a room of an ordinary account may be written to. */
const LINES_NORMAL = 20
/** Most lines in a window for one where it is moderator, VIP or broadcaster. */
const LINES_PRIVILEGED = 100
/** Least time between two lines in one channel. */
const GAP_NORMAL: Limit = { ruleMs: SECOND, marginMs: 0.1 * SECOND }
/**
 * Twitch has no such rule for moderators, but closes connections that write "in rapid succession". So this one counts from
 * the write: the next line waits for Twitch's answer anyway, and no pause is owed after it.
 */
const GAP_PRIVILEGED_MS = 0.1 * SECOND
/** Least time before the same text may be written to the same channel again; Twitch's rule is 30 s. */
const REPEAT_MS = 30.5 * SECOND
/** Beyond the seconds of a slow mode. */
const SLOW_MARGIN_MS = 0.3 * SECOND
/** Windows of which a forecast works out each line; those behind them repeat the last one. */
const WINDOWS_FORECAST = 2

/**
 * What one account may still write, as a strict sliding window over what it really wrote. All or nothing: a line
 * may go now, or after a wait that satisfies every rule. Times are passed in, from one monotonic clock.
 */
export class SendBudget {
  /**
   * The newest lines in the order they were written, at most {@link LINES_PRIVILEGED} of them. That is all there is to
   * know: a line that is not among them has left the window, and the other rules look back no further.
   */
  #written: Written[]

  /** @param written what is known of the time before, oldest first */
  constructor(written: readonly Written[] = []) {
    this.#written = written.slice(-LINES_PRIVILEGED)
  }

  /** Counts on from what was written in the time before, oldest first. */
  goOn(written: readonly Written[]): void {
    this.#written = [...written, ...this.#written].slice(-LINES_PRIVILEGED)
  }

  /** The newest lines, oldest first: what a later run must know. */
  get written(): readonly Written[] {
    return this.#written
  }

  /** Lines that may still be written now to a room of that kind, as far as the window goes. */
  left(nowMs: number, isPrivileged: boolean): number {
    const inWindow = this.#written.filter((line) => endOf(WINDOW, line) > nowMs).length
    return Math.max(0, linesMax(isPrivileged) - inWindow)
  }

  /** Milliseconds until the line may be written; 0 when it may be now. */
  waitMs(nowMs: number, wish: Wish): number {
    const { channel, isPrivileged, isRepetition = false, slowMs, text } = wish
    const key = isRepetition ? undefined : keyOf(text)
    let freeAtMs = this.#windowFreeAtMs(linesMax(isPrivileged))
    for (const line of this.#written) {
      if (line.channel !== channel) continue
      freeAtMs = Math.max(
        freeAtMs,
        isPrivileged ? line.writtenMs + GAP_PRIVILEGED_MS : endOf(GAP_NORMAL, line),
      )
      if (slowMs > 0 && !isPrivileged) freeAtMs = Math.max(freeAtMs, line.atMs + slowMs + SLOW_MARGIN_MS)
      if (line.key === key) freeAtMs = Math.max(freeAtMs, line.atMs + REPEAT_MS)
    }
    return Math.max(0, freeAtMs - nowMs)
  }

  /**
   * Milliseconds until so many further lines could have been written to one channel, each as soon as the rules let it and
   * none like another; 0 for none. Exact for any number at the price of {@link WINDOWS_FORECAST} windows: every line waits
   * for the one before it and for the one a window's lines before it, and by the third window only one of the two counts.
   */
  forecastMs(nowMs: number, target: Target, lines: number): number {
    if (lines <= 0) return 0
    const windowLines = linesMax(target.isPrivileged)
    const gapMs = gapOf(target)
    const ends = this.#written.map((line) => endOf(WINDOW, line)).sort((a, b) => a - b)
    const repeats = Math.max(0, Math.ceil(lines / windowLines) - WINDOWS_FORECAST)
    let atMs = nowMs + this.waitMs(nowMs, { ...target, text: '', isRepetition: true })
    for (let line = 1; line < lines - repeats * windowLines; line++) {
      // Nothing known was written later than now: so the ends stay in order.
      ends.push(atMs + WINDOW_MS)
      atMs = Math.max(atMs + gapMs, ends[ends.length - windowLines] ?? Number.NEGATIVE_INFINITY)
    }
    return atMs - nowMs + repeats * Math.max(WINDOW_MS, windowLines * gapMs)
  }

  /** Notes that `text` is written to `channel` at `nowMs`. */
  record(nowMs: number, channel: ChannelName, text: string): void {
    this.#written.push({ atMs: nowMs, writtenMs: nowMs, channel, key: keyOf(text) })
    if (this.#written.length > LINES_PRIVILEGED) this.#forgetOne()
  }

  /** Notes that the last line in `channel` had arrived by `nowMs`: from then on it counts. */
  confirm(nowMs: number, channel: ChannelName): void {
    const at = this.#written.findLastIndex((line) => line.channel === channel)
    const last = this.#written[at]
    if (!last || last.atMs >= nowMs) return
    // Lines to other channels may have been written since: the order is that of the times.
    this.#written.splice(at, 1)
    const place = this.#written.findLastIndex(({ atMs }) => atMs <= nowMs) + 1
    this.#written.splice(place, 0, { ...last, atMs: nowMs })
  }

  /** Notes that Twitch did not show the last line in `channel`: it counts all the same, but its text may be said at once. */
  notShown(channel: ChannelName): void {
    const at = this.#written.findLastIndex((line) => line.channel === channel)
    const last = this.#written[at]
    if (last) this.#written[at] = { ...last, key: '' }
  }

  /** Forgets the line that leaves the window first: where answers came late, it need not be the first one. */
  #forgetOne(): void {
    const ends = this.#written.map((line) => endOf(WINDOW, line))
    this.#written.splice(ends.indexOf(Math.min(...ends)), 1)
  }

  /** When fewer than `linesMax` lines are left in the window; long ago where there never were that many. */
  #windowFreeAtMs(linesMax: number): number {
    if (this.#written.length < linesMax) return Number.NEGATIVE_INFINITY
    const ends = this.#written.map((line) => endOf(WINDOW, line)).sort((a, b) => b - a)
    return ends[linesMax - 1] ?? Number.NEGATIVE_INFINITY
  }
}

/** Until when a line counts for a limit. */
function endOf({ ruleMs, marginMs }: Limit, { atMs, writtenMs }: Written): number {
  return ruleMs + Math.max(writtenMs + marginMs, atMs + ARRIVED_MARGIN_MS)
}

/** Least time between two lines of a channel that nothing else holds up. */
function gapOf({ isPrivileged, slowMs }: RoomAllowance): number {
  if (isPrivileged) return GAP_PRIVILEGED_MS
  const gapMs = GAP_NORMAL.ruleMs + GAP_NORMAL.marginMs
  return slowMs > 0 ? Math.max(gapMs, slowMs + SLOW_MARGIN_MS) : gapMs
}

export function linesMax(isPrivileged: boolean): number {
  return isPrivileged ? LINES_PRIVILEGED : LINES_NORMAL
}

/** Twitch compares texts without outer spaces and with neighbouring ones as one. */
function keyOf(text: string): string {
  return createHash('sha1').update(text.trim().replace(/\s+/g, ' ')).digest('base64url')
}
