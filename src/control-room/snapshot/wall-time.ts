import { type Clock, SECOND } from '../../clock.js'

/** How far the two clocks may have moved apart before that is taken for more than the fraction by which they are read apart. */
const SLACK_MS = SECOND / 2

/**
 * When something was, on the clock on the wall. The same moment always comes out as the same time, unless somebody has set
 * that clock: else what is shown would change with every look.
 */
export class WallTime {
  readonly #clock: Pick<Clock, 'now' | 'wall'>
  #aheadMs: number

  constructor(clock: Pick<Clock, 'now' | 'wall'>) {
    this.#clock = clock
    this.#aheadMs = clock.wall() - clock.now()
  }

  /** @param atMs in clock milliseconds */
  of(atMs: number): number {
    const aheadMs = this.#clock.wall() - this.#clock.now()
    if (Math.abs(aheadMs - this.#aheadMs) > SLACK_MS) this.#aheadMs = aheadMs
    return Math.round(this.#aheadMs + atMs)
  }
}
