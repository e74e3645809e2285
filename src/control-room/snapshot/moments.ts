import type { ChorusStatus } from '../../chorus.js'
import { type Cancel, type Clock, every, SECOND } from '../../clock.js'
import type { History } from './snapshot.js'

export interface MomentsOptions {
  readonly clock: Clock
  /** How many replies have no outcome. */
  readonly owed: () => number
  readonly status: () => Pick<ChorusStatus, 'perMinute'>
  /** Told of what nobody foresaw. */
  readonly fault: (error: unknown) => void
}

const EVERY_MS = 2 * SECOND
/** Moments kept, which are ten minutes: a further one takes the place of the oldest. */
const MOMENTS_MAX = 300

/** How it went in the last minutes: one look every two seconds, whether anybody reads or not. */
export class Moments {
  readonly #options: MomentsOptions
  #history: History = { atMs: [], waiting: [], answered: [], lines: [] }
  #cancel: Cancel | undefined

  constructor(options: MomentsOptions) {
    this.#options = options
  }

  /** The identical object until the next look. */
  get history(): History {
    return this.#history
  }

  /** Safe to call twice. */
  start(): void {
    this.#cancel ??= every(this.#options.clock, EVERY_MS, () => this.#look())
  }

  /** Leaves no timer. Safe to call twice. */
  stop(): void {
    this.#cancel?.()
  }

  /** A look that fails leaves its moment out. */
  #look(): void {
    const { clock, fault, owed, status } = this.#options
    try {
      const { perMinute } = status()
      const { atMs, waiting, answered, lines } = this.#history
      this.#history = {
        atMs: withNewest(atMs, Math.round(clock.wall())),
        waiting: withNewest(waiting, owed()),
        answered: withNewest(answered, perMinute.answered),
        lines: withNewest(lines, perMinute.lines),
      }
    } catch (error) {
      fault(error)
    }
  }
}

function withNewest(values: readonly number[], newest: number): number[] {
  return [...values.slice(1 - MOMENTS_MAX), newest]
}
