import { SECOND } from '../clock.js'

const SECONDS = 60

/** How often something happened within the last minute, to the second. Takes the same little room however often that is. */
export class MinuteRate {
  readonly #counts = new Array<number>(SECONDS).fill(0)
  /** The second that was counted last. */
  #newest = Number.NEGATIVE_INFINITY

  /** It happened now, in clock milliseconds. */
  add(nowMs: number): void {
    const second = this.#advance(nowMs)
    this.#counts[second % SECONDS] = (this.#counts[second % SECONDS] ?? 0) + 1
  }

  perMinute(nowMs: number): number {
    this.#advance(nowMs)
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  /** Forgets what is longer ago than a minute. */
  #advance(nowMs: number): number {
    const second = Math.floor(nowMs / SECOND)
    const first = Math.max(this.#newest + 1, second - SECONDS + 1)
    for (let gone = first; gone <= second; gone++) this.#counts[gone % SECONDS] = 0
    this.#newest = Math.max(this.#newest, second)
    return this.#newest
  }
}
