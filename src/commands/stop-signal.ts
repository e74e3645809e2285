import type { Chorus } from '../chorus.js'
import { type Clock, SECOND } from '../clock.js'
import { replies } from './replies.js'

/**
 * Signals so close together are one: `npm start` passes on the Ctrl-C that the terminal has already given to all, and on a
 * machine under load it takes its time. A person who means it the second time has read what the first one does.
 */
const SAME_SIGNAL_MS = SECOND / 2

/** Kept back of the deadline for leaving chat: the sockets get half a second for their goodbyes. */
const GOODBYE_MS = SECOND / 2

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** What a stop came to. */
export interface StopEnd {
  /** Replies that got their outcome meanwhile. */
  readonly done: number
  /** Replies without one. */
  readonly left: number
  /** What becomes of those, as a sentence. */
  readonly text: string
}

export interface StopSignalOptions {
  readonly clock: Clock
  /** Time that accepted replies get after the first signal, in milliseconds. */
  readonly deadlineMs: number
  /** Called with what to tell the person who waits. */
  readonly tell: (text: string) => void
  /** Called once, when the stop that was asked for is over. Must not throw. */
  readonly ended: (end: StopEnd) => void
  /** Called once, when a stop is first asked for and before it begins. Must not throw. */
  readonly asked?: () => void
}

/** What a signal has to do with. */
type Stoppable = Pick<Chorus, 'gracefulStop' | 'stop' | 'router' | 'isDurable'>

/**
 * Stops Chorus by signal: the first one gracefully, a second one at once. A reader of the output that goes away, as
 * `head` does, asks for the graceful stop, too, but never for the other: Ctrl-C may have ended it beside us.
 */
export class StopSignal {
  /** Resolves when Chorus has stopped because of a signal or of {@link request}. */
  readonly stopped: Promise<void>
  readonly #chorus: Stoppable
  readonly #options: StopSignalOptions
  readonly #listener = () => this.request()
  readonly #outputGone = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') this.requestGraceful()
  }
  #resolve: () => void = () => {}
  #requestedAtMs: number | undefined

  constructor(chorus: Stoppable, options: StopSignalOptions) {
    this.#chorus = chorus
    this.#options = options
    this.stopped = new Promise((resolve) => {
      this.#resolve = resolve
    })
    for (const signal of SIGNALS) process.on(signal, this.#listener)
    process.stdout.on('error', this.#outputGone)
  }

  /** Whether a stop was asked for: what has not begun need not begin any more. */
  get isRequested(): boolean {
    return this.#requestedAtMs !== undefined
  }

  /** What a signal does: the first call stops gracefully, a later one at once. */
  request(): void {
    const now = this.#options.clock.now()
    if (this.#requestedAtMs === undefined) {
      this.#requestedAtMs = now
      this.#options.asked?.()
      this.#settle(this.#stopGracefully())
    } else if (now - this.#requestedAtMs > SAME_SIGNAL_MS) {
      this.#settle(this.#chorus.stop())
    }
  }

  /** Stops gracefully where nothing has asked for a stop before; never at once. */
  requestGraceful(): void {
    if (this.#requestedAtMs === undefined) this.request()
  }

  /** Listens no more. Safe to call twice. */
  dispose(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener)
    process.stdout.off('error', this.#outputGone)
  }

  async #stopGracefully(): Promise<void> {
    const { size, pending } = this.#chorus.router.getQueueMetrics().global
    const open = size + pending
    if (open > 0) {
      const seconds = Math.round(this.#options.deadlineMs / SECOND)
      this.#options.tell(
        `Stopping: up to ${seconds} s for what was accepted (${replies(open)}); once more stops at once.`,
      )
    }
    const { done, left } = await this.#chorus.gracefulStop({
      deadlineMs: Math.max(0, this.#options.deadlineMs - GOODBYE_MS),
    })
    this.#options.ended({ done, left, text: this.#farewell(left) })
  }

  #farewell(left: number): string {
    if (left === 0) return 'Stopped: nothing is left.'
    if (!this.#chorus.isDurable) return `Left unanswered: ${replies(left)}.`
    return `${replies(left)} ${left === 1 ? 'waits' : 'wait'} in the journal for the next start.`
  }

  #settle(stop: Promise<void>): void {
    void stop.finally(() => {
      this.dispose()
      this.#resolve()
    })
  }
}
