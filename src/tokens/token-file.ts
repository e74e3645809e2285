import { isRecord } from '../json-record.js'
import { parseStoredToken, type StoredToken, toStoredRecord } from './stored-token.js'

/** Tokens by the login of their bot, in lower case. */
export type TokensByLogin = ReadonlyMap<string, StoredToken>

/** What can be read of a file, and what is wrong with it. */
export interface ParsedTokenFile {
  readonly tokens: TokensByLogin
  /** undefined: nothing is. */
  readonly damage: string | undefined
}

const VERSION = 1
/** Bound: bots in a file; the rest is not read. Chorus takes 50. */
const BOTS_MAX = 1000

export function formatTokenFile(tokens: TokensByLogin): string {
  const records = [...tokens].map(([login, token]) => [login, toStoredRecord(token)])
  return `${JSON.stringify({ version: VERSION, tokens: Object.fromEntries(records) }, null, 2)}\n`
}

/** Reads whatever stands in the file; what is whole is kept. Never throws, never quotes it. */
export function parseTokenFile(text: string): ParsedTokenFile {
  const file = parseJson(text)
  if (!isRecord(file)) return damaged('it is no JSON object')
  if (file.version !== VERSION) return damaged(`it has another version than ${VERSION}`)
  if (!isRecord(file.tokens)) return damaged('it holds no tokens')
  const entries = Object.entries(file.tokens).slice(0, BOTS_MAX)
  const read = entries.map(([login, value]) => [login.toLowerCase(), parseStoredToken(value)] as const)
  const whole = read.filter((entry): entry is [string, StoredToken] => entry[1] !== undefined)
  const broken = read.length - whole.length
  const damage = broken === 0 ? undefined : `${broken} of its ${read.length} tokens can’t be read`
  return { tokens: new Map(whole), damage }
}

const damaged = (damage: string): ParsedTokenFile => ({ tokens: new Map(), damage })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
