import { createHash } from 'node:crypto'
import { isRecord } from '../json-record.js'
import { Secret } from '../secret.js'
import type { TokenGrant, TokenOwner } from './id-answer.js'

/** A token that somebody signed in for, or that it was refreshed to. */
export interface StoredToken {
  readonly accessToken: Secret
  readonly refreshToken: Secret | undefined
  /** Milliseconds since 1970; undefined: nobody knows of an end. */
  readonly endsAtMs: number | undefined
  readonly scopes: readonly string[]
  readonly userId: string
  /** Of the application that it was given to: only that one can refresh it. */
  readonly clientId: string
  /** Hashes of the access tokens that came before it by refreshing, the latest last; at most {@link LINEAGE_MAX}. */
  readonly lineage: readonly string[]
}

/** Bound: earlier tokens that are known again; beyond it the oldest is forgotten. */
export const LINEAGE_MAX = 64
/** Longest text that is read back as a token. */
const TOKEN = /^[\x21-\x7e]{1,400}$/

/** What a token is known again by, without being one. */
export function hashOf(token: Secret): string {
  return createHash('sha256').update(token.reveal()).digest('hex').slice(0, 16)
}

/** A token as it was just given out to somebody who signed in. */
export function toStoredToken(grant: TokenGrant, owner: TokenOwner, wallMs: number): StoredToken {
  return {
    accessToken: grant.accessToken,
    refreshToken: grant.refreshToken,
    endsAtMs: endOf(grant, wallMs),
    scopes: owner.scopes,
    userId: owner.userId,
    clientId: owner.clientId,
    lineage: [],
  }
}

/**
 * What a token becomes by a refresh.
 *
 * @param options `pinned`: the hash of the token that the environment still holds. It stays in the lineage however
 * long that is, else the environment would win again with a token that is long dead.
 */
export function refreshed(
  stored: StoredToken,
  grant: TokenGrant,
  { wallMs, pinned }: { readonly wallMs: number; readonly pinned: string | undefined },
): StoredToken {
  const all = [...stored.lineage, hashOf(stored.accessToken)]
  const tooMany = all.length - LINEAGE_MAX
  const oldest = tooMany > 0 ? all.filter((hash) => hash !== pinned).slice(0, tooMany) : []
  return {
    ...stored,
    accessToken: grant.accessToken,
    refreshToken: grant.refreshToken ?? stored.refreshToken,
    endsAtMs: endOf(grant, wallMs),
    scopes: grant.scopes.length > 0 ? grant.scopes : stored.scopes,
    lineage: all.filter((hash) => !oldest.includes(hash)),
  }
}

/** As it stands in the file. */
export function toStoredRecord(token: StoredToken): object {
  return {
    ...token,
    accessToken: token.accessToken.reveal(),
    refreshToken: token.refreshToken?.reveal(),
  }
}

/** Reads what {@link toStoredRecord} has written; undefined: it is something else. */
export function parseStoredToken(value: unknown): StoredToken | undefined {
  if (!isRecord(value)) return undefined
  const { accessToken, refreshToken, endsAtMs, userId, clientId } = value
  const scopes = toTexts(value.scopes)
  const lineage = toTexts(value.lineage)
  if (!isToken(accessToken) || !scopes || !lineage) return undefined
  if (refreshToken !== undefined && !isToken(refreshToken)) return undefined
  if (endsAtMs !== undefined && typeof endsAtMs !== 'number') return undefined
  if (typeof userId !== 'string' || typeof clientId !== 'string') return undefined
  return {
    accessToken: new Secret(accessToken),
    refreshToken: refreshToken === undefined ? undefined : new Secret(refreshToken),
    endsAtMs,
    scopes,
    userId,
    clientId,
    lineage: lineage.slice(-LINEAGE_MAX),
  }
}

const endOf = ({ expiresInMs }: TokenGrant, wallMs: number) =>
  expiresInMs === undefined ? undefined : wallMs + expiresInMs

const isToken = (value: unknown): value is string => typeof value === 'string' && TOKEN.test(value)

function toTexts(value: unknown): readonly string[] | undefined {
  const isList = Array.isArray(value) && value.every((text) => typeof text === 'string')
  return isList ? value : undefined
}
