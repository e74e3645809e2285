import type { Cancel } from './clock.js'
import { type BotLogin, sameLogin } from './domain.js'
import type { Secret } from './secret.js'

/** What has become of a bot's token. */
export type TokenChange =
  /** There is another one than before: somebody signed the bot in, changed `.env`, or it was refreshed. */
  | { readonly kind: 'replaced'; readonly bot: BotLogin }
  /** Twitch says that it is valid no more, and there is no other: the bot's sessions must end. */
  | { readonly kind: 'revoked'; readonly bot: BotLogin; readonly reason: string }

/** Where chat gets the tokens that bots log in with. Nothing here rejects, and everything ends in bounded time. */
export interface TokenSource {
  /** The token for a login that is made now, refreshed before where it is about to end; `undefined`: there is none. */
  forLogin(bot: BotLogin): Promise<Secret | undefined>
  /**
   * Chat has refused a login with `token`. Resolves to another one that is worth a try, newly set or refreshed;
   * `undefined`: someone must mend it.
   */
  afterRefusal(bot: BotLogin, token: Secret): Promise<Secret | undefined>
  /** Calls `listener` after every change. Returns the way to end that. */
  onChange(listener: (change: TokenChange) => void): Cancel
}

/** Tokens that never change, for whoever brings their own: a refused one stays refused. */
export function staticTokens(tokens: ReadonlyMap<BotLogin, Secret>): TokenSource {
  return {
    forLogin: async (bot) => [...tokens].find(([login]) => sameLogin(login, bot))?.[1],
    afterRefusal: async () => undefined,
    onChange: () => () => {},
  }
}
