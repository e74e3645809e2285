import type { Ledger, LedgerEntry } from './ledger.js'
import { Turn } from './turn.js'
import type { Share } from './waiting-list.js'

/** The turns of all replies that are worked on, ready or in flight; bounded by these. */
export class Turns {
  readonly #ledger: Pick<Ledger, 'join' | 'part'>
  readonly #turns = new Map<LedgerEntry, Turn>()

  constructor(ledger: Pick<Ledger, 'join' | 'part'>) {
    this.#ledger = ledger
  }

  /** From now on one line is to answer all of these. */
  begin(shares: readonly Share[]): Turn {
    const turn = new Turn(shares)
    this.#ledger.join(turn.entries)
    for (const entry of turn.entries) this.#turns.set(entry, turn)
    return turn
  }

  of(entry: LedgerEntry): Turn | undefined {
    return this.#turns.get(entry)
  }

  /** Whoever is told of one reply of a turn may take back another one in the same breath. */
  isIn(turn: Turn, entry: LedgerEntry): boolean {
    return this.#turns.get(entry) === turn
  }

  /** Each reply with its turn, as they are now. */
  all(): (readonly [LedgerEntry, Turn])[] {
    return [...this.#turns]
  }

  /** Takes the reply's share out of its turn; returns that. */
  drop(turn: Turn, entry: LedgerEntry): Share {
    const share = turn.drop(entry)
    for (const one of share) {
      this.forget(one)
      this.#ledger.part(one)
    }
    return share
  }

  /** The reply is in no turn any more. */
  forget(entry: LedgerEntry): void {
    this.#turns.delete(entry)
  }
}
