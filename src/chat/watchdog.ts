import { type Cancel, type Clock, every, SECOND } from '../clock.js'

export interface WatchdogOptions {
  readonly clock: Clock
  /** When the server was last heard, in clock milliseconds. */
  readonly heardAtMs: () => number
  /** Asks the server for a sign of life. */
  readonly ping: () => void
  /** Called once: the server does not answer. */
  readonly dead: () => void
}

/** After so long without a word the server is asked; when that, too, goes without, the link is dead: within 20 s in all. */
const QUIET_MS = 5 * SECOND
const ANSWER_WITHIN_MS = 10 * SECOND
const LOOK_EVERY_MS = 2 * SECOND

/** Finds links that are dead though the socket looks open: tmi.js takes a hundred seconds for that. */
export class Watchdog {
  readonly #options: WatchdogOptions
  #cancel: Cancel = () => {}
  #askedAtMs: number | undefined
  #lookedAtMs = 0

  constructor(options: WatchdogOptions) {
    this.#options = options
  }

  start(): void {
    this.#lookedAtMs = this.#options.clock.now()
    this.#cancel = every(this.#options.clock, LOOK_EVERY_MS, () => this.#look())
  }

  /** Leaves no timer behind. Safe to call twice. */
  stop(): void {
    this.#cancel()
  }

  #look(): void {
    const { clock, heardAtMs, ping, dead } = this.#options
    const now = clock.now()
    // A process that slept finds what came meanwhile only after its timers: it asks anew.
    if (now - this.#lookedAtMs > 2 * LOOK_EVERY_MS) this.#askedAtMs = undefined
    this.#lookedAtMs = now
    if (this.#askedAtMs !== undefined && heardAtMs() > this.#askedAtMs) this.#askedAtMs = undefined
    if (this.#askedAtMs === undefined) {
      if (now - heardAtMs() < QUIET_MS) return
      this.#askedAtMs = now
      ping()
    } else if (now - this.#askedAtMs >= ANSWER_WITHIN_MS) {
      this.stop()
      dead()
    }
  }
}
