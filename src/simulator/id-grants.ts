import { type Cancel, type Clock, MINUTE, SECOND } from '../clock.js'
import { pick, type Random } from '../random.js'
import { toPerson } from './person.js'

/** The chat in which the tokens log in. A `TwitchSimulator` is one. */
export interface ChatAccounts {
  addAccount(account: { readonly login: string; readonly token: string }): void
  revokeToken(login: string): void
}

/** How long things last, in milliseconds; each has Twitch’s value where it is left out. */
export interface IdLifetimes {
  readonly tokenMs?: number
  readonly deviceCodeMs?: number
  readonly intervalMs?: number
}

/** An access token, as the server remembers it. */
export interface IssuedToken {
  readonly login: string
  readonly userId: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly accessToken: string
  readonly refreshToken: string
  readonly endsAtMs: number
}

/** A login that waits for somebody to confirm it. */
export interface DeviceCode {
  readonly deviceCode: string
  readonly userCode: string
  readonly expiresInMs: number
  readonly intervalMs: number
}

/** Tokens, or the words in which they are refused. */
export type Issued =
  | { readonly kind: 'issued'; readonly token: IssuedToken }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }

interface OpenDevice extends DeviceCode {
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly endsAtMs: number
  state: 'open' | 'denied' | { readonly login: string }
}

const TOKEN_MS = 4 * 60 * MINUTE
const DEVICE_CODE_MS = 30 * MINUTE
const INTERVAL_MS = 5 * SECOND
/** Bound: logins that wait, and tokens that are good; the oldest is forgotten first. */
const GRANTS_MAX = 10_000
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/**
 * Who may do what: device logins, access tokens that end, refresh tokens that work once. A token that was refreshed
 * is good no more, which is stricter than Twitch.
 */
export class IdGrants {
  readonly #clock: Clock
  readonly #random: Random
  readonly #chat: ChatAccounts | undefined
  readonly #lifetimes: Required<IdLifetimes>
  readonly #devices = new Map<string, OpenDevice>()
  readonly #tokens = new Map<string, IssuedToken>()
  readonly #timers = new Map<string, Cancel>()
  /** Device codes and tokens that were given out, the newest last: what a client must never show. */
  readonly secrets: string[] = []

  constructor(options: {
    readonly clock: Clock
    readonly random: Random
    readonly chat?: ChatAccounts | undefined
    readonly lifetimes?: IdLifetimes
  }) {
    this.#clock = options.clock
    this.#random = options.random
    this.#chat = options.chat
    const usual = { tokenMs: TOKEN_MS, deviceCodeMs: DEVICE_CODE_MS, intervalMs: INTERVAL_MS }
    this.#lifetimes = { ...usual, ...options.lifetimes }
  }

  startDevice(clientId: string, scopes: readonly string[]): DeviceCode {
    const { deviceCodeMs, intervalMs } = this.#lifetimes
    const device: OpenDevice = {
      deviceCode: this.#drawSecret(40),
      userCode: this.#draw(8).toUpperCase(),
      expiresInMs: deviceCodeMs,
      intervalMs,
      clientId,
      scopes,
      endsAtMs: this.#clock.now() + deviceCodeMs,
      state: 'open',
    }
    this.#devices.set(device.deviceCode, device)
    forgetOldest(this.#devices)
    return device
  }

  /** Somebody confirms a login, signed in as `login`, or denies it. Throws a RangeError for a code that does not wait. */
  decide(userCode: string, decision: { readonly login: string } | 'denied'): void {
    const device = [...this.#devices.values()].find((known) => known.userCode === userCode)
    if (device?.state !== 'open') throw new RangeError(`no login waits for the code ${userCode}`)
    device.state = decision
  }

  /** Twitch says `authorization_pending`; how it words an end is not documented. */
  exchange(deviceCode: string, clientId: string): Issued {
    const device = this.#devices.get(deviceCode)
    if (!device || device.clientId !== clientId || this.#clock.now() >= device.endsAtMs) {
      return refused(400, 'invalid device code')
    }
    if (device.state === 'open') return refused(400, 'authorization_pending')
    this.#devices.delete(deviceCode)
    if (device.state === 'denied') return refused(400, 'access_denied')
    return { kind: 'issued', token: this.issue(device.state.login, device) }
  }

  refresh(refreshToken: string, clientId: string): Issued {
    const token = [...this.#tokens.values()].find((known) => known.refreshToken === refreshToken)
    if (!token || token.clientId !== clientId) return refused(400, 'Invalid refresh token')
    return { kind: 'issued', token: this.issue(token.login, token) }
  }

  validate(accessToken: string): IssuedToken | undefined {
    const token = [...this.#tokens.values()].find((known) => known.accessToken === accessToken)
    return token && this.#clock.now() < token.endsAtMs ? token : undefined
  }

  /** Gives out tokens; those that the account had for this application are good no more. */
  issue(
    login: string,
    { clientId, scopes }: { readonly clientId: string; readonly scopes: readonly string[] },
  ): IssuedToken {
    const person = toPerson(login)
    this.revoke(person.login)
    const { tokenMs } = this.#lifetimes
    const endsAtMs = this.#clock.now() + tokenMs
    const secrets = { accessToken: this.#drawSecret(30), refreshToken: this.#drawSecret(50) }
    const token = { login: person.login, userId: person.userId, clientId, scopes, ...secrets, endsAtMs }
    this.#tokens.set(person.login, token)
    forgetOldest(this.#tokens)
    this.#chat?.addAccount({ login: person.login, token: token.accessToken })
    const cancel = this.#clock.after(tokenMs, () => this.#chat?.revokeToken(person.login))
    this.#timers.set(person.login, cancel)
    return token
  }

  /** Takes everything back that an account has, as a changed password does. */
  revoke(login: string): void {
    const key = login.toLowerCase()
    this.#timers.get(key)?.()
    this.#timers.delete(key)
    if (this.#tokens.delete(key)) this.#chat?.revokeToken(key)
  }

  /** Takes every timer back. */
  close(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #drawSecret(length: number): string {
    const secret = this.#draw(length)
    this.secrets.push(secret)
    if (this.secrets.length > GRANTS_MAX) this.secrets.shift()
    return secret
  }

  #draw(length: number): string {
    return Array.from({ length }, () => pick(this.#random, [...LETTERS])).join('')
  }
}

const refused = (status: number, message: string): Issued => ({ kind: 'refused', status, message })

function forgetOldest(grants: Map<string, unknown>): void {
  const oldest = grants.keys().next()
  if (grants.size > GRANTS_MAX && !oldest.done) grants.delete(oldest.value)
}
