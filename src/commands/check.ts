import { parseChatServer } from '../chat/chat-server.js'
import { type LoadedConfig, type LoadOptions, loadConfig } from '../config.js'
import { formatConfig } from '../config-file.js'
import { toBotLogin } from '../domain.js'
import { ENVIRONMENT_VARIABLES, type Environment, TOKEN_PREFIX } from '../environment.js'
import { limitsHint } from '../limits-hint.js'
import { maskSecrets } from '../mask-secrets.js'
import { signedInBots } from '../tokens/create-token-keeper.js'

/**
 * Prints the configuration with every default filled in, as YAML that could be used as it is; which variables are
 * set stands beside it as comments, never a part of a secret.
 *
 * @throws ChorusError `config-invalid`, `file-missing`
 */
export function checkCommand({
  write,
  ...options
}: Pick<LoadOptions, 'file' | 'env' | 'cwd'> & { readonly write: (text: string) => void }): void {
  const loaded = loadConfig({ ...options, isSignedIn: (dataDir) => signedInBots(dataDir).size > 0 })
  // What only the stage itself knows of its address: a start would refuse it.
  if (loaded.environment.chatUrl !== undefined) parseChatServer(loaded.environment.chatUrl)
  const remarks = [
    ...loaded.notes,
    limitsHint(loaded.config.bots.length, loaded.config.queue),
    modelNote(loaded.environment),
  ].filter((remark) => remark !== undefined)
  const text = [
    `# ${loaded.file} is valid. With every default filled in:\n`,
    formatConfig(loaded.config),
    '\n# Environment\n',
    ...environmentRows(loaded).map((row) => `#   ${row}\n`),
    ...remarks.map((remark) => `\n# Note: ${remark}\n`),
  ].join('')
  write(maskSecrets(loaded.environment.secrets)(text))
}

function modelNote({ hasTokens, openai }: Environment): string | undefined {
  if (!hasTokens || openai.apiKey !== undefined || openai.baseUrl !== undefined) return undefined
  return 'Bots have tokens, but there is no model: live, Chorus needs OPENAI_API_KEY or OPENAI_BASE_URL.'
}

function environmentRows({ config, environment }: LoadedConfig): string[] {
  const signedIn = environment.dataDir === undefined ? undefined : signedInBots(environment.dataDir)
  const tokenRows = config.bots.map(({ login }): [string, string] => {
    const isSet = environment.twitchTokens.has(toBotLogin(login))
    const instead = signedIn?.has(login.toLowerCase()) ? 'not set; signed in' : 'not set'
    return [`${TOKEN_PREFIX}${login.toUpperCase()}`, isSet ? 'set' : instead]
  })
  const otherRows = OTHER_NAMES.map((name): [string, string] => [
    name,
    environment.given.has(name) ? 'set' : 'not set',
  ])
  const rows = [...tokenRows, ...otherRows]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, state]) => `${name.padEnd(width)}  ${state}`)
}

const OTHER_NAMES = ENVIRONMENT_VARIABLES.map(({ name }) => name).filter(
  (name) => !name.startsWith(TOKEN_PREFIX),
)
