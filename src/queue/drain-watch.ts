import { type Cancel, type Clock, SECOND } from '../clock.js'
import type { DrainReport } from '../reply-queue.js'
import type { Ledger, LedgerEntry } from './ledger.js'

/** How often a drain looks for replies that have become stuck without any event telling so. */
const LOOK_EVERY_MS = SECOND

export interface DrainWatchOptions {
  readonly ledger: Ledger
  /** Whether a reply can't get on for now: waiting for it would only spend the deadline. */
  readonly isStuck: (entry: LedgerEntry) => boolean
  readonly clock: Clock
  /** Longest wait in milliseconds; unset waits until all that can be done is done. */
  readonly deadlineMs?: number | undefined
}

/** Waits until every accepted reply has its outcome or is stuck, or the deadline is over. */
export class DrainWatch {
  /** Resolves once, never rejects. */
  readonly report: Promise<DrainReport>
  readonly #options: DrainWatchOptions
  readonly #cancelDeadline: Cancel | undefined
  #cancelLook: Cancel | undefined
  #resolve: ((report: DrainReport) => void) | undefined
  #done = 0

  constructor(options: DrainWatchOptions) {
    this.#options = options
    this.report = new Promise((resolve) => {
      this.#resolve = resolve
    })
    if (options.deadlineMs !== undefined) {
      this.#cancelDeadline = options.clock.after(options.deadlineMs, () => this.end())
    }
    this.#look()
  }

  /** A reply got its outcome. */
  settled(): void {
    this.#done += 1
    this.#endIfDone()
  }

  /** Reports what is left now. Safe to call twice. */
  end(): void {
    this.#cancelDeadline?.()
    this.#cancelLook?.()
    this.#resolve?.({ done: this.#done, left: this.#options.ledger.length })
    this.#resolve = undefined
  }

  #look(): void {
    if (!this.#endIfDone()) this.#cancelLook = this.#options.clock.after(LOOK_EVERY_MS, () => this.#look())
  }

  #endIfDone(): boolean {
    for (const entry of this.#options.ledger.entries()) if (!this.#options.isStuck(entry)) return false
    this.end()
    return true
  }
}
