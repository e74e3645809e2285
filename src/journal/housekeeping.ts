import { type Cancel, type Clock, DAY, every, MINUTE } from '../clock.js'
import type { Store } from './store.js'

/** Settled replies that are kept at most, dead letters aside, however young they are: about 200 MB. */
const SETTLED_MAX = 1_000_000
/** Lines of chat that are kept per channel, as many as a conversation remembers. */
const LINES_KEPT = 500
/** How long they are: what waits for longer is answered without them. */
const LINES_KEPT_MS = DAY
/** Settled replies removed at once: it holds the event loop for a few milliseconds. */
const SLICE = 200
/** Between two slices others may have the event loop and the disk. */
const SLICE_EVERY_MS = 20

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
  #cancelSlice: Cancel = () => {}
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
    this.#cancelSlice()
  }

  #pruneLines(): void {
    this.#run((store) => {
      const before = this.#options.clock.wall() - LINES_KEPT_MS
      for (const channel of store.lines.channels()) store.lines.prune(channel, { before, kept: LINES_KEPT })
    })
  }

  /** Slice after slice until nothing is left to remove. */
  #pruneReplies(): void {
    const removed = this.#run((store) => {
      const { clock, keptMs } = this.#options
      const before = store.time.toJournal(clock.now()) - keptMs
      const floor = store.replies.newestNumber() - SETTLED_MAX
      // In one: each commit waits for the disk.
      return store.transaction(SLICE, () => {
        const count = store.replies.prune({ before, floor, most: SLICE })
        if (count > 0) store.shrink()
        return count
      })
    })
    if (removed === SLICE)
      this.#cancelSlice = this.#options.clock.after(SLICE_EVERY_MS, () => this.#pruneReplies())
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
