/** One second in milliseconds; every duration in the code is written as a multiple of it. */
export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const DAY = 24 * 60 * MINUTE

/** Takes a timer back; safe to call after it has run. */
export type Cancel = () => void

/**
 * Time as an argument. Every stage takes one, so that tests move time by hand and a compressed run speeds
 * product, built-in Twitch and built-in model up by the same factor.
 */
export interface Clock {
  /**
   * Monotonic milliseconds since the machine's start, so that two processes can compare them. After a restart of the
   * machine they begin anew: a difference is never longer than the time that has really passed.
   */
  now(): number
  /** Milliseconds since 1970, for people and for what outlives the process. May jump. */
  wall(): number
  /**
   * Runs `run` once, `ms` milliseconds from now and never earlier: what was due then is due when it looks. In a process that
   * has stood still, what came in meanwhile is read first: no deadline passes over an answer that is there.
   */
  after(ms: number, run: () => void): Cancel
}

/** Node clamps longer timers to one millisecond, which would turn "in a month" into "now": they are armed again. */
const TIMER_MAX_MS = 2 ** 31 - 1

/**
 * The real clock, `factor` times as fast as the one on the wall. All clocks of one process and factor agree.
 *
 * @param factor 1 for real time; 20 lets a recorded minute pass in three seconds.
 */
export function systemClock(factor = 1): Clock {
  const startedAt = Date.now()
  const origin = sinceBootMs()
  return {
    now: () => sinceBootMs() * factor,
    wall: factor === 1 ? () => Date.now() : () => startedAt + (sinceBootMs() - origin) * factor,
    after(ms, run) {
      const dueMs = sinceBootMs() + Math.max(0, ms) / factor
      let cancel: Cancel
      // What is due already is a negative wait, which newer Node complains about.
      const arm = () => {
        const timer = setTimeout(look, Math.min(Math.max(0, dueMs - sinceBootMs()), TIMER_MAX_MS))
        cancel = () => clearTimeout(timer)
      }
      const look = () => {
        // Node counts in whole milliseconds of its own, and may be up to one of them early.
        if (sinceBootMs() < dueMs) return arm()
        // Node runs timers before it reads sockets, but immediates after that.
        const turn = setImmediate(run)
        cancel = () => clearImmediate(turn)
      }
      arm()
      return () => cancel()
    },
  }
}

function sinceBootMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * SECOND + nanoseconds / 1e6
}

/**
 * Resolves after `ms`; rejects with the signal's reason as soon as it is aborted, leaving no timer behind.
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const abort = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/** Runs `run` now and then every `ms` milliseconds, until it is cancelled. */
export function every(clock: Clock, ms: number, run: () => void): Cancel {
  let isOver = false
  let cancel: Cancel = () => {}
  const again = () => {
    run()
    // It may have been cancelled in the middle of its own run.
    if (!isOver) cancel = clock.after(ms, again)
  }
  again()
  return () => {
    isOver = true
    cancel()
  }
}
