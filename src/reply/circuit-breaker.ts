import { type Cancel, type Clock, SECOND } from '../clock.js'
import { ChorusError, type ErrorCode, toChorusError } from '../errors.js'
import { between, type Random } from '../random.js'

/** Failures in a row after which the endpoint counts as away. */
const FAILURES_MAX = 3
/** Pause before the first probe; doubled for each further one. */
const PROBE_BASE_MS = SECOND
/** Longest pause before a probe, also for what the server asks for. */
export const PROBE_MAX_MS = 30 * SECOND

/** An endpoint that does not answer for now. */
export interface Outage {
  /** When the first failure of the row came that has shown it, in clock milliseconds. */
  readonly sinceMs: number
  /** What the last request or probe came to. */
  readonly error: ChorusError
  /** Probes sent so far. */
  readonly probes: number
}

/** Failures since the last answer. */
interface Row {
  readonly failures: number
  readonly sinceMs: number
}
const NO_ROW: Row = { failures: 0, sinceMs: Number.POSITIVE_INFINITY }

/** What the breaker is doing; each state has only what it needs. */
type State =
  | { readonly kind: 'closed'; readonly row: Row }
  | {
      readonly kind: 'waiting'
      readonly outage: Outage
      readonly probeAtMs: number
      readonly cancel: Cancel
    }
  | { readonly kind: 'probing'; readonly outage: Outage; readonly abort: AbortController }
  | { readonly kind: 'stopped' }

export interface CircuitBreakerOptions {
  readonly clock: Clock
  readonly random: Random
  /** Asks the endpoint something tiny. It must settle, at the latest when the signal is aborted. `number` counts from 1. */
  readonly probe: (number: number, signal: AbortSignal) => Promise<unknown>
  /** Whether a probe may be sent now; where it may not, it is put off. */
  readonly mayProbe?: () => boolean
  /** It has opened, or a probe has failed. */
  readonly failed: (outage: Outage) => void
  /** It has closed. */
  readonly closed: (outage: Outage) => void
}

/** A request that was let through; told once how it ended. One that its caller gave up on is not told of at all. */
export interface GuardedRequest {
  answered(): void
  failed(thrown: unknown): void
}

