import type { Clock } from '../clock.js'
import type { Secret } from '../secret.js'
import type { BotToken } from './bot-token.js'
import type { TokenGrant } from './id-answer.js'
import type { IdServer } from './id-server.js'
import { hashOf, refreshed, type StoredToken } from './stored-token.js'
import type { StoredTokens } from './stored-tokens.js'
import type { TokenNews } from './token-news.js'

/** `refreshed`: there is another token now, ours or one that somebody else has stored. */
export type Refreshing = 'refreshed' | 'refused' | 'unavailable' | 'impossible'

export interface TokenRefresherOptions {
  /** undefined: nothing is refreshed. */
  readonly idServer: Pick<IdServer, 'refresh'> | undefined
  readonly stored: StoredTokens
  readonly clock: Clock
  readonly news: TokenNews
  /** The token that the environment holds for a bot. */
  readonly given: (held: BotToken) => Secret | undefined
  /** Takes the token that counts now for a bot, and makes it known as a secret; true where it is another one. */
  readonly choose: (held: BotToken) => boolean
  /** Milliseconds to the next check of a token that is good now. */
  readonly untilNextCheck: () => number
}

/** Exchanges tokens for new ones: one exchange per bot at a time, because a refresh token works once. */
export class TokenRefresher {
  readonly #options: TokenRefresherOptions
  readonly #running = new Map<BotToken, Promise<Refreshing>>()
  readonly #abort = new AbortController()

  constructor(options: TokenRefresherOptions) {
    this.#options = options
  }

  /** Refreshes a bot’s token, or joins the refresh that is under way. Never rejects. */
  refresh(held: BotToken): Promise<Refreshing> {
    const running = this.#running.get(held)
    if (running) return running
    const started = this.#refresh(held).finally(() => this.#running.delete(held))
    this.#running.set(held, started)
    return started
  }

  /** Resolves when none is under way; takes back what is, as soon as `limit` resolves. */
  async end(limit: (work: Promise<unknown>) => Promise<void>): Promise<void> {
    if (this.#running.size > 0) await limit(Promise.all(this.#running.values()))
    this.#abort.abort()
  }

  async #refresh(held: BotToken): Promise<Refreshing> {
    const { idServer, news } = this.#options
    const { stored, refreshToken } = held.refreshable ?? {}
    if (!idServer || !stored || refreshToken === undefined || this.#abort.signal.aborted) return 'impossible'
    const { clientId } = stored
    const answer = await idServer.refresh({ clientId, refreshToken }, this.#abort.signal)
    if (answer.kind === 'unavailable') {
      if (this.#abort.signal.aborted) return 'unavailable'
      held.postpone()
      news.unchecked(held, answer.reason)
      return 'unavailable'
    }
    news.answered()
    if (answer.kind === 'refused') return this.#refused(held, refreshToken, answer.says)
    await this.#adopt(held, stored, answer.grant)
    return 'refreshed'
  }

  #refused(held: BotToken, refreshToken: string, says: string): Refreshing {
    // Another process may have spent it, and stored what came of it.
    if (this.#options.choose(held)) {
      this.#options.news.replaced(held)
      return 'refreshed'
    }
    held.refreshRefused(refreshToken, says)
    return 'refused'
  }

  /** Stores new tokens before anybody uses them: the old ones are spent. */
  async #adopt(held: BotToken, before: StoredToken, grant: TokenGrant): Promise<void> {
    const { clock, given, news, stored, untilNextCheck } = this.#options
    const pinned = given(held)
    const token = refreshed(before, grant, { wallMs: clock.wall(), pinned: pinned && hashOf(pinned) })
    try {
      await stored.keep(held.bot, before, token)
    } catch (error) {
      news.fault(error, 'token store')
    }
    this.#options.choose(held)
    // Somebody has signed the bot in meanwhile: then that is what counts.
    if (!held.is(token.accessToken)) return news.replaced(held)
    held.refreshed(grant.expiresInMs, untilNextCheck())
    news.refreshed(held, grant.expiresInMs)
  }
}
