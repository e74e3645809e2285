import { SECOND } from '../clock.js'
import type { ChannelName } from '../domain.js'

/** What an account may write. Times in milliseconds. */
interface SendLimits {
  /** Most lines within any `windowMs`, over all channels. */
  readonly lines: number
  readonly windowMs: number
  /** Least time between two lines in one channel. */
  readonly gapMs: number
  /** Least time before the same text may be written to the same channel again. */
  readonly repeatMs: number
}

/**
 * Twitch allows a normal account 20 lines in 30 s, one per second and channel, no repetition within 30 s; breaking
 * that costs it an hour of silence. The half second, and the tenth, are for the way: Twitch counts arrivals.
 */
const NORMAL: SendLimits = {
  lines: 20,
  windowMs: 30.5 * SECOND,
  gapMs: 1.1 * SECOND,
  repeatMs: 30.5 * SECOND,
}

interface Written {
  atMs: number
  readonly channel: ChannelName
  readonly text: string
}

/**
 * What one account may still write, as a strict sliding window over what it really wrote. All or nothing: a line
 * may go now, or after a wait that satisfies every rule. Times are passed in, from one monotonic clock.
 */
export class SendBudget {
  /**
   * The newest lines in the order they were written, at most `lines` of them. That is all there is to know: a line that is not among
   * them has left the window, and the other rules look back no further.
   */
  readonly #written: Written[] = []
  readonly #limits: SendLimits

  constructor(limits: SendLimits = NORMAL) {
    this.#limits = limits
  }

  /** Milliseconds until `text` may be written to `channel`; 0 when it may be now. */
  waitMs(nowMs: number, channel: ChannelName, text: string): number {
    const { lines, windowMs, gapMs, repeatMs } = this.#limits
    const oldest = this.#written[0]
    let freeAtMs = nowMs
    if (oldest && this.#written.length >= lines) freeAtMs = Math.max(freeAtMs, oldest.atMs + windowMs)
    const normal = normalise(text)
    for (const line of this.#written) {
      if (line.channel !== channel) continue
      freeAtMs = Math.max(freeAtMs, line.atMs + (line.text === normal ? repeatMs : gapMs))
    }
    return freeAtMs - nowMs
  }

  /** Notes that `text` was written to `channel` at `nowMs`. */
  record(nowMs: number, channel: ChannelName, text: string): void {
    this.#written.push({ atMs: nowMs, channel, text: normalise(text) })
    if (this.#written.length > this.#limits.lines) this.#written.shift()
  }

  /** Notes that the last line in `channel` had arrived by `nowMs`: from then on it counts. */
  confirm(nowMs: number, channel: ChannelName): void {
    const last = this.#written.findLast((line) => line.channel === channel)
    if (last) last.atMs = Math.max(last.atMs, nowMs)
  }
}

/** Twitch compares texts without outer spaces and with neighbouring ones as one. */
function normalise(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}
