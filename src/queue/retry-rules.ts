import type { ChorusError } from '../errors.js'
import { between, type Random } from '../random.js'
import type { ModelStanding } from '../reply-queue.js'

/** How failures of a reply are met. Durations in milliseconds. */
export interface RetryRules {
  /** Counted failures after which a reply is dead. */
  readonly attempts: number
  /** Pause before the second try; each further one doubles it. */
  readonly baseMs: number
  /** Longest pause, also for what a server asks for. */
  readonly maxMs: number
}

/** What becomes of a reply that failed. */
export type Verdict = { readonly kind: 'dead' } | { readonly kind: 'hold'; readonly inMs: number }

/**
 * Decides about a failed reply.
 *
 * @param attempts counted failures, this one included
 * @param failures failures in a row of any kind, this one included
 */
export function decideRetry(
  error: ChorusError,
  { attempts, failures }: { readonly attempts: number; readonly failures: number },
  rules: RetryRules,
  random: Random,
): Verdict {
  if (error.retry === 'never' || attempts >= rules.attempts) return { kind: 'dead' }
  return { kind: 'hold', inMs: pauseMs(error.retryAfterMs, failures, rules, random) }
}

/** Times in a row that a reply may be told to come later, while others are served, and have only bad luck. */
const TURNS_MAX = 20

/**
 * Whether a failure costs the reply an attempt. One of the endpoint does only when that has served others since it last
 * failed this reply, and is not known to be away: then the reply is what is hard to answer. A busy server that takes only
 * some of many is meant by that last.
 *
 * @param failedAtMs when the last try before this one failed
 * @param failures failures in a row before this one
 */
export function isCounted(
  { code, retry }: ChorusError,
  { failedAtMs, failures }: { readonly failedAtMs: number | undefined; readonly failures: number },
  model: ModelStanding,
): boolean {
  if (retry !== 'free-in-outage') return retry === 'counted'
  if (code === 'model-rate-limited' && failures < TURNS_MAX) return false
  return model.away() === undefined && failedAtMs !== undefined && model.servedAtMs() > failedAtMs
}

function pauseMs(
  retryAfterMs: number | undefined,
  failures: number,
  rules: RetryRules,
  random: Random,
): number {
  const doubled = Math.min(rules.maxMs, rules.baseMs * 2 ** Math.min(failures - 1, 30))
  // Between half and all of it: replies that failed together must not come back together.
  const jittered = doubled * between(random, [0.5, 1])
  // A server that asks for an hour gets the cap; one that asks for nothing still gets our own pause.
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, rules.maxMs))
}
