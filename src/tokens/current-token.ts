import type { Secret } from '../secret.js'
import { hashOf, type StoredToken } from './stored-token.js'

/** The token that counts for a bot, and where it comes from. */
export type CurrentToken =
  | { readonly from: 'environment'; readonly token: Secret }
  /** Signed in, and refreshed since then. */
  | { readonly from: 'store'; readonly token: Secret; readonly stored: StoredToken }

/**
 * Which token counts: the environment’s, because somebody has set it on purpose; but not where the stored one is that
 * token, or what it has been refreshed to. undefined: there is neither.
 */
export function chooseToken(
  fromEnvironment: Secret | undefined,
  stored: StoredToken | undefined,
): CurrentToken | undefined {
  if (stored && (fromEnvironment === undefined || descendsFrom(stored, fromEnvironment))) {
    return { from: 'store', token: stored.accessToken, stored }
  }
  return fromEnvironment && { from: 'environment', token: fromEnvironment }
}

function descendsFrom(stored: StoredToken, token: Secret): boolean {
  return stored.accessToken.reveal() === token.reveal() || stored.lineage.includes(hashOf(token))
}
