import { type ConfigKey, configKeys } from './config-keys.js'
import type { configSchema } from './config-schema.js'
import { nearest } from './nearest.js'

type Issue = NonNullable<ReturnType<typeof configSchema.safeParse>['error']>['issues'][number]
type Path = readonly (string | number)[]

/** One mistake in the configuration file: where, and a sentence with what it got and what it wants. */
export interface ConfigProblem {
  readonly path: Path
  readonly text: string
}

/** Longer values are cut: a message is read in a terminal. */
const SHOWN_MAX_LENGTH = 40
/** What tokens and keys look like: a run without spaces, longer than any login or word people write here. */
const SECRET_LIKE = /^oauth:|^sk-|^[\w:.~+/=-]{28,}$|:\/\/[^/]*@/i

/** A place in a list with nothing in it is a channel written as people call it, most likely. */
export const HASH_ADVICE = 'In YAML # begins a comment: leave it out, or put the whole text in quotes'

/** Every mistake behind one of the schema's issues: unknown keys come several in one. */
export function toConfigProblems(issue: Issue, input: unknown): ConfigProblem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key))
  const value = valueAt(input, path)
  const name = keyPath(path) || 'the file'
  if (value === null && typeof path.at(-1) === 'number')
    return [{ path, text: `${name} is empty; wants ${wants(issue)}. ${HASH_ADVICE}` }]
  const fault = value === undefined ? ' is missing;' : `: got ${shown(value)},`
  return [{ path, text: `${name}${fault} wants ${wants(issue)}` }]
}

/** A path as people write it: `bots[1].login`. */
function keyPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** A value for a message: short, on one line, and never something that looks like a secret. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return shownList(value)
  if (typeof value === 'object' && value !== null) return 'a group of keys'
  if (typeof value !== 'string') return String(value)
  if (SECRET_LIKE.test(value.trim())) return `a text of ${value.length} characters that looks like a secret`
  if (value.length > SHOWN_MAX_LENGTH) return `a text of ${value.length} characters`
  return JSON.stringify(value)
}

function shownList(list: readonly unknown[]): string {
  const isShort = list.length <= 3 && list.every((item) => typeof item === 'number')
  return isShort ? JSON.stringify(list) : `a list of ${list.length}`
}

function unknownKey(parent: Path, key: string): ConfigProblem {
  const path = [...parent, key]
  return { path, text: `${keyPath(path)}: unknown key; ${keyAdvice(parent, key, configKeys())}` }
}

/** What a mistyped or misplaced key was meant to be, else the keys that are known in its place. */
function keyAdvice(parent: Path, key: string, keys: readonly ConfigKey[]): string {
  const prefix = parent.length === 0 ? '' : `${keyPath(parent)}.`
  const pattern = prefix.replace(/\[\d+\]/g, '[]')
  const siblings = keys
    .map(({ path }) => path)
    .filter((path) => path.startsWith(pattern))
    .map((path) => path.slice(pattern.length))
    .filter((path) => !/[.[]/.test(path))
  const near = nearest(key, siblings)
  if (near) return `did you mean ${prefix}${near}?`
  // In a list of things it would lead away from the thing: bots[0].name is not model.name.
  if (pattern.includes('[]')) return `known here: ${siblings.join(', ')}`
  const elsewhere = keys.find(({ path }) => path.split('.').at(-1)?.toLowerCase() === key.toLowerCase())
  if (elsewhere) return `did you mean ${elsewhere.path}?`
  return `known here: ${siblings.join(', ')}`
}

function wants(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `at least ${issue.minimum}`
        : `at least ${counted(Number(issue.minimum), issue.origin)}`
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `at most ${issue.maximum}`
        : `at most ${counted(Number(issue.maximum), issue.origin)}`
    case 'invalid_value':
      return `one of ${issue.values.join(', ')}`
    default:
      return issue.message
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list of two numbers',
  object: 'a group of keys',
}

function counted(count: number, origin: string): string {
  const noun = origin === 'string' ? 'character' : count === 1 ? 'entry' : 'entrie'
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null
        ? (value as Readonly<Record<string, unknown>>)[part]
        : undefined,
    input,
  )
}
