import type { ChatMessage } from '../domain.js'
import { fromTmi } from './from-tmi.js'

/** A line as tmi.js' parser gives it: values still escaped, a tag without a value is `true`. */
export interface RawLine {
  readonly command: string
  readonly prefix: string | null
  readonly params: readonly string[]
  readonly tags: { readonly [key: string]: unknown }
}

/**
 * Turns a PRIVMSG, or the words of a USERNOTICE (resub, announcement), into a {@link ChatMessage}; `undefined` where
 * there are none.
 *
 * Chat is taken from here and not from tmi.js' events: those cost more than all the rest of a line's way, and tell a
 * line with Bits, a resub and an announcement each in a manner of its own.
 */
export function fromRaw(line: RawLine, arrivedAtMs: number): ChatMessage | undefined {
  const [channel, text] = line.params
  if (channel === undefined || text === undefined) return undefined
  const { tags } = line
  const known = {
    username: given(tags.login) ?? nickOf(line.prefix),
    id: given(tags.id),
    badges: badgesOf(tags.badges),
    'display-name': unescaped(given(tags['display-name'])),
    'reply-parent-msg-id': given(tags['reply-parent-msg-id']),
    'reply-parent-user-login': given(tags['reply-parent-user-login']),
    'room-id': given(tags['room-id']),
    'source-id': given(tags['source-id']),
    'source-room-id': given(tags['source-room-id']),
    'tmi-sent-ts': given(tags['tmi-sent-ts']),
    'user-id': given(tags['user-id']),
  }
  return fromTmi(channel, known, withoutActionFrame(text), false, arrivedAtMs)
}

/** A tag's value; `undefined` where it is missing or empty. */
export function given(tag: unknown): string | undefined {
  return typeof tag === 'string' ? tag : undefined
}

function nickOf(prefix: string | null): string {
  if (prefix === null) return ''
  const end = prefix.indexOf('!')
  return end === -1 ? prefix : prefix.slice(0, end)
}

/** `moderator/1,subscriber/12` → `{ moderator: '1', subscriber: '12' }` */
export function badgesOf(tag: unknown): { [badge: string]: string } | null {
  if (typeof tag !== 'string') return null
  const badges: { [badge: string]: string } = {}
  for (const badge of tag.split(',')) {
    const slash = badge.indexOf('/')
    badges[slash === -1 ? badge : badge.slice(0, slash)] = badge.slice(slash + 1)
  }
  return badges
}

const ESCAPES: { readonly [letter: string]: string } = { s: ' ', ':': ';', n: '', r: '' }

/** Undoes IRC's escapes in a tag's value; a line end has no business in a name. */
export function unescaped(value: string | undefined): string | undefined {
  if (value === undefined || !value.includes('\\')) return value
  return value.replace(/\\(.?)/g, (_, letter: string) => ESCAPES[letter] ?? letter)
}

/** `/me` puts a frame around a line; one that was cut off lacks its end. */
function withoutActionFrame(text: string): string {
  if (text.charCodeAt(0) !== 1) return text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: U+0001 is what the frame is made of
  return text.replace(/^\u0001ACTION /, '').replace(/\u0001$/, '')
}
