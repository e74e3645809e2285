import { escapePattern } from '../escape-pattern.js'

/** Twitch, its clients or tmi.js take a line that starts so as a command; marks on such a sign go with it. */
const COMMAND_SIGNS = /^[\s\p{M}/\\.!]+/u

/**
 * Takes away what would make a line a command, Twitch's or another bot's, again and again until it starts with
 * something else.
 *
 * @param prefixes other bots' command prefixes, in any case
 */
export function withoutCommandStart(text: string, prefixes: readonly string[]): string {
  const starts = prefixes.map((prefix) => fold(prefix.trimStart())).filter((prefix) => prefix !== '')
  let rest = text.replace(COMMAND_SIGNS, '')
  for (;;) {
    const start = starts.find((prefix) => fold(rest.slice(0, prefix.length)) === prefix)
    if (start === undefined) return rest
    rest = rest.slice(start.length).replace(COMMAND_SIGNS, '')
  }
}

/**
 * Takes away the own name that a model writes before its line, as chats are printed: `Ava:`, `@Ava:`, `<Ava>`,
 * `[Ava]`, `Ava (you):`. A colon that may begin a face is none: `ava :D`.
 */
export function withoutOwnName(text: string, self: readonly string[]): string {
  const names = self
    .filter((name) => name.trim() !== '')
    .map((name) => escapePattern(name.normalize('NFC').trim()))
  if (names.length === 0) return text
  const name = `[@＠]?(?:${names.join('|')})`
  const colon = String.raw`(?:\s?：|\s?:(?=\s|$)|:(?=\p{L}{2}))`
  const echo = new RegExp(
    String.raw`^\s*(?:(?:<${name}>|\[${name}\])${colon}?|${name}(?: ?\(you\))?${colon})\s*`,
    'iu',
  )
  let rest = text
  for (let next = rest.replace(echo, ''); next !== rest; next = rest.replace(echo, '')) rest = next
  return rest
}

/** Quotation marks by the one that begins; the same sign may end and begin. */
const QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['”', '”'],
  ['„', '“'],
  ['‘', '’'],
  ['«', '»'],
  ['»', '«'],
  ['「', '」'],
  ['『', '』'],
  ['＂', '＂'],
])
const APOSTROPHE = /(?<=\p{L})['’](?=\p{L})/gu

/** Takes off quotation marks around a whole line. Those of `"yes" and "no"` belong to its words and stay. */
export function withoutQuotes(text: string): string {
  const [open = ''] = text
  const close = QUOTES.get(open)
  if (close === undefined || text.length < 2 || !text.endsWith(close)) return text
  const body = text.slice(1, -1).trim()
  const inner = body.replace(APOSTROPHE, '')
  if (inner.includes(open) || inner.includes(close)) return text
  return withoutQuotes(body)
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
