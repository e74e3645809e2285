import type { Clock } from '../clock.js'
import { ChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import type { ModelStanding } from '../reply-queue.js'
import {
  type AnsweredBy,
  type EndpointStatus,
  GuardedModel,
  type GuardedModelOptions,
} from './guarded-model.js'
import type { Moderation } from './model-client.js'
import type { PromptMessage } from './prompt.js'
import type { TokenCeiling, TokenStatus } from './token-ceiling.js'

/** Which of the models. */
export type ModelRole = 'main' | 'fallback'

/** What a model wrote, hostile until it has passed text safety, and which one wrote it. */
export interface Answer {
  readonly text: string
  readonly by: ModelRole
}

/** How the models stand: the main one, and beside it what else there is. */
export type ModelStatus = EndpointStatus & {
  /** Who makes the lines now. */
  readonly answeredBy: AnsweredBy
  /** undefined: none is configured. */
  readonly fallback: EndpointStatus | undefined
  readonly tokens: TokenStatus
}

interface Placed {
  readonly by: ModelRole
  readonly model: GuardedModel
}

export interface ModelsOptions {
  readonly main: GuardedModelOptions['client']
  readonly fallback: GuardedModelOptions['client'] | undefined
  /** Whether a template stands in while no model answers. */
  readonly template: boolean
  readonly ceiling: Pick<TokenCeiling, 'level' | 'restore' | 'status'>
  readonly clock: Clock
  readonly random: Random
  readonly events: ChorusEmitter
  /** {@link away} may have changed. */
  readonly changed: () => void
}

/**
 * Everything that makes lines: the main model, a fallback that is asked while that one is away, and templates where the
 * settings want them or the day's tokens are spent. Says by {@link ModelStanding} when none of them can.
 */
export class Models implements ModelStanding {
  readonly #options: ModelsOptions
  readonly #main: GuardedModel
  readonly #fallback: GuardedModel | undefined

  constructor(options: ModelsOptions) {
    this.#options = options
    const { main, fallback, changed, events } = options
    this.#main = this.#guarded(main)
    this.#fallback = fallback && this.#guarded(fallback)
    // From then on templates stand in.
    events.on('tokens:spent', () => changed())
  }

  /**
   * One answer of the first model that is there. Where it fails in a way that shows it to be away, the next one is asked
   * at once, with a deadline of its own.
   *
   * @param options.viewers how many people the answer is for; the token limit grows with it.
   * @throws ChorusError with a `model-…` code, `tokens-spent`; the signal's reason when the caller gave up
   */
  async complete(
    prompt: readonly PromptMessage[],
    options: { readonly signal: AbortSignal; readonly viewers?: number },
  ): Promise<Answer> {
    let failure: unknown
    for (const { by, model } of this.#inOrder()) {
      if (this.#isSpent()) throw new ChorusError('tokens-spent', 'the tokens of this day are spent')
      try {
        return { text: await model.complete(prompt, options), by }
      } catch (error) {
        if (options.signal.aborted || !isFaultOfEndpoint(error) || !model.outage) throw error
        // The main model says best why nobody answers.
        failure ??= error
      }
    }
    throw failure
  }

  /**
   * Asks the moderation endpoint of the server that wrote the line; of a template that of the first model that is there.
   *
   * @throws only the signal's reason, when the caller gave up.
   */
  async moderate(
    text: string,
    { by, signal }: { readonly by?: ModelRole | undefined; readonly signal: AbortSignal },
  ): Promise<Moderation> {
    const found = by ? this.#inOrder().find((each) => each.by === by) : this.#serving()
    return found ? found.model.moderate(text, { signal }) : 'unavailable'
  }

  /** Whether a template is to be said now, in place of a model's line. */
  needsTemplate(): boolean {
    return this.#isSpent() || (this.#options.template && this.#serving() === undefined)
  }

  /** Whether what is left of the day's tokens is for mentions alone. */
  areTokensLow(): boolean {
    return this.#options.ceiling.level !== 'enough'
  }

  away(): { readonly reason: string; readonly sinceMs: number } | undefined {
    if (this.#serving() || this.needsTemplate()) return undefined
    const outages = this.#inOrder().flatMap(({ model }) => model.outage ?? [])
    const sinceMs = Math.max(...outages.map((outage) => outage.sinceMs))
    return { reason: `the model is away: ${outages[0]?.error.message}`, sinceMs }
  }

  servedAtMs(): number {
    return Math.max(...this.#inOrder().map(({ model }) => model.answeredAtMs))
  }

  status(): ModelStatus {
    const { ceiling } = this.#options
    return {
      ...this.#main.status(),
      answeredBy: this.#answeredBy(),
      fallback: this.#fallback?.status(),
      tokens: ceiling.status(),
    }
  }

  /** Goes on with what earlier runs have used of the day's tokens. */
  start(): void {
    this.#options.ceiling.restore()
  }

  /** Leaves no timer and no probe. Safe to call twice. */
  stop(): void {
    for (const { model } of this.#inOrder()) model.stop()
  }

  #guarded(client: GuardedModelOptions['client']): GuardedModel {
    const { clock, random, events, changed } = this.#options
    return new GuardedModel({
      ...{ client, clock, random, events, changed },
      mayProbe: () => !this.#isSpent(),
      meanwhile: () => this.#answeredBy(),
    })
  }

  #answeredBy(): AnsweredBy {
    if (this.needsTemplate()) return 'template'
    return this.#serving()?.by ?? 'nobody'
  }

  #inOrder(): readonly Placed[] {
    const main: Placed = { by: 'main', model: this.#main }
    return this.#fallback ? [main, { by: 'fallback', model: this.#fallback }] : [main]
  }

  #serving(): Placed | undefined {
    return this.#inOrder().find(({ model }) => model.outage === undefined)
  }

  #isSpent(): boolean {
    return this.#options.ceiling.level === 'spent'
  }
}

function isFaultOfEndpoint(error: unknown): boolean {
  return error instanceof ChorusError && error.scope === 'endpoint'
}
