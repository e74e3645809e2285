import { SECOND } from '../clock.js'
import { isRecord } from '../json-record.js'
import { Secret } from '../secret.js'

/** A login that a person confirms on another screen. */
export interface DeviceLogin {
  /** Asks for the token. It is as good as one, so it is never shown. */
  readonly deviceCode: Secret
  /** What the person types in, or only compares. */
  readonly userCode: string
  /** Where the person goes; the code is part of it as a rule. */
  readonly address: string
  readonly expiresInMs: number
  /** Shortest time between two questions. */
  readonly intervalMs: number
}

/** Tokens as they are given out. */
export interface TokenGrant {
  readonly accessToken: Secret
  readonly refreshToken: Secret | undefined
  /** undefined: nobody says when it ends. */
  readonly expiresInMs: number | undefined
  readonly scopes: readonly string[]
}

/** Whose token it is. */
export interface TokenOwner {
  /** Lower case. */
  readonly login: string
  readonly userId: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** undefined: it has no end. Twitch says 0 of such tokens. */
  readonly expiresInMs: number | undefined
}

/** The longest that chat reads as a password is near it; no token is. */
const TOKEN = /^[\x21-\x7e]{1,400}$/
const USER_CODE = /^[\w-]{1,40}$/
/** Bounds for what a server may ask of us. */
const INTERVAL_MAX_MS = 60 * SECOND
const EXPIRY_MAX_MS = 24 * 60 * 60 * SECOND
const INTERVAL_USUAL_SECONDS = 5
const SCOPES_MAX = 200
const MASK = '[secret]'

/** Reads the answer to the start of a device login; undefined: it is none. */
export function parseDeviceLogin(body: unknown): DeviceLogin | undefined {
  if (!isRecord(body)) return undefined
  const deviceCode = toToken(body.device_code)
  const userCode = body.user_code
  const address = toWebAddress(body.verification_uri)
  const expiresInMs = toMs(body.expires_in)
  const intervalMs = toMs(body.interval ?? INTERVAL_USUAL_SECONDS)
  if (!deviceCode || typeof userCode !== 'string' || !USER_CODE.test(userCode)) return undefined
  if (address === undefined || !expiresInMs || !intervalMs) return undefined
  return {
    deviceCode,
    userCode,
    address,
    expiresInMs: Math.min(expiresInMs, EXPIRY_MAX_MS),
    intervalMs: Math.min(Math.max(intervalMs, SECOND), INTERVAL_MAX_MS),
  }
}

/** Reads tokens, new or refreshed; undefined: there are none. */
export function parseTokenGrant(body: unknown): TokenGrant | undefined {
  if (!isRecord(body)) return undefined
  const accessToken = toToken(body.access_token)
  if (!accessToken) return undefined
  const scopes = toScopes(body.scope)
  return {
    accessToken,
    refreshToken: toToken(body.refresh_token),
    expiresInMs: toMs(body.expires_in),
    scopes,
  }
}

/** Reads whose token it is; undefined: it does not say. */
export function parseTokenOwner(body: unknown): TokenOwner | undefined {
  if (!isRecord(body)) return undefined
  const { login, user_id: userId, client_id: clientId } = body
  if (typeof login !== 'string' || !/^\w{1,40}$/.test(login)) return undefined
  if (typeof userId !== 'string' || typeof clientId !== 'string') return undefined
  const scopes = toScopes(body.scopes)
  return { login: login.toLowerCase(), userId, clientId, scopes, expiresInMs: toMs(body.expires_in) }
}

/**
 * The server’s own words about a refusal; undefined where it has none. Hostile: one line, not a long one, and without
 * the secret that was refused, which a server may quote.
 */
export function parseRefusal(body: unknown, secret: string | undefined): string | undefined {
  if (!isRecord(body) || typeof body.message !== 'string') return undefined
  const words = body.message
    .replaceAll(secret ?? MASK, MASK)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
  return words === '' ? undefined : words.slice(0, 200)
}

function toToken(value: unknown): Secret | undefined {
  return typeof value === 'string' && TOKEN.test(value) ? new Secret(value) : undefined
}

/** What a person is asked to open: nothing but a page, and nothing that steers the terminal. */
function toWebAddress(value: unknown): string | undefined {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.href : undefined
}

function toMs(seconds: unknown): number | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds * SECOND : undefined
}

/** Twitch gives a list, or null for none; the standard has words in one text. */
function toScopes(value: unknown): readonly string[] {
  const list = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : []
  return list
    .filter((scope): scope is string => typeof scope === 'string' && scope !== '')
    .slice(0, SCOPES_MAX)
}
