import type { Cancel, Clock } from '../../src/clock.js'

interface Timer {
  readonly atMs: number
  readonly run: () => void
}

/** How often it looks at the time while there are timers, in real milliseconds. */
const LOOK_EVERY_MS = 4
/** What passes between two looks, at most, in real milliseconds: the rest the process stood still. */
const STEP_MAX_MS = 10

/**
 * A fast clock that stands still while the process does. Twenty times as fast as real time, a processor that is taken away for
 * a third of a second would be seven seconds in which nobody answers; to everybody on this clock it is the blink of an eye. Its
 * pace can be changed while it runs: as fast as sockets allow where they matter, and faster through the minutes in which a test only waits.
 */
export class PacedClock implements Clock {
  #pace: number
  #nowMs = 0
  #lookedAtMs = performance.now()
  readonly #wallOrigin = Date.now()
  /** In the order in which they fall due. */
  readonly #timers: Timer[] = []
  #unarm: Cancel = () => {}

  /** @param pace how many times as fast as real time it begins */
  constructor(pace: number) {
    this.#pace = pace
  }

  now(): number {
    const atMs = performance.now()
    this.#nowMs += Math.min(atMs - this.#lookedAtMs, STEP_MAX_MS) * this.#pace
    this.#lookedAtMs = atMs
    return this.#nowMs
  }

  wall(): number {
    return this.#wallOrigin + this.now()
  }

  after(ms: number, run: () => void): Cancel {
    const timer = { atMs: this.now() + Math.max(0, ms), run }
    const place = this.#timers.findLastIndex(({ atMs }) => atMs <= timer.atMs) + 1
    this.#timers.splice(place, 0, timer)
    if (place === 0) this.#arm()
    return () => {
      const at = this.#timers.indexOf(timer)
      if (at >= 0) this.#timers.splice(at, 1)
    }
  }

  /** From now on it is `pace` times as fast as real time. */
  setPace(pace: number): void {
    this.now()
    this.#pace = pace
    this.#arm()
  }

  /** As the real one: a timer is never early, and sockets are read before it runs. */
  #look(): void {
    const first = this.#timers[0]
    const isDue = first !== undefined && first.atMs <= this.now()
    if (isDue) this.#timers.shift()
    this.#arm()
    if (isDue) first.run()
  }

  /** One timer per turn of Node's loop, however many are due. */
  #arm(): void {
    this.#unarm()
    const first = this.#timers[0]
    if (!first) return
    const waitMs = (first.atMs - this.now()) / this.#pace
    if (waitMs > 0) {
      const timer = setTimeout(() => this.#look(), Math.min(waitMs, LOOK_EVERY_MS))
      this.#unarm = () => clearTimeout(timer)
    } else {
      const turn = setImmediate(() => this.#look())
      this.#unarm = () => clearImmediate(turn)
    }
  }
}
