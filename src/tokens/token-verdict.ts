import { MINUTE } from '../clock.js'
import { TOKEN_PREFIX } from '../environment.js'
import { programName } from '../program-name.js'
import type { BotToken } from './bot-token.js'
import type { TokenOwner } from './id-answer.js'
import { missingScopes } from './scopes.js'

/** What is wrong with a token, for a streamer. */
export interface TokenFault {
  readonly reason: string
  readonly advice: string
}

/** A fault with which the token can be used. */
export interface TokenFlaw extends TokenFault {
  readonly kind: 'scope' | 'end'
}

/** What the server’s word on a token means for its bot. */
export type TokenVerdict =
  | { readonly kind: 'invalid'; readonly fault: TokenFault }
  | { readonly kind: 'valid'; readonly flaws: readonly TokenFlaw[] }

const HOUR = 60 * MINUTE
/** A token that can’t be renewed and ends sooner than this is worth a word. */
const ENDS_SOON_MS = 24 * HOUR

/** The verdict on a token that the server knows. */
export function judgeOwner(held: BotToken, owner: TokenOwner): TokenVerdict {
  if (owner.login !== held.bot.toLowerCase()) {
    const reason = `The token of ${held.bot} belongs to the account ${owner.login}.`
    const advice = `${signIn(held)} In the browser you must be signed in as ${held.bot}: use a private window.`
    return { kind: 'invalid', fault: { reason, advice } }
  }
  const flaws = [scopeFault(held, owner), endFault(held, owner)].filter((flaw) => flaw !== undefined)
  return { kind: 'valid', flaws }
}

/** The verdict on a token that the server knows no more. */
export function unknownToken(held: BotToken, says: string): TokenFault {
  const why = held.refusal ?? says
  const reason = `Twitch takes its token no more (“${why}”): it has ended, the account’s password was changed, or Chorus was disconnected from the account.`
  return { reason, advice: signIn(held) }
}

function scopeFault(held: BotToken, { scopes }: TokenOwner): TokenFlaw | undefined {
  const missing = missingScopes(scopes)
  if (missing.length === 0) return undefined
  const what = missing.includes('chat:read') ? 'can’t read chat' : 'can’t write in chat'
  const reason = `${held.bot} ${what}: its token lacks ${missing.join(' and ')}.`
  return { kind: 'scope', reason, advice: signIn(held) }
}

function endFault(held: BotToken, { expiresInMs }: TokenOwner): TokenFlaw | undefined {
  if (held.refreshable || expiresInMs === undefined || expiresInMs > ENDS_SOON_MS) return undefined
  const why = held.refusal === undefined ? '' : ` (“${held.refusal}”)`
  const reason = `Its token ends in ${spanOf(expiresInMs)} and can’t be renewed${why}.`
  return { kind: 'end', reason, advice: signIn(held) }
}

/** How to get a token that counts. */
function signIn({ bot, current }: BotToken): string {
  if (current?.from !== 'environment') return `Sign it in again: ${programName()} login ${bot}.`
  const name = `${TOKEN_PREFIX}${bot.toUpperCase()}`
  return `Sign it in: ${programName()} login ${bot}. Then remove ${name}, which wins over the sign-in.`
}

function spanOf(ms: number): string {
  const minutes = Math.ceil(ms / MINUTE)
  if (minutes === 1) return 'a minute'
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
}
