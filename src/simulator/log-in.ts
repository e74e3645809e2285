import type { Clock } from '../clock.js'
import { Account } from './account.js'
import type { Accounts } from './accounts.js'
import type { ChatFaults } from './chat-faults.js'
import { toPerson } from './person.js'
import type { TwitchLedger } from './twitch-ledger.js'

/** What a client has said of itself so far. */
export interface Greeting {
  readonly nick?: string
  readonly pass?: string
  /** It has begun to ask for capabilities and not said that it is done. */
  readonly isNegotiating: boolean
}

/** What a login is decided with. */
export interface LogInContext {
  readonly clock: Clock
  readonly accounts: Accounts
  readonly faults: ChatFaults
  readonly ledger: TwitchLedger
}

/** Who a client is from now on, or why not. */
export type LogInResult =
  | { readonly kind: 'accepted'; readonly account: Account; readonly isAnonymous: boolean }
  | { readonly kind: 'refused'; readonly login: string; readonly text: string }

const ANONYMOUS = /^justinfan\d+$/i

/** Decides a login; `undefined` while something is missing. Name, password and the end of the talk about capabilities come in any order. */
export function logIn(greeting: Greeting, context: LogInContext): LogInResult | undefined {
  const { nick, pass, isNegotiating } = greeting
  if (nick === undefined || isNegotiating) return undefined
  if (ANONYMOUS.test(nick))
    return { kind: 'accepted', account: new Account(toPerson(nick)), isAnonymous: true }
  return pass === undefined ? undefined : logInWith(nick, pass, context)
}

function logInWith(
  nick: string,
  pass: string,
  { accounts, clock, faults, ledger }: LogInContext,
): LogInResult {
  const result = accounts.logIn(nick, pass)
  const account = result.kind === 'accepted' ? result.account : accounts.get(nick)
  const login = account?.login ?? nick.toLowerCase()
  // Refused logins count, too: on Twitch it is the attempts that are limited.
  if (account && !account.countLogin(clock.now())) {
    ledger.recordBreach({ atMs: clock.now(), account: login, kind: 'logins-too-fast' })
    return { kind: 'refused', login, text: 'Login unsuccessful' }
  }
  const scripted = faults.takeRefusal(login)
  if (scripted !== undefined) return { kind: 'refused', login, text: scripted }
  if (result.kind === 'refused') return { kind: 'refused', login, text: result.text }
  return { kind: 'accepted', account: result.account, isAnonymous: false }
}
