import { type Bot, LINE_UNITS_MAX, sameLogin } from '../../domain.js'
import { toPlainCharacters } from '../../plain-characters.js'
import type { Problem } from '../web/problem.js'

/** What somebody types for a viewer of the demo, before anything is known of it. */
export interface TypedLine {
  readonly viewer: string
  readonly text: string
}

/** A line as a viewer could have said it on Twitch, or why none could. */
export type ViewerLine =
  | { readonly kind: 'line'; readonly viewer: string; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: Problem }

/** Logins of Twitch. */
const LOGIN = /^[A-Za-z0-9_]{1,25}$/
/** What the field of a chat has never let through: a line break would end the line on the wire. */
const NEVER_TYPED = /[\p{Cc}\p{Zl}\p{Zp}]+/gu

/** What is typed becomes one line. What bots are told apart by is their name: nobody else may have it. */
export function toViewerLine({ viewer, text }: TypedLine, bots: readonly Pick<Bot, 'login'>[]): ViewerLine {
  if (!LOGIN.test(viewer)) return { kind: 'problem', problem: NO_LOGIN }
  if (bots.some(({ login }) => sameLogin(login, viewer))) return { kind: 'problem', problem: BOT_NAME }
  const said = text.replace(NEVER_TYPED, ' ').trim()
  // Twitch shows none of what nobody can see, and takes no line that holds nothing else.
  if (toPlainCharacters(said).trim() === '') return { kind: 'problem', problem: NO_TEXT }
  if (said.length > LINE_UNITS_MAX) return { kind: 'problem', problem: LONG_TEXT }
  return { kind: 'line', viewer, text: said }
}

const NO_LOGIN: Problem = {
  status: 400,
  error: 'bad-request',
  message: 'That is no name that a viewer of Twitch could have.',
  advice: 'Names have 1 to 25 letters (a to z), digits or _.',
}
const BOT_NAME: Problem = {
  status: 409,
  error: 'bot-name',
  message: 'That is the name of a bot: what it says is its own.',
  advice: 'Take another name for the viewer.',
}
const NO_TEXT: Problem = {
  status: 400,
  error: 'bad-request',
  message: 'There is nothing in the line to be read.',
  advice: `Lines have 1 to ${LINE_UNITS_MAX} characters.`,
}
const LONG_TEXT: Problem = {
  status: 400,
  error: 'bad-request',
  message: `The line has more than ${LINE_UNITS_MAX} characters: Twitch takes none that is longer.`,
  advice: 'Say it in several lines. Most emoji count as two characters or more.',
}
