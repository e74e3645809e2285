import { type Clock, systemClock } from '../clock.js'
import type { BotLogin } from '../domain.js'
import type { Environment } from '../environment.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import { IdServer } from './id-server.js'
import { idUrlOf } from './id-url.js'
import { TokenKeeper } from './token-keeper.js'
import { TokenStore } from './token-store.js'

/** What a keeper is built from. */
export interface TokenKeeperParts {
  /** The configured bots, with or without a token. */
  readonly bots: readonly BotLogin[]
  readonly environment: Environment
  readonly clock: Clock
  readonly random: Random
  readonly events: ChorusEmitter
}

/** The keeper of a live run. It asks nobody anything before its `start`. */
export function createTokenKeeper({
  bots,
  environment,
  clock,
  random,
  events,
}: TokenKeeperParts): TokenKeeper {
  const { dataDir, readTwitchTokens, secrets, twitchTokens } = environment
  const url = idUrlOf(environment)
  return new TokenKeeper({
    bots,
    store: dataDir === undefined ? undefined : new TokenStore({ dataDir, clock }),
    idServer: url === undefined ? undefined : new IdServer({ url, clock }),
    environmentTokens: readTwitchTokens ?? (() => twitchTokens),
    clock,
    random,
    events,
    secrets,
  })
}

/** The logins, in lower case, that were signed in to a data folder before. */
export function signedInBots(dataDir: string): ReadonlySet<string> {
  return new Set(new TokenStore({ dataDir, clock: systemClock() }).read().tokens.keys())
}
