import { Secret } from '../../src/secret.js'
import type { StoredToken } from '../../src/tokens/stored-token.js'

/** A token that was signed in; `parts` are those that a test cares about. */
export function storedToken(accessToken: string, parts: Partial<StoredToken> = {}): StoredToken {
  return {
    accessToken: new Secret(accessToken),
    refreshToken: new Secret(`refresh-${accessToken}`),
    endsAtMs: undefined,
    scopes: ['chat:read', 'chat:edit'],
    userId: '1',
    clientId: 'client',
    lineage: [],
    ...parts,
  }
}
