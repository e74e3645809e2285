import { SECOND } from '../../clock.js'

/** A time left or gone by, as names say it; not a moment, which never moves. */
const SPAN = /(?<!At)Ms$/

/**
 * The same with every span of time in it (`…Ms`) in whole seconds: else a bot that is muted for a week would change what is told
 * ten times a second, to every reader.
 */
export function inWholeSeconds<T>(value: T): T {
  return rounded('', value) as T
}

function rounded(name: string, value: unknown): unknown {
  if (typeof value === 'number') return SPAN.test(name) ? Math.ceil(value / SECOND) * SECOND : value
  if (Array.isArray(value)) return value.map((each) => rounded('', each))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(key, each)]))
}
