import type { Bot } from './domain.js'
import { type Environment, TOKEN_PREFIX } from './environment.js'
import { ChorusError } from './errors.js'
import { isLoopback } from './loopback.js'

/** Names what would have to be set for the configured bots, and what is set for nobody. */
export function noToken(bots: readonly Bot[], environment: Environment): ChorusError {
  const names = bots.map(({ login }) => `${TOKEN_PREFIX}${login.toUpperCase()}`)
  const others = [...environment.given].filter((name) => name.toUpperCase().startsWith(TOKEN_PREFIX))
  const strays = others.length === 0 ? '' : ` ${others.join(', ')}: no configured bot has that name.`
  return new ChorusError('no-bot', `No bot has a token: none of ${names.join(', ')} is set.${strays}`)
}

/** @throws ChorusError `no-model` where nothing says which model is to think */
export function requireModel({ openai }: Environment): void {
  if (openai.apiKey !== undefined || openai.baseUrl !== undefined) return
  throw new ChorusError(
    'no-model',
    'No model to think with: neither OPENAI_API_KEY nor OPENAI_BASE_URL is set.',
  )
}

/** @throws ChorusError `no-control-token` where others can reach the control room, and nothing was set that opens it */
export function requireControlToken({
  controlToken,
  host,
}: Pick<Environment, 'controlToken' | 'host'>): void {
  if (controlToken !== undefined || isLoopback(host)) return
  throw new ChorusError(
    'no-control-token',
    `HOST is ${host}: others could reach the control room, and CHORUS_CONTROL_TOKEN is not set.`,
  )
}
