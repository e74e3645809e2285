import type { Outcome, TaskId } from '../domain.js'

/** Replies remembered as settled; the one settled first is forgotten for each one more. */
export const REMEMBERED_MAX = 10_000

/** Replies that have had their outcome: none of them is accepted or answered again. */
export class SettledReplies {
  /** Without the outcome where an earlier run gave it. */
  readonly #outcomes = new Map<TaskId, Outcome | undefined>()

  has(id: TaskId): boolean {
    return this.#outcomes.has(id)
  }

  /** What this run gave it. */
  outcomeOf(id: TaskId): Outcome | undefined {
    return this.#outcomes.get(id)
  }

  add(id: TaskId, outcome: Outcome): void {
    this.#outcomes.delete(id)
    this.#outcomes.set(id, outcome)
    this.#forgetOldest()
  }

  /** What the file says of earlier runs, the one settled last in front. */
  addOlder(newestFirst: readonly TaskId[]): void {
    for (const id of newestFirst.toReversed()) if (!this.has(id)) this.#outcomes.set(id, undefined)
    this.#forgetOldest()
  }

  #forgetOldest(): void {
    for (const oldest of this.#outcomes.keys()) {
      if (this.#outcomes.size <= REMEMBERED_MAX) return
      this.#outcomes.delete(oldest)
    }
  }
}
