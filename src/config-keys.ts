import { configJsonSchema } from './config-schema.js'

/** One key of the configuration file. */
export interface ConfigKey {
  /** As people write it: `replies.delays.mention`, `bots[].login`. */
  readonly path: string
  readonly description: string
  /** undefined where the key is required, or where only its parts have defaults. */
  readonly default: unknown
}

/** The few words of JSON Schema that matter here. */
interface Schema {
  readonly description?: string | undefined
  readonly default?: unknown
  readonly properties?: { readonly [name: string]: Schema | boolean } | undefined
  readonly items?: Schema | boolean | readonly unknown[] | undefined
}

/** Every key of the configuration file, groups and their parts, in the order of the schema. */
export function configKeys(): ConfigKey[] {
  return keysUnder(configJsonSchema(), '')
}

function keysUnder(schema: Schema, prefix: string): ConfigKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, part]) =>
    typeof part === 'boolean' ? [] : keysOf(part, `${prefix}${name}`),
  )
}

function keysOf(schema: Schema, path: string): ConfigKey[] {
  const key = { path, description: schema.description ?? '', default: schema.default }
  if (schema.properties) return [{ ...key, default: undefined }, ...keysUnder(schema, `${path}.`)]
  const { items } = schema
  return isGroup(items) ? [key, ...keysUnder(items, `${path}[].`)] : [key]
}

const isGroup = (items: Schema['items']): items is Schema =>
  typeof items === 'object' && 'properties' in items
