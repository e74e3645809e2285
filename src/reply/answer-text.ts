import type { ChatText } from '../domain.js'
import { toChatText } from './chat-text.js'

/** Longest answer to a command: Twitch puts the moderator's name before it. */
const ANSWER_UNITS_MAX = 400

/** Our own words, and names of the configuration: the gate for models' lines makes them safe, too. */
export function toAnswerText(text: string, prefixes: readonly string[]): ChatText | undefined {
  const made = toChatText(text, {
    self: [],
    answering: [],
    prefixes,
    links: false,
    maxUnits: ANSWER_UNITS_MAX,
  })
  return made.kind === 'text' ? made.text : undefined
}
