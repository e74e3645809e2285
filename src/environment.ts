import path from 'node:path'
import { shown } from './config-problem.js'
import { type BotLogin, sameLogin } from './domain.js'
import { KnownSecrets } from './known-secrets.js'
import { isLoopback } from './loopback.js'
import { Secret } from './secret.js'

/** What pino knows, and `silent`. */
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What the environment and `.env` say, checked and typed. An empty value counts as unset. */
export interface Environment {
  /** Access tokens without `oauth:`, by the bot's login as the configuration spells it; bots without one are absent. */
  readonly twitchTokens: ReadonlyMap<BotLogin, Secret>
  /** Reads them anew: somebody may have changed `.env`. undefined: they stay as they are. */
  readonly readTwitchTokens: (() => ReadonlyMap<BotLogin, Secret>) | undefined
  /** undefined: Twitch itself. */
  readonly chatUrl: string | undefined
  readonly clientId: string | undefined
  readonly idUrl: string | undefined
  readonly openai: {
    readonly apiKey: Secret | undefined
    /** undefined: OpenAI itself. */
    readonly baseUrl: string | undefined
    readonly model: string | undefined
    /** For `model.fallback.baseUrl`, where that is another server. */
    readonly fallbackApiKey: Secret | undefined
  }
  /** Absolute. undefined: nothing outlives the process. */
  readonly dataDir: string | undefined
  readonly host: string
  /** `isSet` tells a port somebody asked for from the default, which may give way to the next free one. */
  readonly port: { readonly number: number; readonly isSet: boolean }
  /** What opens the control room; undefined: another one with every start. */
  readonly controlToken: Secret | undefined
  readonly logLevel: LogLevel
  /** Whether anybody's bot has a token, of the configuration or not: somebody wants to go live. */
  readonly hasTokens: boolean
  /** Names of the variables that have a value. */
  readonly given: ReadonlySet<string>
  /** Every value that must never be shown, as plain text, for the log and whatever else is printed. It grows. */
  readonly secrets: KnownSecrets
}

/** One row per variable: the README, `.env.example` and `chorus check` show them in this order. */
export const ENVIRONMENT_VARIABLES = [
  variable(
    'TWITCH_TOKEN_<LOGIN>',
    'Access token of a bot account, its login in capitals, with or without `oauth:`',
    'none',
  ),
  variable('TWITCH_CHAT_URL', 'Chat server: `wss://host` or `ws://host:port`', 'Twitch'),
  variable('TWITCH_CLIENT_ID', 'Client id of your application at Twitch, for the command `login`', 'none'),
  variable(
    'TWITCH_ID_URL',
    'Server that signs bots in and checks their tokens, `https://host`; with a chat server that is not Twitch’s, no token goes anywhere without it',
    'Twitch',
  ),
  variable('OPENAI_API_KEY', 'Key of the model’s server; a local server needs none', 'none'),
  variable('OPENAI_BASE_URL', 'Any OpenAI-compatible server, such as `http://localhost:11434/v1`', 'OpenAI'),
  variable('OPENAI_MODEL', 'The model’s name; wins over `model.name`', '`model.name`'),
  variable(
    'OPENAI_FALLBACK_API_KEY',
    'Key for `model.fallback.baseUrl` where that is another server; no other key goes there',
    'none',
  ),
  variable('CHORUS_CONFIG', 'Configuration file', '`config/chorus.yaml`'),
  variable(
    'CHORUS_DATA_DIR',
    'Folder for what outlives a restart: the journal of accepted replies, the tokens of bots that were signed in, what accounts have sent',
    '`data`',
  ),
  variable(
    'HOST',
    'Address of the control room; one that others can reach needs `CHORUS_CONTROL_TOKEN`',
    '`127.0.0.1`',
  ),
  variable('PORT', 'Port of the control room, 0 = any free one', '`3000`, or the next free one'),
  variable(
    'CHORUS_CONTROL_TOKEN',
    'What opens the control room: 16 to 200 letters, digits or `-`, `.`, `_`, `~`',
    'another one with every start, in its link',
  ),
  variable('LOG_LEVEL', `How much is logged: ${LOG_LEVELS.join(', ')}`, '`info`'),
] as const

