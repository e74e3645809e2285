import { SECOND } from './clock.js'
import { LOGIN_PATTERN } from './config-schema.js'
import { LINE_UNITS_MAX, PERSONA_UNITS_MAX } from './domain.js'
import { toPlainCharacters } from './plain-characters.js'

/** A line that somebody types to see what a bot would say to it. Nobody in chat hears of it. */
export interface TryOut {
  /** The bot's login, in any case. */
  readonly bot: string
  /** The line, as a viewer could write it: one line of 1 to 500 UTF-16 units, without what surrounds it. */
  readonly text: string
  /** How the bot is to talk, this once: as long as the configuration allows, 4,000 units. Its own where this is left out. */
  readonly persona?: string
  /** The login of the viewer who is to have written it; `viewer` where it is left out. */
  readonly viewer?: string
}

/** What the bot would say. JSON-safe. */
export interface TriedLine {
  /** A model's words as a rule: safe for chat, and to be shown as text, and as nothing else. */
  readonly text: string
  readonly by: 'model' | 'fallback' | 'template'
  /** Why lines before this one were thrown away, the first one first; by words as those of `line:filtered`. */
  readonly filtered: readonly string[]
  readonly tookMs: number
}

/** Longest wait for a line that is tried: a person sits in front of it. */
export const TRY_OUT_MAX_MS = 60 * SECOND
/** Who writes the line where nobody is named. */
export const TRY_OUT_VIEWER = 'viewer'

/** What no line of chat holds: IRC ends a line there, and the rest is no text. */
const NO_CHAT = /[\p{Cc}\p{Zl}\p{Zp}]/u

/** Why something can't be tried, as a sentence that quotes nothing of it; nothing where it can. The bot is for others to know. */
export function findTryOutFault({ text, persona = '', viewer = TRY_OUT_VIEWER }: TryOut): string | undefined {
  const units = text.trim().length
  if (units === 0 || units > LINE_UNITS_MAX)
    return `A line of chat has 1 to ${LINE_UNITS_MAX} characters, this text has ${units}.`
  if (toPlainCharacters(text).trim() === '') return 'There is nothing in the line to be read.'
  if (NO_CHAT.test(text.trim()))
    return 'A line of chat is one line, without line breaks and control characters.'
  if (persona.trim().length > PERSONA_UNITS_MAX)
    return `A persona has at most ${PERSONA_UNITS_MAX} characters, this one has ${persona.trim().length}.`
  if (!LOGIN_PATTERN.test(viewer)) return 'The viewer is a Twitch login: 1 to 25 letters, digits or _.'
  return undefined
}