/**
 * Keeps requests from an endpoint that does not answer, and asks it from time to time whether it does again.
 *
 * | state     | a request      | goes on to                                                                              |
 * | --------- | -------------- | --------------------------------------------------------------------------------------- |
 * | `closed`  | is let through | `waiting`: 3 failures of the endpoint in a row, or one that only a person can mend        |
 * | `waiting` | fails at once  | `probing`: 1, 2, 4 … 30 s later, jittered; as late as the server asks for, up to 30 s      |
 * | `probing` | fails at once  | `closed`: the probe is answered; `waiting`: it is not                                     |
 * | `stopped` | fails at once  | nothing: no timer and no probe is left                                                   |
 *
 * Only a probe closes it. What requests come to that were begun before it last closed says nothing about the endpoint
 * as it is now: such a failure does not count. An answer that is odd (no chat completion, far too long) is a failure, too: a
 * page about maintenance comes with 200. Where only one reply gets it, the probe soon closes the breaker again.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions
  #state: State = { kind: 'closed', row: NO_ROW }
  /** Counts the times that it has closed. */
  #era = 0
  #answeredAtMs = Number.NEGATIVE_INFINITY

  constructor(options: CircuitBreakerOptions) {
    this.#options = options
  }

  /** undefined while requests are let through. */
  get outage(): (Outage & { readonly probeInMs: number }) | undefined {
    const state = this.#state
    if (state.kind === 'probing') return { ...state.outage, probeInMs: 0 }
    if (state.kind !== 'waiting') return undefined
    return { ...state.outage, probeInMs: Math.max(0, state.probeAtMs - this.#options.clock.now()) }
  }

  /** When the endpoint last answered a request or a probe, in clock milliseconds; negative infinity before that. */
  get answeredAtMs(): number {
    return this.#answeredAtMs
  }

  /**
   * Lets a request through.
   *
   * @throws ChorusError `model-away` while it is open: the request must not be sent
   */
  begin(): GuardedRequest {
    const state = this.#state
    if (state.kind === 'stopped') throw new ChorusError('stopping', 'the model is asked no more')
    if (state.kind !== 'closed') throw new ChorusError('model-away', state.outage.error.message)
    const era = this.#era
    return { answered: () => this.#answered(), failed: (thrown) => this.#failed(thrown, era) }
  }

  /** Sends no more probes, and hangs up on the one that runs. Safe to call twice. */
  stop(): void {
    this.#enter({ kind: 'stopped' })
  }

  /** The one place where the state changes: what the old one had running ends here. */
  #enter(state: State): void {
    const old = this.#state
    this.#state = state
    if (old.kind === 'waiting') old.cancel()
    if (old.kind === 'probing' && state.kind === 'stopped') {
      old.abort.abort(new ChorusError('stopping', 'stopped'))
    }
  }

  #answered(): void {
    this.#answeredAtMs = this.#options.clock.now()
    if (this.#state.kind === 'closed') this.#enter({ kind: 'closed', row: NO_ROW })
  }

  #failed(thrown: unknown, era: number): void {
    const error = toChorusError(thrown)
    const kind = kindOf(error)
    if (kind === 'answer') {
      this.#answered()
      return
    }
    if (this.#state.kind !== 'closed' || era !== this.#era) return
    const { row } = this.#state
    const failures = row.failures + 1
    const sinceMs = Math.min(row.sinceMs, this.#options.clock.now())
    if (kind === 'failure' && failures < FAILURES_MAX)
      this.#enter({ kind: 'closed', row: { failures, sinceMs } })
    else this.#wait({ sinceMs, error, probes: 0 })
  }

  #wait(outage: Outage): void {
    this.#schedule(outage)
    this.#options.failed(outage)
  }

  #schedule(outage: Outage): void {
    const { clock } = this.#options
    const delayMs = this.#pauseMs(outage)
    const cancel = clock.after(delayMs, () => this.#probe(outage))
    this.#enter({ kind: 'waiting', outage, probeAtMs: clock.now() + delayMs, cancel })
  }

  #pauseMs({ probes, error }: Outage): number {
    const doubled = Math.min(PROBE_MAX_MS, PROBE_BASE_MS * 2 ** Math.min(probes, 30))
    // Between half and all of it: programs that lost the same server must not all come back at once.
    const jittered = doubled * between(this.#options.random, [0.5, 1])
    return Math.max(jittered, Math.min(error.retryAfterMs ?? 0, PROBE_MAX_MS))
  }

  #probe(before: Outage): void {
    const { mayProbe, probe } = this.#options
    if (mayProbe?.() === false) {
      this.#schedule(before)
      return
    }
    const outage = { ...before, probes: before.probes + 1 }
    const abort = new AbortController()
    this.#enter({ kind: 'probing', outage, abort })
    probe(outage.probes, abort.signal).then(
      () => this.#close(outage),
      (thrown: unknown) => this.#probeFailed(outage, toChorusError(thrown)),
    )
  }

  #probeFailed(outage: Outage, error: ChorusError): void {
    if (this.#state.kind !== 'probing') return
    // A server may dislike what is so tiny about a probe, unless it refuses every request.
    const isRefused = error.code === 'model-refused-request' && outage.error.code !== error.code
    if (kindOf(error) === 'answer' || isRefused) this.#close(outage)
    else this.#wait({ ...outage, error })
  }

  #close(outage: Outage): void {
    if (this.#state.kind !== 'probing') return
    this.#era += 1
    this.#answeredAtMs = this.#options.clock.now()
    this.#enter({ kind: 'closed', row: NO_ROW })
    this.#options.closed(outage)
  }
}

/** Errors that the endpoint itself answers with, well and alive: it has read the prompt and judged it. */
const ANSWERS: ReadonlySet<ErrorCode> = new Set(['model-empty', 'model-refused-prompt'])

/** What an error says about the endpoint. `final`: waiting alone does not mend it. */
function kindOf({ code }: ChorusError): 'failure' | 'final' | 'answer' {
  if (code === 'model-unauthorized') return 'final'
  return ANSWERS.has(code) ? 'answer' : 'failure'
}
