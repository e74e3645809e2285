import { APIConnectionTimeoutError, OpenAI } from 'openai'
import { type Clock, SECOND } from '../clock.js'
import { withDeadline } from '../deadline.js'
import { ChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import { cappedFetch } from './capped-fetch.js'
import { type Completion, isSilent, parseCompletion } from './completion.js'
import { isLimitReached, refusedParameter, refusedStatus, toModelError } from './model-error.js'
import { parseFlagged } from './moderation-verdict.js'
import type { PromptMessage } from './prompt.js'
import { type OptionalParameter, type RequestParameters, RequestShape } from './request-shape.js'

/**
 * What the server's moderation endpoint says of a text. `absent`: it has none, or none that ever worked;
 * `unavailable`: it has one, which does not answer now.
 */
export type Moderation = 'ok' | 'flagged' | 'absent' | 'unavailable'

/** How to ask a model. */
export interface ModelClientOptions {
  /** A local server needs none. */
  readonly apiKey?: string | undefined
  /** Ends in `/v1` as a rule; OpenAI where it is left out. */
  readonly baseUrl?: string | undefined
  /** Its name as the server knows it. */
  readonly model: string
  readonly temperature: number
  /** Longest answer for one viewer, in tokens. */
  readonly maxTokens: number
  /** Longest wait for one answer with its whole body, repetitions for refused parameters included. */
  readonly deadlineMs: number
  readonly clock: Clock
  readonly events: ChorusEmitter
  /** Called with the tokens of every answer, a probe's too. */
  readonly spent?: ((tokens: number) => void) | undefined
}

/** Longest answer that is read, in bytes: a line of chat is a few hundred. */
const ANSWER_BYTES_MAX = 256 * 1024
/** Longest wait for the moderation endpoint; it answers in a fraction of a second. */
const MODERATION_DEADLINE_MS = 5 * SECOND
/** Transient failures in a row after which an endpoint that has never worked counts as missing. */
const MODERATION_TRIES = 3
/** Where no base URL is given. */
export const OPENAI_URL = 'https://api.openai.com/v1'
/** A probe asks for nothing. */
const PROBE: readonly PromptMessage[] = [{ role: 'user', content: 'Say: ok' }]
/** Few, but enough for servers that refuse to say less. */
const PROBE_TOKENS = 16
/** Longest wait for the first probe of an outage; doubled for each further one: a local server may be loading its model. */
const PROBE_DEADLINE_MS = 5 * SECOND
/** The SDK wants some key; the real one is put in by our fetch. */
const NO_KEY = 'unused'
/** The SDK's own timer, out of the way of our deadline: the longest that Node's timers take. */
const NEVER_MS = 2 ** 31 - 1

/**
 * One model on one server, asked by chat completions. It tries once: retries belong to the queue. What the server
 * teaches about its parameters is remembered here.
 */
export class ModelClient {
  readonly #options: ModelClientOptions
  readonly #client: OpenAI
  /** Host and port for messages; a URL may hold a password. */
  readonly #server: string
  readonly #shape: RequestShape
  #moderation: 'untried' | 'works' | 'absent'
  /** Transient failures of an endpoint that has never worked. */
  #moderationFailures = 0

  constructor(options: ModelClientOptions) {
    const { apiKey, baseUrl = OPENAI_URL, temperature } = options
    this.#options = options
    this.#server = hostOf(baseUrl)
    this.#shape = new RequestShape({ temperature })
    // OpenAI has the endpoint: a fault on the first call is a fault, no sign that there is none.
    this.#moderation = options.baseUrl === undefined ? 'works' : 'untried'
    this.#client = new OpenAI({
      // Everything is given: what is left out the SDK takes from the environment.
      apiKey: NO_KEY,
      adminAPIKey: null,
      baseURL: baseUrl,
      organization: null,
      project: null,
      webhookSecret: null,
      logLevel: 'off',
      maxRetries: 0,
      timeout: NEVER_MS,
      fetch: cappedFetch({ apiKey: apiKey?.trim() || undefined, bytesMax: ANSWER_BYTES_MAX }),
    })
  }

  /** Its name as the server knows it. */
  get model(): string {
    return this.#options.model
  }

  /**
   * The text of one answer, as the model wrote it: hostile until it has passed text safety.
   *
   * @param options.viewers how many people the answer is for; the token limit grows with it.
   * @throws ChorusError with a `model-…` code; the signal's reason when the caller gave up.
   */
  async complete(
    prompt: readonly PromptMessage[],
    options: { readonly signal: AbortSignal; readonly viewers?: number },
  ): Promise<string> {
    const { clock, deadlineMs, events, maxTokens, model } = this.#options
    const { signal, viewers = 1 } = options
    const startedAt = clock.now()
    const late = () => this.#late(deadlineMs)
    try {
      return await withDeadline({ clock, deadlineMs, signal, late }, (inner) =>
        this.#ask(prompt, maxTokens * viewers, inner),
      )
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      const error = this.#toError(thrown)
      events.emit('model:failed', { model, error, tookMs: clock.now() - startedAt })
      throw error
    }
  }

  /**
   * Whether the endpoint answers at all: resolves for any chat completion, also an empty one. Tells no failure.
   *
   * @param options.number counts the probes of an outage from 1.
   * @throws ChorusError with a `model-…` code; the signal's reason when the caller gave up.
   */
  async probe({ number, signal }: { readonly number: number; readonly signal: AbortSignal }): Promise<void> {
    const { clock } = this.#options
    const deadlineMs = Math.min(this.#options.deadlineMs, PROBE_DEADLINE_MS * 2 ** Math.min(number - 1, 30))
    const late = () => this.#late(deadlineMs)
    try {
      await withDeadline({ clock, deadlineMs, signal, late }, (inner) =>
        this.#request(PROBE, PROBE_TOKENS, inner),
      )
    } catch (thrown) {
      throw signal.aborted ? signal.reason : this.#toError(thrown)
    }
  }

  /**
   * Asks the server's moderation endpoint, where it has one.
   *
   * @throws only the signal's reason, when the caller gave up.
   */
  async moderate(text: string, options: { readonly signal: AbortSignal }): Promise<Moderation> {
    if (this.#moderation === 'absent') return 'absent'
    const { clock } = this.#options
    const { signal } = options
    const deadlineMs = Math.min(this.#options.deadlineMs, MODERATION_DEADLINE_MS)
    const late = () => this.#late(deadlineMs)
    try {
      const answer: unknown = await withDeadline({ clock, deadlineMs, signal, late }, (inner) =>
        this.#client.moderations.create({ input: text }, { signal: inner }),
      )
      const isFlagged = parseFlagged(answer)
      this.#moderation = 'works'
      return isFlagged ? 'flagged' : 'ok'
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      return this.#withoutModeration(thrown)
    }
  }

  /** An answer with something in it; a model that thinks first gets headroom, once. */
  async #ask(prompt: readonly PromptMessage[], limit: number, signal: AbortSignal): Promise<string> {
    const headroom = this.#shape.headroom
    const first = await this.#request(prompt, limit, signal)
    if (!isSilent(first.text)) return first.text
    if (first.finish !== 'length' || headroom > 0) throw this.#empty()
    this.#tellAdapted('token limit', this.#shape.raiseLimit())
    const second = await this.#request(prompt, limit, signal)
    if (isSilent(second.text)) throw this.#empty()
    return second.text
  }

  /** Repeats at once without what the server refuses: each time one parameter fewer, so it ends. */
  async #request(prompt: readonly PromptMessage[], limit: number, signal: AbortSignal): Promise<Completion> {
    for (;;) {
      const parameters = this.#shape.parameters(limit)
      try {
        return await this.#post(prompt, parameters, signal)
      } catch (thrown) {
        // What others answer with nothing.
        if (isLimitReached(thrown)) return { text: '', finish: 'length', tokens: 0 }
        const refused = refusedParameter(thrown, Object.keys(parameters) as OptionalParameter[])
        if (!refused) throw thrown
        this.#tellAdapted(refused, this.#shape.refuse(refused))
      }
    }
  }

  async #post(
    prompt: readonly PromptMessage[],
    parameters: RequestParameters,
    signal: AbortSignal,
  ): Promise<Completion> {
    const { clock, events, model, spent } = this.#options
    const startedAt = clock.now()
    // The SDK's type is a promise of the server's, not a fact.
    const answer: unknown = await this.#client.chat.completions.create(
      { model, messages: [...prompt], ...parameters },
      { signal },
    )
    const completion = parseCompletion(answer)
    const tokens = completion.tokens || estimateTokens(prompt, completion.text)
    spent?.(tokens)
    events.emit('model:answered', { model, tookMs: clock.now() - startedAt, tokens })
    return completion
  }

  #tellAdapted(parameter: string, change: string | undefined): void {
    // Requests that ran at the same time learn the same thing: it is told once.
    if (change) this.#options.events.emit('model:adapted', { model: this.#options.model, parameter, change })
  }

  /** A server that once moderated and now fails is in trouble; one that never did may have no such endpoint. */
  #withoutModeration(thrown: unknown): Moderation {
    if (this.#moderation === 'works') return 'unavailable'
    const status = refusedStatus(thrown)
    const isFinal = status !== undefined && status !== 408 && status !== 429 && status < 500
    const isNone = isFinal || status === 501 || this.#toError(thrown).code === 'model-bad-answer'
    this.#moderationFailures += 1
    if (!isNone && this.#moderationFailures < MODERATION_TRIES) return 'unavailable'
    this.#moderation = 'absent'
    return 'absent'
  }

  #toError(thrown: unknown): ChorusError {
    // The SDK drops the cause of this one.
    if (thrown instanceof APIConnectionTimeoutError) {
      return new ChorusError('model-timeout', `${this.#server} does not answer`)
    }
    return toModelError(thrown, { server: this.#server, wallMs: this.#options.clock.wall() })
  }

  #late(deadlineMs: number): ChorusError {
    return new ChorusError(
      'model-timeout',
      `${this.#server} gave no whole answer within ${deadlineMs / SECOND} s`,
    )
  }

  #empty(): ChorusError {
    return new ChorusError('model-empty', `${this.#options.model} on ${this.#server} said nothing`)
  }
}

function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : 'the model’s server'
}

/** What an answer has cost where the server does not tell: four characters a token. */
function estimateTokens(prompt: readonly PromptMessage[], text: string): number {
  const units = prompt.reduce((sum, { content }) => sum + content.length, text.length)
  return Math.ceil(units / 4)
}
