import { systemClock } from '../clock.js'
import {
  type ChatMessage,
  type MessageId,
  type Roles,
  toChannelName,
  toMessageId,
  toUserId,
} from '../domain.js'
import { ownCopy } from './own-copy.js'
import { toSyntheticId } from './synthetic-id.js'

type Tags = { readonly [key: string]: unknown }

const NO_TAGS: Tags = {}
const NO_ROLES: Roles = { broadcaster: false, moderator: false, vip: false, subscriber: false }

/**
 * What chat clients append to get past the duplicate rule (U+E0000, U+034F), and other characters without a
 * width. Joiners and variation selectors are not among them: they hold emoji and some scripts together.
 */
const INVISIBLE = /[\u034f\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff\u{e0000}\u{e0001}]/gu

/**
 * Turns a line as tmi.js tells it into a {@link ChatMessage}, for the handler of its `message` event. Never throws:
 * what is missing is filled in, what is malformed is taken as missing.
 *
 * A line without an id gets one made of what it says, so that it is the same on every connection that hears it.
 * Whispers come by the same event and are no chat: leave out lines whose `message-type` is `whisper`.
 *
 * @param channel with or without `#`
 * @param tags the second argument of the event; badges alone say who is a moderator
 * @param self true for a line that this very client has said
 * @param arrivedAtMs when it came, by the clock the router uses; by default that of `systemClock()`
 */
export function fromTmi(
  channel: string,
  tags: unknown,
  text: string,
  self = false,
  arrivedAtMs = systemClock().now(),
): ChatMessage {
  const known = isTags(tags) ? tags : NO_TAGS
  const login = ownCopy((textOf(known, 'username') ?? textOf(known, 'login') ?? '').toLowerCase())
  const replyTo = parseReplyTo(known)
  return {
    id: parseId(channel, known, login, text, self ? arrivedAtMs : undefined),
    channel: toChannelName(ownCopy(channel)),
    userId: toUserId(ownCopy(textOf(known, 'user-id') ?? `login:${login}`)),
    login,
    displayName: visible(textOf(known, 'display-name') ?? '') || login,
    text: visible(text),
    roles: rolesOf(known.badges),
    ...(replyTo && { replyTo }),
    isMirrored: isMirrored(known),
    arrivedAtMs,
  }
}

function isTags(value: unknown): value is Tags {
  return typeof value === 'object' && value !== null
}

/** tmi.js makes `true` of "1" and `false` of "0", whatever the tag: an id may be hit, too. */
function textOf(tags: Tags, key: string): string | undefined {
  const value = tags[key]
  if (typeof value === 'string') return value === '' ? undefined : value
  if (value === true) return '1'
  return value === false ? '0' : undefined
}

/**
 * A shared-chat copy goes by the id of its original.
 *
 * tmi.js gives a line of its own the id of the line before: so `ownAtMs` is what tells own lines apart.
 */
function parseId(
  channel: string,
  tags: Tags,
  login: string,
  text: string,
  ownAtMs: number | undefined,
): MessageId {
  if (ownAtMs !== undefined) return toSyntheticId([channel, login, text, String(ownAtMs)])
  const id = textOf(tags, 'source-id') ?? textOf(tags, 'id')
  if (id !== undefined) return toMessageId(ownCopy(id))
  return toSyntheticId([channel, login, text, textOf(tags, 'tmi-sent-ts') ?? ''])
}

function visible(text: string): string {
  return ownCopy(text.replace(INVISIBLE, '').trim())
}

/** What badges say, as tmi.js gives them: an object by the badge's name. */
export function rolesOf(badges: unknown): Roles {
  if (!isTags(badges)) return NO_ROLES
  return {
    broadcaster: 'broadcaster' in badges,
    moderator: 'moderator' in badges || 'lead_moderator' in badges,
    vip: 'vip' in badges,
    subscriber: 'subscriber' in badges || 'founder' in badges,
  }
}

function parseReplyTo(tags: Tags): ChatMessage['replyTo'] {
  const id = textOf(tags, 'reply-parent-msg-id')
  if (id === undefined) return undefined
  const login = textOf(tags, 'reply-parent-user-login')
  if (login === undefined) return undefined
  return { id: toMessageId(ownCopy(id)), login: ownCopy(login.toLowerCase()) }
}

/** Whether a line was written in another channel, by its tags: a copy in a shared chat. */
export function isMirrored(tags: Tags): boolean {
  const source = textOf(tags, 'source-room-id')
  return source !== undefined && source !== textOf(tags, 'room-id')
}
