import type { Cancel, Clock } from '../clock.js'
import type { ChorusError } from '../errors.js'
import type { Random } from '../random.js'
import type { LedgerEntry } from './ledger.js'
import { decideRetry, type RetryRules } from './retry-rules.js'
import type { Standstill } from './standstill.js'

export interface HeldRepliesOptions {
  readonly clock: Clock
  readonly random: Random
  readonly retry: RetryRules
  readonly standstill: Standstill
  /** Called with each reply whose time has come. */
  readonly goBack: (entry: LedgerEntry) => void
}

/** Replies that have failed and wait for the time of their next try, a timer each. */
export class HeldReplies {
  readonly #options: HeldRepliesOptions
  readonly #timers = new Map<LedgerEntry, Cancel>()

  constructor(options: HeldRepliesOptions) {
    this.#options = options
  }

  /** Counts the failure, and holds the reply; returns for how many milliseconds, or nothing where it is to be given up. */
  hold(entry: LedgerEntry, error: ChorusError): number | undefined {
    const { clock, random, retry, standstill } = this.#options
    standstill.failed(entry, error)
    const verdict = decideRetry(error, entry, retry, random)
    if (verdict.kind !== 'hold') return undefined
    this.#timers.set(
      entry,
      clock.after(verdict.inMs, () => this.#release(entry)),
    )
    return verdict.inMs
  }

  /** Those that match need not wait any longer. */
  release(matches: (entry: LedgerEntry) => boolean): void {
    for (const entry of [...this.#timers.keys()].filter(matches)) this.#release(entry)
  }

  forget(entry: LedgerEntry): void {
    this.#timers.get(entry)?.()
    this.#timers.delete(entry)
  }

  clear(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #release(entry: LedgerEntry): void {
    this.forget(entry)
    this.#options.goBack(entry)
  }
}
