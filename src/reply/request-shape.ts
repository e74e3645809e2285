/** A parameter that some servers and models refuse. */
export type OptionalParameter = 'max_tokens' | 'max_completion_tokens' | 'temperature'

/** The parameters of one request, beside model and messages. */
export type RequestParameters = { readonly [Name in OptionalParameter]?: number }

/**
 * Tokens added to the limit of a model that spent all of it and said nothing: it reasons first, and what it
 * thinks counts.
 */
const HEADROOM_TOKENS = 4096

/** Either name of the same limit, the one that most servers know first. */
const LIMIT_NAMES = ['max_tokens', 'max_completion_tokens'] as const

/** What a model's server has taught us about its requests: what it refuses, and whether it thinks first. */
export class RequestShape {
  readonly #temperature: number
  readonly #refused = new Set<OptionalParameter>()
  #headroom = 0

  constructor(options: { readonly temperature: number }) {
    this.#temperature = options.temperature
  }

  /** Tokens added to every limit. */
  get headroom(): number {
    return this.#headroom
  }

  /** @param limit tokens that the answer itself may have. */
  parameters(limit: number): RequestParameters {
    const limitName = this.#limitName()
    return {
      ...(limitName && { [limitName]: limit + this.#headroom }),
      ...(this.#refused.has('temperature') ? {} : { temperature: this.#temperature }),
    }
  }

  /** Never sends `parameter` again; says what happens instead, or nothing when that was known. */
  refuse(parameter: OptionalParameter): string | undefined {
    if (this.#refused.has(parameter)) return undefined
    this.#refused.add(parameter)
    const instead = parameter === 'temperature' ? undefined : this.#limitName()
    return instead ? `${instead} instead` : 'left out'
  }

  /** Gives every further request headroom to think; says so, or nothing when it has it already. */
  raiseLimit(): string | undefined {
    if (this.#headroom > 0) return undefined
    this.#headroom = HEADROOM_TOKENS
    return `raised by ${HEADROOM_TOKENS} tokens`
  }

  #limitName(): (typeof LIMIT_NAMES)[number] | undefined {
    return LIMIT_NAMES.find((name) => !this.#refused.has(name))
  }
}
