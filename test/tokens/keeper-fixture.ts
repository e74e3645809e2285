import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import { toBotLogin } from '../../src/domain.js'
import { ChorusEmitter } from '../../src/events.js'
import { KnownSecrets } from '../../src/known-secrets.js'
import { seededRandom } from '../../src/random.js'
import { Secret } from '../../src/secret.js'
import type { IdLifetimes } from '../../src/simulator/id-grants.js'
import { IdSimulator } from '../../src/simulator/id-simulator.js'
import type { TokenChange } from '../../src/token-source.js'
import { IdServer } from '../../src/tokens/id-server.js'
import { TokenKeeper } from '../../src/tokens/token-keeper.js'
import { TokenStore } from '../../src/tokens/token-store.js'
import { EventRecord } from '../integration/event-record.js'
import { ManualClock } from '../support/manual-clock.js'
import { storedToken } from './stored-token.js'

export const HOUR = 60 * MINUTE
export const AVA = toBotLogin('ava')
const STEP_MS = 2 * SECOND

/** A clock whose time of day can be set, as somebody or a time server does. */
class WallClock extends ManualClock {
  jumpedMs = 0

  override wall(): number {
    return super.wall() + this.jumpedMs
  }
}

export interface KeeperOptions {
  readonly bots?: readonly string[]
  readonly lifetimes?: IdLifetimes
  readonly hasIdServer?: boolean
}

/**
 * A keeper on a clock moved by hand, a real server for sign-in on loopback and a real folder. `build` makes the keeper,
 * once the test has put in place what it is to find.
 */
export class KeeperFixture {
  readonly clock = new WallClock()
  readonly server: IdSimulator
  readonly store: TokenStore
  readonly dataDir = mkdtempSync(path.join(tmpdir(), 'chorus-keeper-'))
  readonly environment = new Map<string, string>()
  readonly secrets = new KnownSecrets()
  readonly events = new ChorusEmitter()
  readonly record = new EventRecord(this.events)
  readonly changes: TokenChange[] = []
  readonly #options: KeeperOptions
  readonly #questions = new Set<Promise<unknown>>()
  #keeper: TokenKeeper | undefined

  constructor(options: KeeperOptions) {
    this.#options = options
    const { lifetimes = {} } = options
    this.server = new IdSimulator({ clock: this.clock, random: seededRandom(1), lifetimes })
    this.store = new TokenStore({ dataDir: this.dataDir, clock: this.clock })
  }

  get keeper(): TokenKeeper {
    this.#keeper ??= this.#build()
    return this.#keeper
  }

  /** Signs a bot in, as `chorus login` does. Returns its access token. */
  async signIn(login = 'ava', endsInMs = 4 * HOUR): Promise<string> {
    const { accessToken, refreshToken } = this.server.issue(login)
    const parts = { refreshToken: new Secret(refreshToken), endsAtMs: this.clock.wall() + endsInMs }
    await this.store.update(login, () => storedToken(accessToken, parts))
    return accessToken
  }

  /** Lets time pass as it does in life: whoever asks the server gets the answer before the next step. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      await this.clock.advance(Math.min(left, STEP_MS))
      await this.answered()
    }
  }

  /** Resolves when no question to the server is open. */
  async answered(): Promise<void> {
    while (this.#questions.size > 0) await Promise.all(this.#questions)
    await this.clock.advance(0)
  }

  /** The token that a login made now would use. */
  async login(bot = AVA): Promise<string | undefined> {
    return (await this.keeper.forLogin(bot))?.reveal()
  }

  async stop(): Promise<void> {
    // What still hangs there ends with the server.
    await Promise.all([this.server.stop(), this.#keeper?.stop()])
    rmSync(this.dataDir, { recursive: true })
  }

  #build(): TokenKeeper {
    const { bots = ['ava'], hasIdServer = true } = this.#options
    const idServer = new IdServer({ url: this.server.url, clock: this.clock })
    const keeper = new TokenKeeper({
      bots: bots.map(toBotLogin),
      store: this.store,
      idServer: hasIdServer
        ? {
            refresh: (...request) => this.#track(idServer.refresh(...request)),
            validate: (...request) => this.#track(idServer.validate(...request)),
          }
        : undefined,
      environmentTokens: () =>
        new Map([...this.environment].map(([login, token]) => [toBotLogin(login), new Secret(token)])),
      clock: this.clock,
      random: seededRandom(2),
      events: this.events,
      secrets: this.secrets,
    })
    keeper.onChange((change) => this.changes.push(change))
    return keeper
  }

  #track<T>(question: Promise<T>): Promise<T> {
    const tracked = question.finally(() => this.#questions.delete(tracked))
    this.#questions.add(tracked)
    return tracked
  }
}

/** Gives the file's tests a function that makes a fixture; each test's end stops it. */
export function keepers(): (options?: KeeperOptions) => Promise<KeeperFixture> {
  const made: KeeperFixture[] = []
  afterEach(async () => {
    await Promise.all(made.splice(0).map((fixture) => fixture.stop()))
  })
  return async (options = {}) => {
    const fixture = new KeeperFixture(options)
    made.push(fixture)
    await fixture.server.start()
    return fixture
  }
}
