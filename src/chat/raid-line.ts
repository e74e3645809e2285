import { type MessageId, type Raid, toChannelName, toMessageId, toUserId, type UserId } from '../domain.js'
import { given, type RawLine, unescaped } from './from-raw.js'
import { isMirrored } from './from-tmi.js'
import { ownCopy } from './own-copy.js'
import { toSyntheticId } from './synthetic-id.js'

type Tags = RawLine['tags']

/** More viewers than a channel has ever had: what is above that is no number of viewers. */
const VIEWERS_MAX = 10_000_000
/** Longest name and longest sentence that are kept, in characters; Twitch's own are shorter. */
const NAME_MAX = 50
const SENTENCE_MAX = 200

/**
 * Reads a raid from a USERNOTICE: `raid`, or its copy in a shared chat (`sharedchatnotice`); `undefined` for every other one,
 * and where nobody can tell who raids. Names end up in prompts and on pages: what they hold is bounded and made plain.
 *
 * @see https://dev.twitch.tv/docs/chat/irc/#usernotice-tags
 */
export function parseRaid({ params, tags }: RawLine, arrivedAtMs: number): Raid | undefined {
  const id = given(tags['msg-id'])
  if ((id === 'sharedchatnotice' ? given(tags['source-msg-id']) : id) !== 'raid') return undefined
  const channel = toChannelName(ownCopy(params[0] ?? ''))
  const login = loginOf(tags['msg-param-login']) ?? loginOf(tags.login)
  if (channel === '' || login === undefined) return undefined
  return {
    id: idOf(tags, [channel, login]),
    channel,
    from: {
      login,
      displayName: plain(tags['msg-param-displayName'], NAME_MAX) || login,
      userId: userIdOf(tags['user-id'], login),
    },
    viewers: viewersOf(tags['msg-param-viewerCount']),
    isMirrored: isMirrored(tags),
    systemMessage: plain(tags['system-msg'], SENTENCE_MAX),
    arrivedAtMs,
  }
}

/** The copies of a raid go by the id of the original. */
function idOf(tags: Tags, parts: readonly string[]): MessageId {
  const id = given(tags['source-id']) ?? given(tags.id)
  if (id !== undefined && isId(id)) return toMessageId(ownCopy(id))
  return toSyntheticId(['raid', ...parts, given(tags['tmi-sent-ts']) ?? ''])
}

function userIdOf(tag: unknown, login: string): UserId {
  const id = given(tag)
  return toUserId(id !== undefined && isId(id) ? ownCopy(id) : `login:${login}`)
}

/** Twitch's are UUIDs and numbers. */
const isId = (id: string) => /^[\w-]{1,64}$/.test(id)

function loginOf(tag: unknown): string | undefined {
  const login = given(tag)?.toLowerCase()
  return login !== undefined && /^[a-z0-9_]{1,25}$/.test(login) ? ownCopy(login) : undefined
}

/** A whole number from 0 on, whatever the tag says. */
function viewersOf(tag: unknown): number {
  const count = given(tag) ?? ''
  return /^\d+$/.test(count) ? Math.min(VIEWERS_MAX, Number(count)) : 0
}

/** One line without control characters and whatever else is not seen, at most so long. */
function plain(tag: unknown, charactersMax: number): string {
  const text = (unescaped(given(tag)) ?? '').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').replace(/\s+/g, ' ')
  return [...text.trim()].slice(0, charactersMax).join('').trim()
}
