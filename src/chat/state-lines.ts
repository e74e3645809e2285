import { SECOND } from '../clock.js'
import {
  type ChannelName,
  type Clearing,
  type MessageId,
  type Roles,
  toChannelName,
  toMessageId,
  toUserId,
} from '../domain.js'
import { badgesOf, given, type RawLine } from './from-raw.js'
import { rolesOf } from './from-tmi.js'
import type { RoomModes } from './room-standing.js'

/** How the account stands in a channel, after a join or because Twitch took a line: then with its nonce and id. */
export interface UserState {
  readonly channel: ChannelName
  readonly roles: Roles
  readonly nonce?: string
  readonly id?: MessageId
}

export function parseUserState({ params, tags }: RawLine): UserState {
  const nonce = given(tags['client-nonce'])
  const id = given(tags.id)
  return {
    channel: channelOf(params),
    roles: rolesOf(badgesOf(tags.badges)),
    ...(nonce !== undefined && { nonce }),
    ...(id !== undefined && { id: toMessageId(id) }),
  }
}

/** Only what the line tells: after a join all modes, later what has changed. */
export function parseRoomState({ params, tags }: RawLine): { channel: ChannelName; modes: RoomModes } {
  const slow = given(tags.slow)
  const emoteOnly = given(tags['emote-only'])
  const subscribersOnly = given(tags['subs-only'])
  return {
    channel: channelOf(params),
    modes: {
      ...(slow !== undefined && /^\d{1,6}$/.test(slow) && { slowMs: Number(slow) * SECOND }),
      ...(emoteOnly !== undefined && { isEmoteOnly: emoteOnly === '1' }),
      ...(subscribersOnly !== undefined && { isSubscribersOnly: subscribersOnly === '1' }),
    },
  }
}

/** What CLEARCHAT or CLEARMSG takes away; `undefined` for a malformed one. */
export function parseClearing({ command, params, tags }: RawLine): Clearing | undefined {
  const channel = channelOf(params)
  if (command === 'CLEARMSG') {
    const id = given(tags['target-msg-id'])
    const login = given(tags.login)
    if (id === undefined) return undefined
    return { kind: 'message', channel, id: toMessageId(id), ...(login !== undefined && { login }) }
  }
  const [, login] = params
  if (login === undefined) return { kind: 'chat', channel }
  // Without tags only the name is told; chat without an id goes by the same made-up one.
  return { kind: 'user', channel, userId: toUserId(given(tags['target-user-id']) ?? `login:${login}`), login }
}

function channelOf(params: readonly string[]): ChannelName {
  return toChannelName(params[0] ?? '')
}
