import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse as parseDotenv } from 'dotenv'
import { parseConfigFile } from './config-file.js'
import { toConfigProblems } from './config-problem.js'
import { type Config, configSchema } from './config-schema.js'
import { type BotLogin, toBotLogin } from './domain.js'
import { dataDirOf, type Environment, hasTokens, parseEnvironment, parseTwitchTokens } from './environment.js'
import { ChorusError } from './errors.js'
import { fileStamp } from './file-stamp.js'
import { maskSecrets } from './mask-secrets.js'
import type { Secret } from './secret.js'

type Variables = Readonly<Record<string, string | undefined>>

/** Everything that someone set, wherever it was set. */
export interface LoadedConfig {
  /** With every default filled in, and `model.name` from the environment where it is given there. */
  readonly config: Config
  readonly environment: Environment
  /** The configuration file that was read, as it was named. */
  readonly file: string
  /** Oddities that are no mistakes, one sentence each. */
  readonly notes: readonly string[]
}

export interface EnvironmentOptions {
  /** In place of the process's environment. */
  readonly env?: Variables
  /** Where paths start and `.env` is looked for; by default the working folder. */
  readonly cwd?: string
}

export interface LoadOptions extends EnvironmentOptions {
  /** The configuration file; by default CHORUS_CONFIG, else `config/chorus.yaml`. */
  readonly file?: string | undefined
  /**
   * When no file is named and there is none at the default place: take the one that comes with Chorus, so that the
   * demo runs anywhere. `without-tokens`: only while no bot has a token, for live use needs channels of one's own.
   */
  readonly shipped?: 'always' | 'without-tokens' | 'never'
  /** Whether a bot was signed in to this data folder before: that counts as a token, too. By default none was. */
  readonly isSignedIn?: (dataDir: string) => boolean
}

const DEFAULT_FILE = 'config/chorus.yaml'
const SHIPPED_FILE = fileURLToPath(new URL('../config/chorus.yaml', import.meta.url))

/**
 * Reads the configuration file and the environment. The environment wins over `.env`, both win over the file; a
 * variable that is set to nothing hides the one in `.env` and counts as unset. `process.env` is never changed.
 *
 * @throws ChorusError `config-invalid` with every mistake at once, `file-missing`
 */
export function loadConfig(options: LoadOptions = {}): LoadedConfig {
  const cwd = options.cwd ?? process.cwd()
  const variables = readVariables(cwd, options.env)
  const named = options.file ?? (variables.CHORUS_CONFIG?.trim() || undefined)
  const isLive = hasTokens(variables) || options.isSignedIn?.(dataDirOf(variables, cwd)) === true
  const file = named ?? chooseFile(options, isLive, cwd)
  const parsed = parseConfigFile(readText(path.resolve(cwd, file)))
  const logins = parsed.isValid ? parsed.config.bots.map((bot) => toBotLogin(bot.login)) : undefined
  const { environment, problems, notes } = parseEnvironment(variables, { logins, cwd })
  if (!parsed.isValid) throw invalid(file, [...parsed.problems, ...problems], environment)
  if (problems.length > 0) throw invalid('the environment', problems, environment)
  return {
    config: withModelName(parsed.config, environment.openai.model),
    environment: {
      ...environment,
      hasTokens: isLive,
      readTwitchTokens: tokenReader(environment.twitchTokens, {
        logins: logins ?? [],
        env: options.env,
        cwd,
      }),
    },
    file,
    notes: named === undefined && file === SHIPPED_FILE ? [shippedNote(), ...notes] : notes,
  }
}

/**
 * The environment for a configuration that is no file: what {@link createChorus} takes by default.
 *
 * @throws ChorusError `config-invalid` with every mistake at once
 */
export function loadEnvironment(config: Config, options: EnvironmentOptions = {}): Environment {
  return loadEnvironmentOf(
    config.bots.map((bot) => toBotLogin(bot.login)),
    options,
  )
}

/**
 * The environment for these bots, whether or not there is a configuration.
 *
 * @throws ChorusError `config-invalid` with every mistake at once
 */
export function loadEnvironmentOf(
  logins: readonly BotLogin[],
  { env, cwd = process.cwd() }: EnvironmentOptions = {},
): Environment {
  const { environment, problems } = parseEnvironment(readVariables(cwd, env), { logins, cwd })
  if (problems.length > 0) throw invalid('the environment', problems, environment)
  return { ...environment, readTwitchTokens: tokenReader(environment.twitchTokens, { logins, env, cwd }) }
}

/**
 * Checks a configuration that is no file and fills in its defaults.
 *
 * @throws ChorusError `config-invalid` with every mistake at once
 */
export function parseConfig(input: unknown): Config {
  const result = configSchema.safeParse(input)
  if (result.success) return result.data
  const problems = result.error.issues.flatMap((issue) => toConfigProblems(issue, input))
  throw new ChorusError(
    'config-invalid',
    mistakes(
      'the configuration',
      problems.map(({ text }) => text),
    ),
  )
}

/** The process's environment over `.env`. */
function readVariables(cwd: string, env: Variables = process.env): Variables {
  return { ...readDotenv(path.join(cwd, '.env')), ...env }
}

function readDotenv(file: string): Variables {
  return existsSync(file) ? parseDotenv(readText(file)) : {}
}

interface TokenReaderOptions {
  readonly logins: readonly BotLogin[]
  readonly env: Variables | undefined
  readonly cwd: string
}

/** The tokens of the same bots as `.env` has them at each call. It is read only after it has changed. */
function tokenReader(
  tokens: ReadonlyMap<BotLogin, Secret>,
  { logins, env, cwd }: TokenReaderOptions,
): () => ReadonlyMap<BotLogin, Secret> {
  const file = path.join(cwd, '.env')
  let stamp = fileStamp(file)
  let read = tokens
  return () => {
    const now = fileStamp(file)
    if (now === stamp) return read
    try {
      read = parseTwitchTokens(readVariables(cwd, env), logins)
      stamp = now
    } catch {
      // It can't be read now: what it said last holds until it can.
    }
    return read
  }
}

/** The file to read where none is named. */
function chooseFile({ shipped = 'never' }: LoadOptions, isLive: boolean, cwd: string): string {
  if (existsSync(path.join(cwd, DEFAULT_FILE))) return DEFAULT_FILE
  if (shipped === 'always' || (shipped === 'without-tokens' && !isLive)) return SHIPPED_FILE
  throw new ChorusError(
    'file-missing',
    `There is no configuration file ${DEFAULT_FILE} in ${cwd}. Copy the example from ${SHIPPED_FILE} and name your channel and bots in it, or give another one with --config or CHORUS_CONFIG.`,
  )
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new ChorusError('file-missing', `${file} ${READ_FAULTS[code] ?? `can’t be read (${code})`}.`, {
      cause: error,
    })
  }
}

const READ_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be read by this user',
}

function invalid(where: string, problems: readonly string[], environment: Environment): ChorusError {
  return new ChorusError('config-invalid', maskSecrets(environment.secrets)(mistakes(where, problems)))
}

function mistakes(where: string, problems: readonly string[]): string {
  const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`
  return [`${where} has ${count}:`, ...problems].join('\n  ')
}

function withModelName(config: Config, name: string | undefined): Config {
  return name === undefined ? config : { ...config, model: { ...config.model, name } }
}

const shippedNote = () =>
  `There is no ${DEFAULT_FILE} here: this is the example that comes with Chorus. Copy it there to make it yours.`
