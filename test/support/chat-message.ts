import {
  type ChatMessage,
  type MessageId,
  type Roles,
  toChannelName,
  toMessageId,
  toUserId,
} from '../../src/domain.js'

const NO_ROLES: Roles = { broadcaster: false, moderator: false, vip: false, subscriber: false }

let count = 0

/** A line of chat with everything a test does not care about filled in; each call gives a new id. */
export function chatMessage(
  text: string,
  parts: {
    readonly id?: string
    readonly channel?: string
    readonly login?: string
    readonly displayName?: string
    readonly userId?: string
    readonly roles?: Partial<Roles>
    readonly replyTo?: { readonly id: MessageId; readonly login: string }
    readonly isMirrored?: boolean
    readonly arrivedAtMs?: number
  } = {},
): ChatMessage {
  const login = parts.login ?? 'ann'
  return {
    id: toMessageId(parts.id ?? `m-${++count}`),
    channel: toChannelName(parts.channel ?? 'mychannel'),
    userId: toUserId(parts.userId ?? `u-${login}`),
    login,
    displayName: parts.displayName ?? login,
    text,
    roles: { ...NO_ROLES, ...parts.roles },
    ...(parts.replyTo && { replyTo: parts.replyTo }),
    isMirrored: parts.isMirrored ?? false,
    arrivedAtMs: parts.arrivedAtMs ?? 0,
  }
}
