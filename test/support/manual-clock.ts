import type { Cancel, Clock } from '../../src/clock.js'

interface Timer {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** Time moved by hand. `advance` runs what falls due, in order, and lets promises settle in between. */
export class ManualClock implements Clock {
  #now = 0
  #order = 0
  readonly #timers = new Set<Timer>()
  readonly #wallOrigin: number

  constructor(wallOrigin = Date.UTC(2026, 0, 1)) {
    this.#wallOrigin = wallOrigin
  }

  now(): number {
    return this.#now
  }

  wall(): number {
    return this.#wallOrigin + this.#now
  }

  after(ms: number, run: () => void): Cancel {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Timers that have not run: a test of "leaves nothing behind" asks for 0. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  /** Moves time on by `ms`, timer by timer. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let next = this.#nextUntil(end); next; next = this.#nextUntil(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
      await settle()
    }
    this.#now = end
    await settle()
  }

  /** Time goes on while nothing runs, as in a process that is suspended: what fell due runs later, all at once. */
  sleep(ms: number): void {
    this.#now += ms
  }

  #nextUntil(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at > end) continue
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer
    }
    return first
  }
}

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
