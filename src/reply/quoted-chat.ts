import { type Bot, sameLogin } from '../domain.js'
import type { ConversationLine } from './conversation.js'

/** Units quoted of one line; the rest is cut off. */
const LINE_UNITS_MAX = 300
/** Units quoted in all, without the lines to answer; the oldest lines are left out. */
const CHAT_UNITS_MAX = 4000
/** As long as a login can be. */
const NAME_UNITS_MAX = 25

/** What had been said, oldest line first, one row each and bounded. */
export function quoteRecent(lines: readonly ConversationLine[], bot: Bot): string[] {
  const quoted: string[] = []
  let units = 0
  for (const line of [...lines].reverse()) {
    const text = quoteLine(line, LINE_UNITS_MAX, bot)
    units += text.length
    if (units > CHAT_UNITS_MAX) break
    quoted.push(text)
  }
  return quoted.reverse()
}

/** One line of chat as one row, `name: text`. */
export function quoteLine(line: ConversationLine, unitsMax: number, bot: Bot): string {
  const you = sameLogin(line.name, bot.login) ? ' (you)' : ''
  return `${quoteName(line.name)}${you}: ${quoteText(line.text, unitsMax)}`
}

/** A name is a login: nothing in it could be taken for a colon, a marker or a line's end. */
export function quoteName(name: string): string {
  return name.slice(0, NAME_UNITS_MAX).replace(/[^\p{L}\p{N}_]/gu, '')
}

/**
 * Chat as one harmless line: no `<` but that of a heart, so no marker. Tag characters (U+E0000 …) carry text that people do not see and models do; `<|…|>`
 * and `[INST]` are control tokens of local models; lone surrogates make Python servers refuse the request.
 */
function quoteText(text: string, unitsMax: number): string {
  return text
    .slice(0, unitsMax)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/(?![\u200C\u200D])[\p{Cf}\p{Cs}]/gu, '')
    .replace(/[<\uFF1C\uFE64](?!3)/gu, '‹')
    .replace(/\[(?=\s*\/?\s*(?:INST|SYSTEM_PROMPT|TOOL)\w*\s*\])/giu, '(')
    .trim()
}
