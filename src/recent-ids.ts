/**
 * Remembers ids, so that what five connections hear is dealt with once. Bounded: it knows at least the last `max` of them
 * and at most twice as many; older ones are forgotten.
 */
export class RecentIds {
  readonly #max: number
  #recent = new Set<string>()
  #older = new Set<string>()

  constructor(max = 10_000) {
    this.#max = max
  }

  has(id: string): boolean {
    return this.#recent.has(id) || this.#older.has(id)
  }

  /** False when it was there already. */
  add(id: string): boolean {
    if (this.#older.has(id)) return false
    const before = this.#recent.size
    // One look-up tells and adds: every line of a flood comes through here.
    if (this.#recent.add(id).size === before) return false
    // Two generations instead of evicting one by one: adding stays a plain Set.add.
    if (this.#recent.size >= this.#max) {
      this.#older = this.#recent
      this.#recent = new Set()
    }
    return true
  }
}
