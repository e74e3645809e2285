import type { JointFault } from './joint-faults.js'

/** A parameter of a request that some servers and models refuse. */
export type RefusableParameter = 'max_tokens' | 'max_completion_tokens' | 'temperature' | 'response_format'

/**
 * What can go wrong with one chat completion, as data. Refusals (4xx, 5xx) come at once; everything else comes
 * after the latency of an ordinary answer. A refused connection is no fault of a request: see
 * `ModelSimulator.away`.
 */
export type ModelFault =
  /** Nothing goes wrong: a healthy answer between two faults of a script. */
  | { readonly kind: 'none' }
  /** 200 with exactly this text, whatever was asked: lets a test make the model say hostile things. */
  | { readonly kind: 'say'; readonly text: string }
  /** 429. `retryAfter` is the header as written: seconds, an HTTP date, or garbage; left out, there is none. */
  | { readonly kind: 'rate-limit'; readonly retryAfter?: string }
  /** 429 with the code `insufficient_quota`: waiting does not help, the account has no credit. */
  | { readonly kind: 'no-quota' }
  /** A fault of the server's own; 500 where no status is given. */
  | { readonly kind: 'server-error'; readonly status?: 500 | 502 | 503 | 504 }
  /** 401: the key is wrong. */
  | { readonly kind: 'unauthorized' }
  /** 403: the key may not do this. */
  | { readonly kind: 'forbidden' }
  /** 404: the server has no such model. */
  | { readonly kind: 'no-model' }
  /** 400: the prompt is refused for its content; OpenAI's code where none is given. */
  | { readonly kind: 'content-refused'; readonly code?: 'content_policy_violation' | 'content_filter' }
  /** 200 with no text and the finish reason `content_filter`. */
  | { readonly kind: 'content-filtered' }
  /**
   * 400 that names a parameter, for requests that carry it; others are answered. Servers differ in where they
   * name it: `inMessageOnly` leaves the error's `param` and `code` null.
   */
  | {
      readonly kind: 'parameter-refused'
      readonly parameter: RefusableParameter
      readonly inMessageOnly?: boolean
    }
  /** 200 with no text and the finish reason `length`, while the request sets a token limit below `below`. */
  | { readonly kind: 'out-of-tokens'; readonly below: number }
  /** The connection is reset when half of the body has been written. */
  | { readonly kind: 'reset' }
  /** No answer, ever; `afterHeaders` sends status and headers first and then nothing. */
  | { readonly kind: 'hang'; readonly afterHeaders?: boolean }
  /** A good answer, byte by byte; 100 ms of the clock between two bytes where nothing else is said. */
  | { readonly kind: 'drip'; readonly everyMs?: number }
  /** A well-formed answer that is far too long; 10 MB where no size is given, its length not declared. */
  | { readonly kind: 'huge'; readonly bytes?: number }
  /** 200 with no body at all. */
  | { readonly kind: 'empty' }
  /** 200 with a web page, as a captive portal or a wrong base URL gives. */
  | { readonly kind: 'html' }
  /** 200 with JSON that breaks off. */
  | { readonly kind: 'bad-json' }
  /** 200 with `choices: []`. */
  | { readonly kind: 'no-choices' }
  /** 200 with a `<think>` block, followed by the answer where `answers` is set, else by nothing. */
  | { readonly kind: 'think'; readonly answers: boolean }
  /** 200 with what a model gets wrong when it answers several viewers at once; to one viewer it answers as ever. */
  | { readonly kind: 'joint'; readonly how: JointFault }

/** Most faults that can be scripted ahead; scripting more is a RangeError, as it is a mistake in the test. */
export const SCRIPT_MAX = 10_000

/** Decides which fault befalls the next request: the script first, then what holds for a while, then what always holds. */
export class FaultScript {
  #next: ModelFault[] = []
  #always: ModelFault | undefined
  #whileFault: { readonly fault: ModelFault; readonly untilMs: number } | undefined

  /** Adds faults that the next requests use up, one each. */
  push(faults: readonly ModelFault[]): void {
    if (this.#next.length + faults.length > SCRIPT_MAX) {
      throw new RangeError(`at most ${SCRIPT_MAX} faults can be scripted ahead`)
    }
    this.#next.push(...faults)
  }

  /** Holds until changed; `undefined` ends it. */
  setAlways(fault: ModelFault | undefined): void {
    this.#always = fault
  }

  /** Holds until the clock reads `untilMs`. */
  setUntil(fault: ModelFault, untilMs: number): void {
    this.#whileFault = { fault, untilMs }
  }

  /** Forgets every fault: the next requests are answered. */
  clear(): void {
    this.#next = []
    this.#always = undefined
    this.#whileFault = undefined
  }

  /** The fault of a request that came at `nowMs`. */
  take(nowMs: number): ModelFault {
    const scripted = this.#next.shift()
    if (scripted) return scripted
    if (this.#whileFault && nowMs < this.#whileFault.untilMs) return this.#whileFault.fault
    return this.#always ?? { kind: 'none' }
  }
}
