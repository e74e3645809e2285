import type { BotLogin, ChannelName } from '../domain.js'
import type { BotConnection } from './bot-connection.js'
import type { SpecialRole } from './room-standing.js'
import type { Rooms } from './rooms.js'
import { linesMax, type SendBudget } from './send-budget.js'

/** How a bot stands in one of its channels. */
export interface RoomStatus {
  readonly channel: ChannelName
  readonly isJoined: boolean
  /** Moderator, VIP or broadcaster there. */
  readonly isPrivileged: boolean
  /** Which of them; unset where it is none, and until Twitch has said so. */
  readonly role?: SpecialRole
  /** Lines it may still send there now, of `linesMax` in 30 s. */
  readonly linesLeft: number
  readonly linesMax: number
  /** Why it may not talk there; only while that is so. */
  readonly closedReason?: string
}

/** How a bot stands in chat. */
export interface BotChatStatus {
  readonly bot: BotLogin
  readonly state: BotConnection['state']
  readonly joined: readonly ChannelName[]
  /** Why it may talk nowhere; only while that is so. */
  readonly reason?: string
  /** Why it is muted; only while it is. */
  readonly mutedReason?: string
  /** Lines that are ready and wait for the account's allowance, its connection or Twitch's answer. */
  readonly waiting: number
  /** Lines the account may still send now, of `linesMax` in 30 s, where most are allowed of the channels it is in. */
  readonly linesLeft: number
  readonly linesMax: number
  readonly rooms: readonly RoomStatus[]
}

interface Parts {
  readonly rooms: Rooms
  readonly budget: SendBudget
  readonly joined: readonly ChannelName[]
  readonly nowMs: number
}

/** How an account stands in a channel at `nowMs`. */
export function toRoomStatus(channel: ChannelName, { rooms, budget, joined, nowMs }: Parts): RoomStatus {
  const { isPrivileged, role } = rooms.standing(channel)
  const closedReason = rooms.closedReason(channel)
  return {
    channel,
    isJoined: joined.includes(channel),
    isPrivileged,
    ...(role !== undefined && { role }),
    linesLeft: budget.left(nowMs, isPrivileged),
    linesMax: linesMax(isPrivileged),
    ...(closedReason !== undefined && { closedReason }),
  }
}