export const TOKEN_PREFIX = 'TWITCH_TOKEN_'
/** The longest line a chat server reads; no token is near it. */
const TOKEN_PATTERN = /^[\x21-\x7e]{1,400}$/
/** It stands in a link and in a cookie as it is, and nobody may guess it. */
const CONTROL_TOKEN_PATTERN = /^[\w.~-]{16,200}$/

/** What {@link Environment.hasTokens} says, while there is no environment yet. */
export function hasTokens(values: Readonly<Record<string, string | undefined>>): boolean {
  return Object.entries(values).some(
    ([name, text]) => name.toUpperCase().startsWith(TOKEN_PREFIX) && text?.trim(),
  )
}

/** What {@link Environment.dataDir} says, while there is no environment yet. */
export function dataDirOf(values: Readonly<Record<string, string | undefined>>, cwd: string): string {
  return path.resolve(cwd, values.CHORUS_DATA_DIR?.trim() || 'data')
}

/** The environment, and what is wrong or odd in it: one line of text each. */
export interface ParsedEnvironment {
  readonly environment: Environment
  readonly problems: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Checks and types the variables. Problems leave the default in place, so that all of them can be told at once.
 *
 * @param values the environment over `.env`
 * @param options `logins`: the configured bots, undefined while the configuration is unreadable; `cwd`: what paths start from
 */
export function parseEnvironment(
  values: Readonly<Record<string, string | undefined>>,
  { logins, cwd }: { readonly logins: readonly BotLogin[] | undefined; readonly cwd: string },
): ParsedEnvironment {
  const problems: string[] = []
  const read = <T>(name: string, check: Check<T>): T | undefined => {
    const text = values[name]?.trim()
    if (!text) return undefined
    const value = check.parse(text)
    if (value === undefined) problems.push(`${name}: got ${shown(text)}, wants ${check.wants}`)
    return value
  }
  const tokens = readTokens(values, problems)
  const controlToken = readControlToken(values, problems)
  const port = read('PORT', PORT)
  const apiKey = read('OPENAI_API_KEY', TEXT)
  const fallbackApiKey = read('OPENAI_FALLBACK_API_KEY', TEXT)
  const keys = [apiKey, fallbackApiKey, controlToken].filter((key) => key !== undefined)
  const environment: Environment = {
    twitchTokens: tokensOf(logins ?? [], tokens),
    readTwitchTokens: undefined,
    chatUrl: read('TWITCH_CHAT_URL', urlOf(['wss:', 'ws:'], 'wss://host or ws://host:port')),
    clientId: read('TWITCH_CLIENT_ID', TEXT),
    idUrl: read('TWITCH_ID_URL', ID_URL),
    openai: {
      apiKey: apiKey === undefined ? undefined : new Secret(apiKey),
      fallbackApiKey: fallbackApiKey === undefined ? undefined : new Secret(fallbackApiKey),
      baseUrl: read('OPENAI_BASE_URL', HTTP_URL),
      model: read('OPENAI_MODEL', TEXT),
    },
    dataDir: dataDirOf({ CHORUS_DATA_DIR: read('CHORUS_DATA_DIR', TEXT) }, cwd),
    host: read('HOST', HOST) ?? '127.0.0.1',
    port: { number: port ?? 3000, isSet: port !== undefined },
    controlToken: controlToken === undefined ? undefined : new Secret(controlToken),
    logLevel: read('LOG_LEVEL', LOG_LEVEL) ?? 'info',
    hasTokens: hasTokens(values),
    given: new Set(Object.keys(values).filter((name) => values[name]?.trim())),
    secrets: new KnownSecrets([...tokens.values(), ...keys, ...urlPasswords(values)]),
  }
  return { environment, problems, notes: logins ? strayTokenNotes(logins, tokens) : [] }
}

function variable(name: string, meaning: string, fallback: string) {
  return { name, meaning, fallback } as const
}

/** How a value is read, and what is said when it can't be. */
interface Check<T> {
  readonly wants: string
  /** undefined: wrong. */
  parse(text: string): T | undefined
}

const TEXT: Check<string> = {
  wants: 'a text of one line',
  parse: (text) => (/\p{Cc}/u.test(text) ? undefined : text),
}
const PORT: Check<number> = {
  wants: 'a whole number from 0 to 65535',
  parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined),
}
const HOST: Check<string> = {
  wants: 'a host name or address without a port, such as 127.0.0.1',
  parse: (text) => (/^[\w.:%-]+$/.test(text) && !/^[^:]+:\d*$/.test(text) ? text : undefined),
}
const LOG_LEVEL: Check<LogLevel> = {
  wants: `one of ${LOG_LEVELS.join(', ')}`,
  parse: (text) => LOG_LEVELS.find((level) => level === text.toLowerCase()),
}
const HTTP_URL = urlOf(['http:', 'https:'], 'an address such as https://host or http://host:port')

