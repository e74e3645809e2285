import { systemClock } from '../clock.js'
import { loadConfig, loadEnvironmentOf } from '../config.js'
import { sameLogin, toBotLogin } from '../domain.js'
import { type Environment, TOKEN_PREFIX } from '../environment.js'
import { ChorusError } from '../errors.js'
import { nearest } from '../nearest.js'
import { programName } from '../program-name.js'
import { IdServer } from '../tokens/id-server.js'
import { idUrlOf } from '../tokens/id-url.js'
import { signIn } from '../tokens/sign-in.js'
import { toStoredToken } from '../tokens/stored-token.js'
import { TokenStore } from '../tokens/token-store.js'
import type { ScreenOutput } from './chat-screen.js'
import { LoginScreen } from './login-screen.js'

export interface LoginOptions {
  /** The account to sign in. */
  readonly login: string
  readonly file?: string | undefined
  readonly output: ScreenOutput
}

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
  const screen = new LoginScreen({ login, output, clock, secrets: environment.secrets })
  if (note !== undefined) screen.print(`Note: ${note}\n`)
  const abort = new AbortController()
  const stop = () => abort.abort()
  for (const signal of SIGNALS) process.on(signal, stop)
  try {
    const idServer = new IdServer({ url, clock })
    const result = await signIn({ login, clientId, idServer, clock, signal: abort.signal, progress: screen })
    screen.end()
    if (result.kind === 'failed') throw new ChorusError('sign-in-failed', result.reason)
    const token = toStoredToken(result.grant, result.owner, clock.wall())
    await store.update(login, () => token)
    for (const line of farewell(login, store.file, environment)) screen.print(line)
  } finally {
    screen.end()
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
    if (error.code === 'config-invalid')
      return `the configuration has mistakes: ${programName()} check names them.`
    if (file !== undefined) throw error
    return undefined
  }
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
