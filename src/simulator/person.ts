/** Somebody in chat: a viewer or a bot account. */
export interface Person {
  /** Lower case. */
  readonly login: string
  /** As viewers see it; may be in any script. */
  readonly displayName: string
  /** Digits; the same for the same login. */
  readonly userId: string
  /** `#RRGGBB`. */
  readonly color: string
}

/** A name, as a test writes it, or the parts of a person it cares about. */
export type PersonInput =
  | string
  | (Pick<Person, 'login'> & {
      readonly displayName?: string | undefined
      readonly userId?: string | undefined
      readonly color?: string | undefined
    })

const COLORS = [
  '#FF0000',
  '#0000FF',
  '#008000',
  '#B22222',
  '#FF7F50',
  '#9ACD32',
  '#FF4500',
  '#2E8B57',
  '#DAA520',
  '#D2691E',
  '#5F9EA0',
  '#1E90FF',
  '#FF69B4',
  '#8A2BE2',
  '#00FF7F',
] as const

/**
 * Makes somebody out of a name. Id and colour come from the login alone, so that any number of viewers can
 * talk and each stays who they are, with nothing to remember.
 */
export function toPerson(input: PersonInput): Person {
  const given = typeof input === 'string' ? { login: input } : input
  const login = given.login.trim().replace(/^@/, '').toLowerCase()
  const hash = hashOf(login, 0x811c9dc5)
  return {
    login,
    displayName: given.displayName ?? given.login.trim().replace(/^@/, ''),
    userId: given.userId ?? idOf(login),
    color: given.color ?? COLORS[hash % COLORS.length] ?? COLORS[0],
  }
}

/** The id that an account or a channel of this name has: ten to thirteen digits, never short enough to look like a flag. */
export function idOf(login: string): string {
  return String(1e9 + (hashOf(login, 0x811c9dc5) % 1_000_000) * 4e6 + (hashOf(login, 0x1b873593) % 4e6))
}

/** FNV-1a, 32 bits. */
function hashOf(text: string, seed: number): number {
  let hash = seed
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