/** Tokens are sent there, so nobody on the way may read along. */
const ID_URL: Check<string> = {
  wants: 'https://host, or http://127.0.0.1:port for a server on this machine, and nothing behind it',
  parse: (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url?.pathname !== '/' || url.search !== '' || url.hash !== '') return undefined
    if (url.username !== '' || url.password !== '') return undefined
    const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
    return isSafe ? url.origin : undefined
  },
}

function urlOf(protocols: readonly string[], wants: string): Check<string> {
  return {
    wants,
    parse: (text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined
      return url && url.hostname !== '' && protocols.includes(url.protocol) ? text : undefined
    },
  }
}

/** The tokens of these bots alone, as {@link parseEnvironment} reads them; one that is none is left out. */
export function parseTwitchTokens(
  values: Readonly<Record<string, string | undefined>>,
  logins: readonly BotLogin[],
): ReadonlyMap<BotLogin, Secret> {
  return tokensOf(logins, readTokens(values, []))
}

function readControlToken(
  values: Readonly<Record<string, string | undefined>>,
  problems: string[],
): string | undefined {
  const token = values.CHORUS_CONTROL_TOKEN?.trim()
  if (!token || CONTROL_TOKEN_PATTERN.test(token)) return token || undefined
  problems.push('CHORUS_CONTROL_TOKEN: wants 16 to 200 letters, digits or - . _ ~ (its value is not shown)')
  return undefined
}

/** Tokens by the name of their login in capitals, bots of the configuration or not. */
function readTokens(
  values: Readonly<Record<string, string | undefined>>,
  problems: string[],
): ReadonlyMap<string, string> {
  const tokens = new Map<string, string>()
  for (const [name, text] of Object.entries(values)) {
    const token = text?.trim().replace(/^oauth:/i, '')
    if (!name.toUpperCase().startsWith(TOKEN_PREFIX) || !token) continue
    if (TOKEN_PATTERN.test(token)) tokens.set(name.slice(TOKEN_PREFIX.length), token)
    else
      problems.push(`${name}: wants an access token, without spaces or line breaks (its value is not shown)`)
  }
  return tokens
}

function tokensOf(
  logins: readonly BotLogin[],
  tokens: ReadonlyMap<string, string>,
): ReadonlyMap<BotLogin, Secret> {
  const entries = logins.flatMap((login): [BotLogin, Secret][] => {
    const found = [...tokens].find(([name]) => sameLogin(name, login))
    return found ? [[login, new Secret(found[1])]] : []
  })
  return new Map(entries)
}

function strayTokenNotes(logins: readonly BotLogin[], tokens: ReadonlyMap<string, string>): string[] {
  return [...tokens.keys()]
    .filter((name) => !logins.some((login) => sameLogin(name, login)))
    .map(
      (name) =>
        `${TOKEN_PREFIX}${name} belongs to no configured bot; the bots are ${logins.join(', ')}. A slip of the pen?`,
    )
}

/** An address may carry a password: `https://user:password@host`. */
function urlPasswords(values: Readonly<Record<string, string | undefined>>): string[] {
  return ['TWITCH_CHAT_URL', 'TWITCH_ID_URL', 'OPENAI_BASE_URL'].flatMap((name) => {
    const text = values[name]?.trim() ?? ''
    const password = URL.canParse(text) ? new URL(text).password : ''
    return password ? [password, decodeURIComponent(password)] : []
  })
}
