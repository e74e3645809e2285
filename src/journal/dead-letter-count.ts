import { type Clock, MINUTE } from '../clock.js'
import type { ChorusEmitter } from '../events.js'

/** How often it is told that dead letters wait, while there are any. */
const REMIND_EVERY_MS = 60 * MINUTE

/** How many replies wait in the dead letters, and the telling of it: when it changes, and again and again. */
export class DeadLetterCount {
  readonly #clock: Clock
  readonly #events: ChorusEmitter
  #count = 0
  #toldAtMs = 0

  constructor({ clock, events }: { readonly clock: Clock; readonly events: ChorusEmitter }) {
    this.#clock = clock
    this.#events = events
  }

  get value(): number {
    return this.#count
  }

  set(count: number): void {
    if (count === this.#count) return
    this.#count = count
    this.#tell()
  }

  /** Tells it again when it was long ago; to be called now and then. */
  remind(): void {
    if (this.#count > 0 && this.#clock.now() - this.#toldAtMs >= REMIND_EVERY_MS) this.#tell()
  }

  #tell(): void {
    this.#toldAtMs = this.#clock.now()
    this.#events.emit('dead-letters:counted', { count: this.#count })
  }
}
