import type { Clock } from '../clock.js'
import type { ErrorCode } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import { CircuitBreaker, type Outage } from './circuit-breaker.js'
import type { ModelClient, Moderation } from './model-client.js'
import type { PromptMessage } from './prompt.js'

/** How a model stands, for whoever shows it. */
export type EndpointStatus =
  | { readonly state: 'serving'; readonly model: string }
  | {
      readonly state: 'away'
      readonly model: string
      readonly code: ErrorCode
      /** What the last request or probe came to, in words that hold no secret. */
      readonly reason: string
      /** What the reader should do. */
      readonly advice: string
      /** For how long it has been away, in milliseconds. */
      readonly awayMs: number
      /** 0 while a probe runs. */
      readonly nextProbeInMs: number
    }

export interface GuardedModelOptions {
  readonly client: Pick<ModelClient, 'model' | 'complete' | 'moderate' | 'probe'>
  readonly clock: Clock
  readonly random: Random
  readonly events: ChorusEmitter
  readonly mayProbe: () => boolean
  /** Who answers while this one is away. */
  readonly meanwhile: () => AnsweredBy
  /** It has gone away or come back. */
  readonly changed: () => void
}

/** Who makes the lines now. */
export type AnsweredBy = 'main' | 'fallback' | 'template' | 'nobody'

/** One model behind its circuit breaker; tells once when it goes away, and when it is back. */
export class GuardedModel {
  readonly #options: GuardedModelOptions
  readonly #breaker: CircuitBreaker
  /** Why it is away, as told last. */
  #told: ErrorCode | undefined

  constructor(options: GuardedModelOptions) {
    const { client, clock, random, mayProbe } = options
    this.#options = options
    this.#breaker = new CircuitBreaker({
      ...{ clock, random, mayProbe },
      probe: (number, signal) => client.probe({ number, signal }),
      failed: (outage) => this.#failed(outage),
      closed: (outage) => this.#closed(outage),
    })
  }

  get outage(): Outage | undefined {
    return this.#breaker.outage
  }

  get answeredAtMs(): number {
    return this.#breaker.answeredAtMs
  }

  /**
   * As {@link ModelClient.complete}.
   *
   * @throws ChorusError `model-away`, at once and without a request, while it is away
   */
  async complete(
    prompt: readonly PromptMessage[],
    options: { readonly signal: AbortSignal; readonly viewers?: number },
  ): Promise<string> {
    options.signal.throwIfAborted()
    const request = this.#breaker.begin()
    try {
      const text = await this.#options.client.complete(prompt, options)
      request.answered()
      return text
    } catch (thrown) {
      // A caller who gave up says nothing about the endpoint.
      if (!options.signal.aborted) request.failed(thrown)
      throw thrown
    }
  }

  moderate(text: string, options: { readonly signal: AbortSignal }): Promise<Moderation> {
    return this.#options.client.moderate(text, options)
  }

  status(): EndpointStatus {
    const { client, clock } = this.#options
    const { model } = client
    const outage = this.#breaker.outage
    if (!outage) return { state: 'serving', model }
    const { error, sinceMs, probeInMs: nextProbeInMs } = outage
    const { code, message: reason, advice } = error
    return { state: 'away', model, code, reason, advice, awayMs: clock.now() - sinceMs, nextProbeInMs }
  }

  stop(): void {
    this.#breaker.stop()
  }

  /** Told when it goes away, and once more when what keeps it away by then is for a person to mend. */
  #failed({ error, probes }: Outage): void {
    const { client, events, meanwhile, changed } = this.#options
    const { code, message: reason, advice } = error
    const isFirst = probes === 0
    if (!isFirst && (code !== 'model-unauthorized' || this.#told === code)) return
    this.#told = code
    events.emit('model:away', { model: client.model, code, reason, advice, meanwhile: meanwhile() })
    changed()
  }

  #closed({ sinceMs }: Outage): void {
    const { client, clock, events, changed } = this.#options
    events.emit('model:back', { model: client.model, awayMs: clock.now() - sinceMs })
    changed()
  }
}
