import type { Clock } from '../clock.js'
import type { Random } from '../random.js'
import { IdEndpoint } from './id-endpoint.js'
import { type IdFault, IdFaults } from './id-faults.js'
import { type ChatAccounts, IdGrants, type IdLifetimes, type IssuedToken } from './id-grants.js'
import { IdLedger, type IdRecord } from './id-ledger.js'
import { LoopbackServer } from './loopback-server.js'

/** How the built-in server for sign-in is built. */
export interface IdSimulatorOptions {
  readonly clock: Clock
  /** Draws codes and tokens. */
  readonly random: Random
  /** 0, the default, takes any free port; the server keeps it from then on. */
  readonly port?: number
  /** The chat in which the tokens log in. */
  readonly chat?: ChatAccounts
  readonly lifetimes?: IdLifetimes
  /** The applications that are registered; any is, where they are left out. */
  readonly clientIds?: readonly string[]
}

const ALL_SCOPES = ['chat:read', 'chat:edit']

/**
 * A stand-in for id.twitch.tv on loopback: device logins, tokens that end, refresh tokens that work once, validation,
 * with faults on demand. A test does what the person at the browser does.
 */
export class IdSimulator implements AsyncDisposable {
  readonly #faults = new IdFaults()
  readonly #ledger: IdLedger
  readonly #grants: IdGrants
  readonly #server: LoopbackServer

  constructor(options: IdSimulatorOptions) {
    const { clock, random, port = 0, chat, lifetimes = {}, clientIds } = options
    this.#ledger = new IdLedger({ clock })
    this.#grants = new IdGrants({ clock, random, chat, lifetimes })
    const parts = { clock, clientIds, grants: this.#grants, faults: this.#faults, ledger: this.#ledger }
    const endpoint = new IdEndpoint(parts)
    this.#server = new LoopbackServer({
      name: 'the built-in server for sign-in',
      port,
      receive: (request, response) => endpoint.receive(request, response),
    })
  }

  /** For TWITCH_ID_URL. Throws before the first `start`. */
  get url(): string {
    return this.#server.url
  }

  /** The last requests, oldest first. */
  get records(): readonly IdRecord[] {
    return this.#ledger.records
  }

  /** Device codes and tokens that were given out: what a client must never show. */
  get secrets(): readonly string[] {
    return this.#grants.secrets
  }

  /** How many requests for one path came, of one grant where that is given. */
  count(path: 'device' | 'token' | 'validate', grant?: 'device_code' | 'refresh_token'): number {
    const isMeant = (record: IdRecord) =>
      record.route.endsWith(`/${path}`) && (!grant || record.grant === grant)
    return this.records.filter(isMeant).length
  }

  /** Listens. Rejects with `port-taken` when another program has the port. Safe to call twice. */
  start(): Promise<void> {
    return this.#server.start()
  }

  /** Cuts every connection and frees the port. What waits in `until` is rejected. Safe to call twice. */
  async stop(): Promise<void> {
    await this.away()
    this.#grants.close()
    this.#ledger.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Cuts every connection: new ones are refused until `back`. */
  away(): Promise<void> {
    return this.#server.away()
  }

  back(): Promise<void> {
    return this.#server.start()
  }

  /** Somebody who is signed in as `login` confirms the login with this code. */
  approve(userCode: string, login: string): void {
    this.#grants.decide(userCode, { login })
  }

  /** Somebody denies the login with this code. */
  deny(userCode: string): void {
    this.#grants.decide(userCode, 'denied')
  }

  /** Gives out tokens without a login; the account's earlier ones are good no more. */
  issue(login: string, clientId = 'client', scopes: readonly string[] = ALL_SCOPES): IssuedToken {
    return this.#grants.issue(login, { clientId, scopes })
  }

  /** Takes every token of an account back, as a changed password does. */
  revoke(login: string): void {
    this.#grants.revoke(login)
  }

  /** Faults that the next requests use up, one each; `{ kind: 'none' }` lets one through. */
  script(...faults: readonly IdFault[]): void {
    this.#faults.push(faults)
  }

  /** A fault of every request for which nothing is scripted, until changed; `undefined` ends it. */
  always(fault: IdFault | undefined): void {
    this.#faults.setAlways(fault)
  }

  /** Resolves as soon as `holds` does; looked at whenever a request comes, is answered or ends. */
  until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    return this.#ledger.until(holds, signal)
  }
}
