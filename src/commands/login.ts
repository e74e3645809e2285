import { type Clock, every, MINUTE, SECOND, systemClock } from '../clock.js'
import { loadConfig, loadEnvironmentOf } from '../config.js'
import { sameLogin, toBotLogin } from '../domain.js'
import { type Environment, TOKEN_PREFIX } from '../environment.js'
import { ChorusError } from '../errors.js'
import { maskSecrets } from '../mask-secrets.js'
import { nearest } from '../nearest.js'
import type { DeviceLogin, TokenGrant } from '../tokens/id-answer.js'
import { IdServer } from '../tokens/id-server.js'
import { idUrlOf } from '../tokens/id-url.js'
import { CHAT_SCOPES } from '../tokens/scopes.js'
import { type SignInProgress, signIn } from '../tokens/sign-in.js'
import { toStoredToken } from '../tokens/stored-token.js'
import { TokenStore } from '../tokens/token-store.js'
import { ChatScreen, type ScreenOutput } from './chat-screen.js'

export interface LoginOptions {
  /** The account to sign in. */
  readonly login: string
  readonly file?: string | undefined
  readonly output: ScreenOutput
}

const WAITING = 'Waiting for you to confirm'
const STATUS_EVERY_MS = SECOND / 2

/**
 * Signs a bot’s account in at Twitch and stores its tokens. It needs no configuration, and works beside a running
 * Chorus. Ctrl-C ends it, and nothing is stored.
 *
 * @throws ChorusError `no-client-id`, `no-id-server`, `config-invalid`; `file-missing` where the named file is not there;
 * `tokens-unwritable`; `sign-in-failed` with the reason
 */
export async function loginCommand({ login, file, output }: LoginOptions): Promise<void> {
  const environment = loadEnvironmentOf([toBotLogin(login)])
  const { url, clientId, dataDir } = requireSettings(environment)
  const note = strangerNote(login, file)
  const clock = systemClock()
  const store = new TokenStore({ dataDir, clock })
  // Before anybody goes to a browser for nothing.
  await store.update(login, (stored) => stored)
  const screen = new ChatScreen(masked(output, environment))
  if (note !== undefined) screen.print(`Note: ${note}\n`)
  const abort = new AbortController()
  const stop = () => abort.abort()
  for (const signal of SIGNALS) process.on(signal, stop)
  const waiting = new Waiting({ login, screen, clock, environment, isTerminal: output.isTTY === true })
  try {
    const idServer = new IdServer({ url, clock })
    const result = await signIn({ login, clientId, idServer, clock, signal: abort.signal, progress: waiting })
    waiting.end()
    if (result.kind === 'failed') throw new ChorusError('sign-in-failed', result.reason)
    const token = toStoredToken(result.grant, result.owner, clock.wall())
    await store.update(login, () => token)
    for (const line of farewell(login, store.file, environment)) screen.print(line)
  } finally {
    waiting.end()
    for (const signal of SIGNALS) process.off(signal, stop)
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

function requireSettings(environment: Environment) {
  const { clientId, dataDir } = environment
  const url = idUrlOf(environment)
  if (url === undefined) {
    throw new ChorusError('no-id-server', 'TWITCH_CHAT_URL is not Twitch, and TWITCH_ID_URL is not set.')
  }
  if (clientId === undefined) {
    throw new ChorusError('no-client-id', 'TWITCH_CLIENT_ID is not set: Twitch must know who asks.')
  }
  if (dataDir === undefined) throw new ChorusError('tokens-unwritable', 'There is no data folder.')
  return { url, clientId, dataDir }
}

/** What to say of a login that is no configured bot: a slip of the pen, perhaps. A configuration is not needed. */
function strangerNote(login: string, file: string | undefined): string | undefined {
  try {
    const { config, file: read } = loadConfig({ file, shipped: 'never' })
    const logins = config.bots.map((bot) => bot.login)
    if (logins.some((known) => sameLogin(known, login))) return undefined
    const near = nearest(login, logins)
    const hint = near === undefined ? `its bots are ${logins.join(', ')}` : `did you mean ${near}?`
    return `${login} is no bot of ${read}; ${hint}`
  } catch (error) {
    if (!(error instanceof ChorusError)) throw error
    if (error.code === 'config-invalid') return 'the configuration has mistakes: chorus check names them.'
    if (file !== undefined) throw error
    return undefined
  }
}

/** Whatever is printed goes through it: a device code is as good as a token. */
function masked(output: ScreenOutput, { secrets }: Environment): ScreenOutput {
  const mask = maskSecrets(secrets)
  return {
    isTTY: output.isTTY,
    get columns() {
      return output.columns
    },
    write: (text) => output.write(mask(text)),
  }
}

/** What a person sees while they are at the browser. */
class Waiting implements SignInProgress {
  readonly #login: string
  readonly #screen: ChatScreen
  readonly #clock: Clock
  readonly #environment: Environment
  readonly #isTerminal: boolean
  #trouble = ''
  #cancel = () => {}

  constructor(options: {
    readonly login: string
    readonly screen: ChatScreen
    readonly clock: Clock
    readonly environment: Environment
    readonly isTerminal: boolean
  }) {
    this.#login = options.login
    this.#screen = options.screen
    this.#clock = options.clock
    this.#environment = options.environment
    this.#isTerminal = options.isTerminal
  }

  begun(device: DeviceLogin): void {
    this.#environment.secrets.add(device.deviceCode.reveal())
    for (const line of instructions(this.#login, device)) this.#screen.print(line)
    if (!this.#isTerminal) this.#screen.print(`${WAITING} …`)
    const endsAtMs = this.#clock.now() + device.expiresInMs
    this.#cancel = every(this.#clock, STATUS_EVERY_MS, () => {
      const left = Math.max(0, Math.ceil((endsAtMs - this.#clock.now()) / SECOND))
      const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
      this.#screen.status(`${WAITING} · ${time} left${this.#trouble}`)
    })
  }

  granted({ accessToken, refreshToken }: TokenGrant): void {
    const { secrets } = this.#environment
    secrets.add(accessToken.reveal())
    if (refreshToken) secrets.add(refreshToken.reveal())
  }

  trouble(reason: string | undefined): void {
    const trouble = reason === undefined ? '' : ` · ${reason}; trying again`
    if (reason !== undefined && this.#trouble === '') this.#screen.print(`For now: ${reason}. Trying again …`)
    this.#trouble = trouble
  }

  /** Takes the status away. Safe to call twice. */
  end(): void {
    this.#cancel()
    this.#screen.close()
  }
}

function instructions(login: string, { address, userCode, expiresInMs }: DeviceLogin): string[] {
  return [
    `To sign ${login} in:`,
    '',
    `  1. Open a private window of your browser, and log in to Twitch there as ${login}.`,
    `  2. In that window, open ${address}`,
    `  3. Compare the code, ${userCode}, and confirm.`,
    '',
    `Chorus asks for ${CHAT_SCOPES.join(' and ')}, nothing else. The code is good for ${Math.ceil(expiresInMs / MINUTE)} minutes; Ctrl-C ends this.`,
  ]
}

function farewell(login: string, file: string, { given }: Environment): string[] {
  const name = [...given].find((set) => set.toUpperCase() === `${TOKEN_PREFIX}${login.toUpperCase()}`)
  const note =
    name === undefined
      ? []
      : [`Note: ${name} is set, and wins over this sign-in: remove it from .env or the environment.`]
  return [
    `${login} is signed in. Its token is kept in ${file}, and renewed there before it ends.`,
    'A running Chorus takes it up within 2 seconds.',
    ...note,
  ]
}
