import { type Cancel, type Clock, SECOND } from '../clock.js'
import type { DrainReport } from '../reply-queue.js'
import { isInFlight, type Ledger, type LedgerEntry } from './ledger.js'

/** Kept back of a deadline for Twitch's answers to what is being written at that moment. */
const FINISH_MS = SECOND / 2

/** How often a drain looks for replies that have become stuck without any event telling so. */
const LOOK_EVERY_MS = SECOND

export interface DrainWatchOptions {
  readonly ledger: Ledger
  /** Whether a reply can't get on for now: waiting for it would only spend the deadline. */
  readonly isStuck: (entry: LedgerEntry) => boolean
  /** Called when the time is nearly over: nothing more is made or written, only what is in flight goes on. */
  readonly close: () => void
  /** Called when the time is over: what is in flight is left in doubt. */
  readonly abandon: () => void
  readonly clock: Clock
}

/** Waits until every accepted reply has its outcome or is stuck, or a deadline is over. */
export class DrainWatch {
  /** Resolves once, never rejects. */
  readonly report: Promise<DrainReport>
  readonly #options: DrainWatchOptions
  /** Two per deadline that somebody asked for: the first to come ends the wait. */
  readonly #cancelDeadlines: Cancel[] = []
  #cancelLook: Cancel | undefined
  #resolve: ((report: DrainReport) => void) | undefined
  #isClosing = false
  #done = 0
  #willCheck = false

  constructor(options: DrainWatchOptions) {
    this.#options = options
    this.report = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#look()
  }

  /** Waits no longer than `ms` from now. */
  within(ms: number): void {
    if (!this.#resolve) return
    const { clock } = this.#options
    this.#cancelDeadlines.push(
      clock.after(ms, () => {
        this.#options.abandon()
        this.end()
      }),
      clock.after(ms - FINISH_MS, () => this.#close()),
    )
  }

  /** A reply got its outcome. */
  settled(): void {
    this.#done += 1
    // Once for all that settle in this turn: each check walks past every stuck reply.
    if (this.#willCheck) return
    this.#willCheck = true
    queueMicrotask(() => {
      this.#willCheck = false
      this.#endIfDone()
    })
  }

  /** Reports what is left now. Safe to call twice. */
  end(): void {
    for (const cancel of this.#cancelDeadlines) cancel()
    this.#cancelLook?.()
    this.#resolve?.({ done: this.#done, left: this.#options.ledger.length })
    this.#resolve = undefined
  }

  #close(): void {
    this.#isClosing = true
    this.#options.close()
    this.#endIfDone()
  }

  #look(): void {
    if (!this.#endIfDone()) this.#cancelLook = this.#options.clock.after(LOOK_EVERY_MS, () => this.#look())
  }

  #endIfDone(): boolean {
    for (const entry of this.#options.ledger.entries()) {
      const isOver = this.#isClosing ? !isInFlight(entry) : this.#options.isStuck(entry)
      if (!isOver) return false
    }
    this.end()
    return true
  }
}
