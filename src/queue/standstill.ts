import { type Clock, MINUTE } from '../clock.js'
import type { ChorusError } from '../errors.js'
import type { BlockedCheck, ModelStanding } from '../reply-queue.js'
import { isInFlight, type LedgerEntry } from './ledger.js'
import { isCounted } from './retry-rules.js'

/** A graceful stop does not wait for a model that has been away for this long. */
const AWAY_MS = MINUTE

export interface StandstillOptions {
  readonly clock: Clock
  readonly blocked: BlockedCheck | undefined
  readonly model: ModelStanding
}

/** What keeps a reply from being served, and since when, in clock milliseconds. */
interface Obstacle {
  readonly sinceMs: number
  readonly reason: string
}

/**
 * Finds out for how long a reply could not be served: its bot is blocked, or the model is away. A long lane is neither. Keeps
 * what each reply's failures have cost it, so that an outage costs nothing.
 */
export class Standstill {
  readonly #options: StandstillOptions

  constructor(options: StandstillOptions) {
    this.#options = options
  }

  /** A reply has failed: counts that, and what it costs. */
  failed(entry: LedgerEntry, error: ChorusError): void {
    const { clock, model } = this.#options
    const now = clock.now()
    if (isCounted(error, entry, model)) {
      entry.attempts += 1
      if (error.scope === 'endpoint') entry.chargedAtMs = now
    }
    entry.failures += 1
    entry.failedAtMs = now
    if (error.scope === 'endpoint' && !this.#isFailing(entry)) entry.failingSinceMs = now
  }

  /** Gives back what the first failures of an outage have cost, before it was known to be one. */
  forgive(entries: Iterable<LedgerEntry>): void {
    const away = this.#options.model.away()
    if (!away) return
    for (const entry of entries) {
      if (entry.chargedAtMs === undefined || entry.chargedAtMs < away.sinceMs) continue
      entry.attempts -= 1
      entry.chargedAtMs = undefined
    }
  }

  /** Whether nothing is gained by waiting for the reply now. */
  isStuck(entry: LedgerEntry): boolean {
    if (entry.isForNextRun) return true
    if (entry.state === 'working' || isInFlight(entry)) return false
    if (this.#blocked(entry) !== undefined) return true
    const away = this.#away(entry)
    return away !== undefined && this.#options.clock.now() - away.sinceMs >= AWAY_MS
  }

  /**
   * For how long it could not be served, in milliseconds, and why; nothing while it can. To be asked from time to time:
   * a block counts from when it is found, and obstacles that follow each other count as one.
   */
  unserved(entry: LedgerEntry): { readonly ms: number; readonly reason: string } | undefined {
    const now = this.#options.clock.now()
    const blocked = this.#blocked(entry)
    const obstacle = blocked === undefined ? this.#away(entry) : { sinceMs: now, reason: blocked }
    entry.unservedSinceMs = obstacle && Math.min(entry.unservedSinceMs ?? now, obstacle.sinceMs)
    if (!obstacle || entry.unservedSinceMs === undefined) return undefined
    return { ms: now - entry.unservedSinceMs, reason: obstacle.reason }
  }

  /** Whether the model's server has failed it, and has served nobody since. */
  #isFailing(entry: LedgerEntry): entry is LedgerEntry & { failingSinceMs: number } {
    return entry.failingSinceMs !== undefined && entry.failingSinceMs >= this.#options.model.servedAtMs()
  }

  /**
   * The model makes nothing for anybody, or has served neither this reply nor any other since that first failed. Once it
   * serves again, what still waits is in a working lane, however long that is.
   */
  #away(entry: LedgerEntry): Obstacle | undefined {
    // Its line is made.
    if (entry.state === 'ready') return undefined
    const away = this.#options.model.away()
    if (away) return { ...away, sinceMs: Math.max(away.sinceMs, entry.task.message.arrivedAtMs) }
    if (!this.#isFailing(entry)) return undefined
    return { sinceMs: entry.failingSinceMs, reason: 'the model was away' }
  }

  #blocked({ task }: LedgerEntry): string | undefined {
    return this.#options.blocked?.(task.bot, task.message.channel)
  }
}
