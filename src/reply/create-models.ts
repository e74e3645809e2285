import { type Clock, SECOND } from '../clock.js'
import type { Config } from '../config-schema.js'
import type { Environment } from '../environment.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import type { TokenUseStore } from '../token-use.js'
import { ModelClient, type ModelClientOptions, OPENAI_URL } from './model-client.js'
import { Models } from './models.js'
import { TokenCeiling } from './token-ceiling.js'

interface ModelParts {
  readonly config: Pick<Config, 'model'>
  readonly environment: Pick<Environment, 'openai'>
  readonly clock: Clock
  readonly events: ChorusEmitter
}

/** The main model, its fallback and the ceiling of their tokens, as configuration and environment name them. */
export function createModels({
  tokenUse,
  random,
  changed,
  ...parts
}: ModelParts & {
  readonly random: Random
  readonly tokenUse: TokenUseStore | undefined
  readonly changed: () => void
}): Models {
  const { clock, events } = parts
  const { fallback, template, tokensPerDay } = parts.config.model
  const ceiling = new TokenCeiling({ perDay: tokensPerDay, store: tokenUse, clock, events })
  const spent = (tokens: number) => ceiling.spend(tokens)
  return new Models({
    ...{ template, ceiling, clock, random, events, changed },
    main: createModel({ ...parts, spent }),
    fallback:
      fallback && new ModelClient({ ...settingsOf({ ...parts, spent }), ...addressOf(fallback, parts) }),
  })
}

/** The model that the configuration names, on the server that the environment names. */
export function createModel(parts: ModelParts & Pick<ModelClientOptions, 'spent'>): ModelClient {
  const { config, environment } = parts
  const { apiKey, baseUrl, model } = environment.openai
  return new ModelClient({
    ...settingsOf(parts),
    apiKey: apiKey?.reveal(),
    baseUrl,
    model: model ?? config.model.name,
  })
}

/** What both models have in common. */
function settingsOf({
  config: { model },
  clock,
  events,
  spent,
}: ModelParts & Pick<ModelClientOptions, 'spent'>) {
  return {
    ...{ clock, events, spent },
    temperature: model.temperature,
    maxTokens: model.maxTokens,
    deadlineMs: model.deadline * SECOND,
  }
}

/** Where the fallback is, and with which key: that of the main server goes to no other one. */
function addressOf(
  { name, baseUrl }: NonNullable<Config['model']['fallback']>,
  { environment: { openai } }: ModelParts,
): Pick<ModelClientOptions, 'apiKey' | 'baseUrl' | 'model'> {
  const isSameServer = baseUrl === undefined || originOf(baseUrl) === originOf(openai.baseUrl ?? OPENAI_URL)
  const key = isSameServer ? openai.apiKey : openai.fallbackApiKey
  return { apiKey: key?.reveal(), baseUrl: baseUrl ?? openai.baseUrl, model: name }
}

function originOf(baseUrl: string): string {
  return new URL(baseUrl).origin
}
