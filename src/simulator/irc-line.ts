/** One line of IRC, taken apart. */
export interface IrcLine {
  /** Tag values, unescaped; a tag without a value is an empty string. */
  readonly tags: ReadonlyMap<string, string>
  /** Who says it, without the colon. */
  readonly prefix?: string
  /** In capitals. */
  readonly command: string
  /** The parameters in order; the last one may hold spaces. */
  readonly params: readonly string[]
}

const UNESCAPED: Readonly<Record<string, string>> = { ':': ';', s: ' ', '\\': '\\', r: '\r', n: '\n' }
const ESCAPED: Readonly<Record<string, string>> = {
  ';': '\\:',
  ' ': '\\s',
  '\\': '\\\\',
  '\r': '\\r',
  '\n': '\\n',
}
const NEEDS_ESCAPE = /[; \\\r\n]/
const NO_TAGS: ReadonlyMap<string, string> = new Map()

/** Takes one line apart; `undefined` where it holds no command. Source: IRCv3 message tags, RFC 1459. */
export function parseIrcLine(text: string): IrcLine | undefined {
  let rest = text.trimStart()
  let tags = NO_TAGS
  let prefix: string | undefined
  if (rest.startsWith('@')) {
    const [head, tail] = cut(rest)
    tags = parseTags(head.slice(1))
    rest = tail
  }
  if (rest.startsWith(':')) {
    const [head, tail] = cut(rest)
    prefix = head.slice(1)
    rest = tail
  }
  const [command, tail] = cut(rest)
  if (command === '') return undefined
  return {
    tags,
    ...(prefix !== undefined && { prefix }),
    command: command.toUpperCase(),
    params: parseParams(tail),
  }
}

/** A tag's value as it stands on the wire. */
export function escapeTag(value: string): string {
  // Most values need nothing; the test is several times cheaper than the replacement.
  return NEEDS_ESCAPE.test(value) ? value.replace(/[; \\\r\n]/g, (char) => ESCAPED[char] ?? char) : value
}

/** A tag's value as it was meant. A backslash before anything else is dropped, as IRCv3 asks. */
export function unescapeTag(value: string): string {
  return value.includes('\\')
    ? value.replace(/\\(.?)/gs, (_, char: string) => UNESCAPED[char] ?? char)
    : value
}

/** The channel a raw line is addressed to, in lower case without `#`; `undefined` where it has none. Allocates little. */
export function targetOf(text: string): string | undefined {
  let at = text.startsWith('@') ? text.indexOf(' ') + 1 : 0
  if (text.startsWith('@') && at === 0) return undefined
  if (text[at] === ':') at = text.indexOf(' ', at) + 1
  const space = text.indexOf(' ', at)
  if (space === -1 || text[space + 1] !== '#') return undefined
  const end = text.indexOf(' ', space + 1)
  return text.slice(space + 2, end === -1 ? undefined : end).toLowerCase()
}

function cut(text: string): [head: string, tail: string] {
  const space = text.indexOf(' ')
  return space === -1 ? [text, ''] : [text.slice(0, space), text.slice(space + 1).trimStart()]
}

function parseTags(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>()
  for (const tag of text.split(';')) {
    const equals = tag.indexOf('=')
    if (equals === -1) tags.set(tag, '')
    else tags.set(tag.slice(0, equals), unescapeTag(tag.slice(equals + 1)))
  }
  return tags
}

function parseParams(text: string): string[] {
  const params: string[] = []
  let rest = text
  while (rest !== '') {
    if (rest.startsWith(':')) {
      params.push(rest.slice(1))
      break
    }
    const [head, tail] = cut(rest)
    params.push(head)
    rest = tail
  }
  return params
}
