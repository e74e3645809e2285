import type { Clock } from '../clock.js'

/** A moment by the three clocks, in milliseconds each: the journal's, the process's, the one on the wall. */
export interface Heartbeat {
  readonly journalMs: number
  readonly clockMs: number
  readonly wallMs: number
}

/**
 * The journal's own time: it goes on from run to run and never jumps, so that arrivals of all runs have one order and one
 * age. It begins as the time on the wall, and can be read as such.
 *
 * How long Chorus was down, the smaller one of two clocks tells: the monotonic one begins anew with the machine, the one
 * on the wall may jump. Whatever is wrong with either can only make a reply look younger, and so expires nothing.
 */
export class JournalTime {
  readonly #clock: Clock
  /** Journal time minus clock time. */
  readonly #aheadMs: number

  /** @param last the last sign of life of the run before; unset where there was none, or nothing depends on it. */
  constructor(clock: Clock, last: Heartbeat | undefined) {
    const now = clock.now()
    const wall = clock.wall()
    this.#clock = clock
    this.#aheadMs = (last ? last.journalMs + downMs(last, now, wall) : wall) - now
  }

  /** This moment, to be written down. */
  heartbeat(): Heartbeat {
    const clockMs = this.#clock.now()
    return { journalMs: this.toJournal(clockMs), clockMs, wallMs: this.#clock.wall() }
  }

  toJournal(clockMs: number): number {
    return clockMs + this.#aheadMs
  }

  toClock(journalMs: number): number {
    return journalMs - this.#aheadMs
  }
}

function downMs(last: Heartbeat, now: number, wall: number): number {
  const byWall = Math.max(0, wall - last.wallMs)
  const byClock = now - last.clockMs
  // Negative: the machine was started in between, and only the wall knows for how long.
  return byClock < 0 ? byWall : Math.min(byClock, byWall)
}

/**
 * How long ago a line was written that an earlier run began to write, in milliseconds: the larger one of what the clocks
 * say, for it may be repeated only while Twitch still remembers it. Endless where they can't be believed.
 */
export function writtenAgoMs(
  clock: Clock,
  written: { readonly clockMs: number; readonly wallMs: number },
): number {
  const byClock = clock.now() - written.clockMs
  const byWall = clock.wall() - written.wallMs
  return byClock < 0 || byWall < 0 ? Number.POSITIVE_INFINITY : Math.max(byClock, byWall)
}
