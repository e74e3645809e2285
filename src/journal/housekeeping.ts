import { type Cancel, type Clock, every, MINUTE } from '../clock.js'
import type { Store } from './store.js'

/** Settled replies that are kept at most, dead letters aside, however young they are: about 200 MB. */
const SETTLED_MAX = 1_000_000
/** Lines of chat that are kept per channel, as many as a conversation remembers. */
const LINES_KEPT = 500
/** Settled replies removed at once: it holds the event loop for a few milliseconds. */
const SLICE = 200

export interface HousekeepingOptions {
  readonly clock: Clock
  /** How long settled replies are kept, in milliseconds. */
  readonly keptMs: number
  readonly store: () => Store | undefined
  /** Told what the file throws. */
  readonly failed: (thrown: unknown) => void
}

/** Keeps the journal's file from growing for ever: it removes in small slices what is old, once a minute. */
export class Housekeeping {
  readonly #options: HousekeepingOptions
  #cancel: Cancel = () => {}
  #isStopped = false

  constructor(options: HousekeepingOptions) {
    this.#options = options
  }

  start(): void {
    this.#cancel = every(this.#options.clock, MINUTE, () => {
      this.#pruneLines()
      this.#pruneReplies()
    })
  }

  /** Safe to call twice. */
  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  #pruneLines(): void {
    this.#run((store) => {
      for (const channel of store.lines.channels()) store.lines.prune(channel, LINES_KEPT)
    })
  }

  /** Slice after slice, each in a turn of its own, until nothing is left to remove. */
  #pruneReplies(): void {
    const removed = this.#run((store) => {
      const { clock, keptMs } = this.#options
      const before = store.time.toJournal(clock.now()) - keptMs
      const floor = store.replies.newestNumber() - SETTLED_MAX
      // In one: each commit waits for the disk.
      return store.transaction(() => {
        const count = store.replies.prune({ before, floor, most: SLICE })
        if (count > 0) store.shrink()
        return count
      })
    })
    if (removed === SLICE) setImmediate(() => this.#pruneReplies())
  }

  #run<T>(work: (store: Store) => T): T | undefined {
    const store = this.#isStopped ? undefined : this.#options.store()
    try {
      return store && work(store)
    } catch (thrown) {
      this.#options.failed(thrown)
      return undefined
    }
  }
}
