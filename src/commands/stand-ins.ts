import type { Clock } from '../clock.js'
import type { Config } from '../config-schema.js'
import type { BotLogin } from '../domain.js'
import type { Environment } from '../environment.js'
import type { Random } from '../random.js'
import { Secret } from '../secret.js'
import { type Latency, USUAL_LATENCY } from '../simulator/model-latency.js'
import { ModelSimulator } from '../simulator/model-simulator.js'
import { TwitchSimulator } from '../simulator/twitch-simulator.js'

/** The built-in Twitch and the built-in model, running, and the environment that leads Chorus to them. */
export interface StandIns extends AsyncDisposable {
  readonly twitch: TwitchSimulator
  readonly model: ModelSimulator
  readonly environment: Environment
}

export interface StandInsOptions {
  /** Accounts that may log in. */
  readonly bots: readonly BotLogin[]
  /** What the process was really given: level of the log, folders. Tokens and keys in it are not used. */
  readonly environment: Environment
  readonly clock: Clock
  readonly random: Random
  /** How long a line of chat takes to a bot, in milliseconds; 0 by default. */
  readonly chatLatencyMs?: number | undefined
  /** How long the model thinks; as small hosted models do by default. */
  readonly modelLatency?: Latency | undefined
}

/** The configuration for the built-in model: a fallback of its own would be a server that is not. */
export function withoutFallback(config: Config): Config {
  return { ...config, model: { ...config.model, fallback: undefined } }
}

/** Starts both on free ports of loopback. Nothing leaves the machine, whatever the environment holds. */
export async function startStandIns(options: StandInsOptions): Promise<StandIns> {
  const { bots, chatLatencyMs = 0, clock, modelLatency = USUAL_LATENCY, random } = options
  const accounts = bots.map((login) => ({ login, token: `built-in-${login.toLowerCase()}` }))
  const twitch = new TwitchSimulator({ clock, random, accounts, latencyMs: chatLatencyMs })
  const model = new ModelSimulator({ clock, random, latency: modelLatency })
  await Promise.all([twitch.start(), model.start()])
  return {
    twitch,
    model,
    environment: {
      ...options.environment,
      chatUrl: twitch.url,
      clientId: undefined,
      idUrl: undefined,
      // What is signed in, owed or remembered belongs to the live bots.
      dataDir: undefined,
      readTwitchTokens: undefined,
      twitchTokens: new Map(accounts.map(({ login, token }) => [login, new Secret(token)])),
      openai: { apiKey: undefined, baseUrl: model.url, model: undefined, fallbackApiKey: undefined },
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([twitch.stop(), model.stop()])
    },
  }
}
