import type { LedgerEntry } from './ledger.js'
import type { Share } from './waiting-list.js'

export interface QuarantineOptions {
  /** Whether it still has no outcome. */
  readonly isOpen: (entry: LedgerEntry) => boolean
  /** Whether it could not be worked on now anyway. */
  readonly isBlocked: (entry: LedgerEntry) => boolean
  /** Whether two of them get the same line anyway. */
  readonly isSameShare: (a: LedgerEntry, b: LedgerEntry) => boolean
  /** Puts them in line. */
  readonly release: (share: Share) => void
}

/**
 * Replies that a process was working on when it died. One of them may be what it died of: they are worked on one after
 * the other, so that if it happens again the others are not found guilty with it.
 */
export class Quarantine {
  readonly #options: QuarantineOptions
  /** In the order of acceptance; bounded by what the queue works on at once, in each run that died. */
  #suspects: LedgerEntry[] = []
  #current: LedgerEntry | undefined

  constructor(options: QuarantineOptions) {
    this.#options = options
  }

  add(entry: LedgerEntry): void {
    this.#suspects.push(entry)
  }

  /** Lets the next one go when the one before is through; to be called whenever that may be so. */
  look(): void {
    const { isBlocked, isOpen, isSameShare, release } = this.#options
    if (this.#current && isOpen(this.#current) && !this.#isThrough(this.#current)) return
    const next = this.#suspects.findIndex((entry) => isOpen(entry) && !isBlocked(entry))
    const entry = this.#suspects[next]
    this.#current = entry
    if (!entry) return
    const share = this.#suspects.filter((one) => isSameShare(one, entry))
    this.#suspects = this.#suspects.filter((one) => !share.includes(one))
    release(share)
  }

  /** It was worked on and the process lives, or it can't be worked on now and must not keep the others. */
  #isThrough(entry: LedgerEntry): boolean {
    return entry.state === 'ready' || (entry.state !== 'working' && this.#options.isBlocked(entry))
  }
}
