import type { Clock } from '../clock.js'
import type { BlockedCheck } from '../reply-queue.js'
import type { LedgerEntry } from './ledger.js'

export interface StandstillOptions {
  readonly clock: Clock
  readonly blocked: BlockedCheck | undefined
  /** When the model last made a line, in clock milliseconds. */
  readonly servedAtMs: () => number
}

/** Finds out for how long a reply could not be served: its bot is blocked, or the model is away. A long lane is neither. */
export class Standstill {
  readonly #options: StandstillOptions

  constructor(options: StandstillOptions) {
    this.#options = options
  }

  /** Whether nothing is gained by waiting for the reply now, when a model that is away for `awayMs` is waited for no more. */
  isStuck(entry: LedgerEntry, awayMs: number): boolean {
    if (entry.state === 'working' || entry.isInFlight) return false
    return this.#blocked(entry) !== undefined || this.#failingMs(entry) >= awayMs
  }

  /** For how long it could not be served, in milliseconds, and why. To be asked from time to time: a block counts from then. */
  unserved(entry: LedgerEntry): { readonly ms: number; readonly reason: string } {
    const now = this.#options.clock.now()
    const blocked = this.#blocked(entry)
    entry.blockedSinceMs = blocked === undefined ? undefined : (entry.blockedSinceMs ?? now)
    return blocked === undefined
      ? { ms: this.#failingMs(entry), reason: 'the model was away' }
      : { ms: now - (entry.blockedSinceMs ?? now), reason: blocked }
  }

  /**
   * For how long the model has served neither this reply nor any other, in milliseconds. Once it serves again, what
   * still waits is in a working lane, however long that is.
   */
  #failingMs({ failures, failingSinceMs }: LedgerEntry): number {
    if (failures === 0 || failingSinceMs === undefined) return 0
    return this.#options.clock.now() - Math.max(failingSinceMs, this.#options.servedAtMs())
  }

  #blocked({ task }: LedgerEntry): string | undefined {
    return this.#options.blocked?.(task.bot, task.message.channel)
  }
}
