import type { Cancel, Clock } from '../clock.js'
import type { ChorusError } from '../errors.js'
import type { Random } from '../random.js'
import type { LedgerEntry } from './ledger.js'
import { decideRetry, type RetryRules } from './retry-rules.js'
import type { Standstill } from './standstill.js'
import type { Share } from './waiting-list.js'

export interface HeldRepliesOptions {
  readonly clock: Clock
  readonly random: Random
  readonly retry: RetryRules
  readonly standstill: Standstill
  /** Called with the replies of a viewer whose time has come. */
  readonly goBack: (share: Share) => void
}

/** One viewer's replies that wait together. */
interface Group {
  readonly entries: Set<LedgerEntry>
  readonly cancel: Cancel
}

/** Replies that have failed and wait for the time of their next try: a timer for what one viewer has asked. */
export class HeldReplies {
  readonly #options: HeldRepliesOptions
  readonly #groups = new Map<LedgerEntry, Group>()

  constructor(options: HeldRepliesOptions) {
    this.#options = options
  }

  /**
   * Counts the failure, and holds a viewer's replies until the last of them may be tried again. Returns which are held, and
   * for how many milliseconds: the others are to be given up.
   */
  hold(share: Share, error: ChorusError): { readonly held: ReadonlySet<LedgerEntry>; readonly inMs: number } {
    const { clock, random, retry, standstill } = this.#options
    const entries = new Set<LedgerEntry>()
    let inMs = 0
    for (const entry of share) {
      standstill.failed(entry, error)
      const verdict = decideRetry(error, entry, retry, random)
      if (verdict.kind !== 'hold') continue
      entries.add(entry)
      inMs = Math.max(inMs, verdict.inMs)
    }
    if (entries.size === 0) return { held: entries, inMs }
    const group: Group = { entries, cancel: clock.after(inMs, () => this.#release(group)) }
    for (const entry of entries) this.#groups.set(entry, group)
    return { held: new Set(entries), inMs }
  }

  /** Those that match need not wait any longer. */
  release(matches: (entry: LedgerEntry) => boolean): void {
    const found = [...this.#groups].filter(([entry]) => matches(entry)).map(([, group]) => group)
    for (const group of new Set(found)) this.#release(group)
  }

  forget(entry: LedgerEntry): void {
    const group = this.#groups.get(entry)
    this.#groups.delete(entry)
    if (group?.entries.delete(entry) && group.entries.size === 0) group.cancel()
  }

  clear(): void {
    for (const { cancel } of this.#groups.values()) cancel()
    this.#groups.clear()
  }

  #release(group: Group): void {
    const share = [...group.entries]
    for (const entry of share) this.forget(entry)
    this.#options.goBack(share)
  }
}
