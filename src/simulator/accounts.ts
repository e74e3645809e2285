import { Account } from './account.js'
import { toPerson } from './person.js'

/** An account that may log in. */
export interface AccountInput {
  readonly login: string
  /** With or without `oauth:`; compared in any case. */
  readonly token: string
  readonly userId?: string | undefined
  readonly displayName?: string | undefined
}

/** Who logs in, or the words in which it is refused. */
export type LoginResult =
  | { readonly kind: 'accepted'; readonly account: Account }
  | { readonly kind: 'refused'; readonly text: string }

const LOGIN = /^[a-z0-9][a-z0-9_]{0,24}$/
/** Bound: beyond it no new account is made and its login is refused. */
const ACCOUNTS_MAX = 10_000
/** Bound: tokens taken back that are remembered; the oldest is forgotten first. */
const REVOKED_MAX = 10_000

/** The accounts of this Twitch and their tokens, which never leave this class. */
export class Accounts {
  readonly #byLogin = new Map<string, Account>()
  readonly #loginByToken = new Map<string, string>()
  /** What each account logged in with last where registration is open: that is what a revocation takes back. */
  readonly #openTokens = new Map<string, string>()
  /** `login token`: several accounts of a demo may share a token. */
  readonly #revoked = new Set<string>()
  readonly #isOpen: boolean

  /** @param isOpen Whether any token that was not taken back logs in whoever shows it. */
  constructor({
    accounts,
    isOpen,
  }: { readonly accounts: readonly AccountInput[]; readonly isOpen: boolean }) {
    this.#isOpen = isOpen
    for (const account of accounts) this.add(account)
  }

  /** Adds an account, or gives one that is there another token; its old ones stop working. */
  add(input: AccountInput): Account {
    const person = toPerson(input)
    const token = bareToken(input.token)
    this.revoke(person.login)
    this.#revoked.delete(`${person.login} ${token}`)
    this.#loginByToken.set(token, person.login)
    const account = this.#byLogin.get(person.login) ?? new Account(person)
    this.#byLogin.set(person.login, account)
    return account
  }

  get(login: string): Account | undefined {
    return this.#byLogin.get(login.toLowerCase())
  }

  /** Takes every token of an account back. Who is logged in stays so, as on Twitch. */
  revoke(name: string): void {
    const login = name.toLowerCase()
    const tokens = [...this.#loginByToken].filter(([, owner]) => owner === login).map(([token]) => token)
    for (const token of tokens) this.#loginByToken.delete(token)
    for (const token of [...tokens, this.#openTokens.get(login) ?? '']) this.#revoked.add(`${login} ${token}`)
    for (const oldest of this.#revoked) {
      if (this.#revoked.size <= REVOKED_MAX) break
      this.#revoked.delete(oldest)
    }
  }

  /** Judges PASS and NICK. The token decides who it is; the name only counts where registration is open. */
  logIn(nick: string, pass: string): LoginResult {
    if (!/^oauth:\S+$/i.test(pass)) return { kind: 'refused', text: 'Improperly formatted auth' }
    const token = bareToken(pass)
    const known = this.#byLogin.get(this.#loginByToken.get(token) ?? '')
    if (known) return { kind: 'accepted', account: known }
    const isRevoked = this.#revoked.has(`${nick.toLowerCase()} ${token}`)
    if (!this.#isOpen || isRevoked) return { kind: 'refused', text: 'Login authentication failed' }
    return this.#register(nick, token)
  }

  #register(nick: string, token: string): LoginResult {
    const login = nick.toLowerCase()
    const isFull = this.#byLogin.size >= ACCOUNTS_MAX && !this.#byLogin.has(login)
    if (!LOGIN.test(login) || isFull) return { kind: 'refused', text: 'Invalid NICK' }
    const account = this.#byLogin.get(login) ?? new Account(toPerson(nick))
    this.#byLogin.set(login, account)
    this.#openTokens.set(login, token)
    return { kind: 'accepted', account }
  }
}

/** tmi.js sends tokens in lower case, so case can't tell two of them apart. */
function bareToken(token: string): string {
  return token
    .trim()
    .toLowerCase()
    .replace(/^oauth:/, '')
}
