import type { Cancel, Clock } from '../../src/clock.js'

interface Timer {
  readonly atMs: number
  readonly run: () => void
  handle: NodeJS.Timeout
}

/**
 * A fast clock whose pace can be changed while it runs: as fast as sockets allow where they matter, and faster through
 * the minutes in which a test only waits.
 */
export class PacedClock implements Clock {
  #pace: number
  #baseMs = 0
  #sinceMs = performance.now()
  readonly #wallOrigin = Date.now()
  readonly #timers = new Set<Timer>()

  /** @param pace how many times as fast as real time it begins */
  constructor(pace: number) {
    this.#pace = pace
  }

  now(): number {
    return this.#baseMs + (performance.now() - this.#sinceMs) * this.#pace
  }

  wall(): number {
    return this.#wallOrigin + this.now()
  }

  after(ms: number, run: () => void): Cancel {
    const timer = { atMs: this.now() + Math.max(0, ms), run } as Timer
    this.#timers.add(timer)
    this.#arm(timer)
    return () => {
      clearTimeout(timer.handle)
      this.#timers.delete(timer)
    }
  }

  /** From now on it is `pace` times as fast as real time. */
  setPace(pace: number): void {
    this.#baseMs = this.now()
    this.#sinceMs = performance.now()
    this.#pace = pace
    for (const timer of this.#timers) {
      clearTimeout(timer.handle)
      this.#arm(timer)
    }
  }

  #arm(timer: Timer): void {
    timer.handle = setTimeout(
      () => {
        // As the real one: never early.
        if (timer.atMs > this.now()) return this.#arm(timer)
        this.#timers.delete(timer)
        timer.run()
      },
      Math.max(0, timer.atMs - this.now()) / this.#pace,
    )
  }
}
