/** Bound: values added at run time that are remembered; the one longest not added again is forgotten first. */
const ADDED_MAX = 500

/**
 * Every value that this process must never show. It grows: tokens are refreshed and replaced while Chorus runs, and
 * the log and the bots must know the new ones before anybody else does.
 */
export class KnownSecrets implements Iterable<string> {
  readonly #given: Set<string>
  readonly #added = new Set<string>()
  #version = 0

  /** @param given plain values that are never forgotten */
  constructor(given: Iterable<string> = []) {
    this.#given = new Set(given)
  }

  /** Another number after every change: whoever prepares something of the values looks whether it is still good. */
  get version(): number {
    return this.#version
  }

  add(value: string): void {
    if (value === '' || this.#given.has(value)) return
    const isKnown = this.#added.delete(value)
    this.#added.add(value)
    if (isKnown) return
    this.#version += 1
    const oldest = this.#added.values().next()
    if (this.#added.size > ADDED_MAX && !oldest.done) this.#added.delete(oldest.value)
  }

  /** For the few that live as long as the process: never forgotten, however many are added. */
  keep(value: string): void {
    if (value === '' || this.#given.has(value)) return
    this.#given.add(value)
    this.#version += 1
  }

  *[Symbol.iterator](): Generator<string> {
    yield* this.#given
    yield* this.#added
  }
}
