import { readCapped } from '../capped-body.js'
import { type Clock, SECOND } from '../clock.js'
import { withDeadline } from '../deadline.js'
import {
  type DeviceLogin,
  parseDeviceLogin,
  parseRefusal,
  parseTokenGrant,
  parseTokenOwner,
  type TokenGrant,
  type TokenOwner,
} from './id-answer.js'

/** The server decided, and against it; `says` are its own words. */
export interface Refused {
  readonly kind: 'refused'
  readonly says: string
}

/** Nobody decided: no answer, a fault of the server’s, or something that is no answer at all. It is no refusal. */
export interface Unavailable {
  readonly kind: 'unavailable'
  readonly reason: string
}

type Granted<Name extends string, T> = { readonly kind: 'ok' } & { readonly [K in Name]: T }

export type DeviceLoginAnswer = Granted<'device', DeviceLogin> | Refused | Unavailable
export type RefreshAnswer = Granted<'grant', TokenGrant> | Refused | Unavailable
/** `pending`: the person has not decided yet; `isTooFast`: ask less often from now on. */
export type DeviceTokenAnswer = RefreshAnswer | { readonly kind: 'pending'; readonly isTooFast: boolean }
export type ValidationAnswer = Granted<'owner', TokenOwner> | Refused | Unavailable

export interface IdServerOptions {
  /** Where it is, without a path: `https://id.twitch.tv`. */
  readonly url: string
  readonly clock: Clock
}

/** What the server said, before anybody judged it. */
type Answer = { readonly kind: 'answer'; readonly status: number; readonly body: unknown } | Unavailable

/** Longest wait for a whole answer. */
const DEADLINE_MS = 10 * SECOND
/** Longest answer that is read, in bytes: a real one is a few hundred. */
const ANSWER_BYTES_MAX = 64 * 1024
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/**
 * Twitch’s server for sign-in and tokens (https://dev.twitch.tv/docs/authentication/), asked once per call: when to ask
 * again is the caller’s. Nothing here rejects. Tokens travel in bodies and headers, never in an address, and come into
 * no message: words of the server that quote one lose it.
 */
export class IdServer {
  readonly #options: IdServerOptions
  /** Host and port, for messages. */
  readonly #host: string

  constructor(options: IdServerOptions) {
    this.#options = options
    this.#host = new URL(options.url).host
  }

  /** Begins a login that a person confirms in a browser. */
  async startDeviceLogin(
    request: { readonly clientId: string; readonly scopes: readonly string[] },
    signal: AbortSignal,
  ): Promise<DeviceLoginAnswer> {
    const form = { client_id: request.clientId, scopes: request.scopes.join(' ') }
    const answer = await this.#post('/oauth2/device', form, signal)
    const device = isSuccess(answer) ? parseDeviceLogin(answer.body) : undefined
    return device ? { kind: 'ok', device } : this.#without(answer)
  }

  /** Asks once whether the person has confirmed a login, and for its tokens. */
  async askDeviceToken(
    request: { readonly clientId: string; readonly scopes: readonly string[]; readonly device: DeviceLogin },
    signal: AbortSignal,
  ): Promise<DeviceTokenAnswer> {
    const deviceCode = request.device.deviceCode.reveal()
    const form = {
      client_id: request.clientId,
      scopes: request.scopes.join(' '),
      device_code: deviceCode,
      grant_type: DEVICE_GRANT,
    }
    const answer = await this.#askForTokens(form, deviceCode, signal)
    if (answer.kind !== 'refused') return answer
    // Twitch documents the first; the second is the standard’s (RFC 8628, 3.5).
    const says = answer.says.toLowerCase().replaceAll(' ', '_')
    if (says === 'authorization_pending') return { kind: 'pending', isTooFast: false }
    if (says === 'slow_down') return { kind: 'pending', isTooFast: true }
    return answer
  }

  /** Gives a refresh token for new ones. That of a public client is spent by it, whatever becomes of the answer. */
  refresh(
    request: { readonly clientId: string; readonly refreshToken: string },
    signal: AbortSignal,
  ): Promise<RefreshAnswer> {
    const { clientId, refreshToken } = request
    const form = { client_id: clientId, grant_type: 'refresh_token', refresh_token: refreshToken }
    return this.#askForTokens(form, refreshToken, signal)
  }

  /** Asks whose token it is, and whether it is still one. */
  async validate(token: string, signal: AbortSignal): Promise<ValidationAnswer> {
    const headers = { authorization: `OAuth ${token}` }
    const answer = await this.#ask('/oauth2/validate', { headers }, signal)
    const owner = isSuccess(answer) ? parseTokenOwner(answer.body) : undefined
    if (owner) return { kind: 'ok', owner }
    // Only this status is a verdict on the token.
    if (answer.kind === 'answer' && answer.status !== 401) return this.#noAnswer(answer.status)
    return this.#without(answer, token)
  }

  async #askForTokens(
    form: Readonly<Record<string, string>>,
    secret: string,
    signal: AbortSignal,
  ): Promise<RefreshAnswer> {
    const answer = await this.#post('/oauth2/token', form, signal)
    const grant = isSuccess(answer) ? parseTokenGrant(answer.body) : undefined
    return grant ? { kind: 'ok', grant } : this.#without(answer, secret)
  }

  /** What an answer without the wanted things means; `secret` is what was asked about. */
  #without(answer: Answer, secret?: string): Refused | Unavailable {
    if (answer.kind === 'unavailable') return answer
    const says = parseRefusal(answer.body, secret)
    const isRefusal = REFUSALS.has(answer.status) && says !== undefined
    return isRefusal ? { kind: 'refused', says } : this.#noAnswer(answer.status)
  }

  #noAnswer(status: number): Unavailable {
    return { kind: 'unavailable', reason: `${this.#host} gave no usable answer (HTTP ${status})` }
  }

  #post(path: string, form: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    return this.#ask(path, { method: 'POST', body: new URLSearchParams(form) }, signal)
  }

  async #ask(path: string, request: RequestInit, signal: AbortSignal): Promise<Answer> {
    const { clock, url } = this.#options
    const late = () => new LateError(`${this.#host} gave no answer within ${DEADLINE_MS / SECOND} s`)
    try {
      return await withDeadline({ clock, deadlineMs: DEADLINE_MS, signal, late }, async (inner) => {
        // A redirect would carry a token to whoever it names.
        const response = await fetch(url + path, { ...request, redirect: 'error', signal: inner })
        const { text } = await readCapped(response, ANSWER_BYTES_MAX)
        return { kind: 'answer', status: response.status, body: parseJson(text) }
      })
    } catch (thrown) {
      return { kind: 'unavailable', reason: this.#whyNot(thrown, signal) }
    }
  }

  /** Errors of fetch may quote the request; only their code is told. */
  #whyNot(thrown: unknown, signal: AbortSignal): string {
    if (signal.aborted) return `the question to ${this.#host} was taken back`
    if (thrown instanceof LateError) return thrown.message
    const cause = thrown instanceof Error ? thrown.cause : undefined
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    return `no connection to ${this.#host}${code}`
  }
}

class LateError extends Error {}

/** Statuses with which the server decides. Others are its own trouble, or that of somebody in between. */
const REFUSALS = new Set([400, 401, 403])

function isSuccess(answer: Answer): answer is Extract<Answer, { readonly kind: 'answer' }> {
  return answer.kind === 'answer' && answer.status === 200
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
