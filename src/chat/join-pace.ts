import { SECOND } from '../clock.js'

/** Twitch takes 20 joins in 10 s from an account; at this distance no 10 s hold more than 19. */
export const JOIN_GAP_MS = 0.55 * SECOND

/** When an account may join its next channel, over all its connections: one that flaps must not join too fast. */
export class JoinPace {
  #nextAtMs = Number.NEGATIVE_INFINITY

  /** Milliseconds until the next join may be made; 0 when it may be now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#nextAtMs - nowMs)
  }

  /** A join is made now. */
  record(nowMs: number): void {
    this.#nextAtMs = nowMs + JOIN_GAP_MS
  }
}
