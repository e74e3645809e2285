import type { Clock } from '../clock.js'
import type { BotLogin, ChannelName } from '../domain.js'
import type { ChorusEmitter } from '../events.js'
import type { LineConnection } from './answer-watch.js'
import type { Rooms } from './rooms.js'
import type { SendBudget } from './send-budget.js'

/** The way to Twitch, as far as the outbox needs it. */
export interface OutboxLink {
  /** Whether the bot is in the channel and its connection takes lines. */
  canWrite(channel: ChannelName): boolean
  /** The connection of now: there is one wherever it can write. */
  connection(): LineConnection | undefined
  /** Whether another bot of ours listens in the channel and would see the line. */
  isWatched(channel: ChannelName): boolean
  /** When a line of somebody else was last heard, in clock milliseconds. */
  othersHeardAtMs(): number
}

export interface OutboxOptions {
  readonly bot: BotLogin
  readonly clock: Clock
  readonly events: ChorusEmitter
  readonly link: OutboxLink
  readonly rooms: Rooms
  readonly budget: SendBudget
  /** Called when the budget has changed, before the line is written: what it knows must outlive a crash. */
  readonly keepBudget: () => void
  /** A name for a line that no other line has. */
  readonly newNonce: () => string
  /** Why the account is to say nothing for now, but lines that pass a mute; asked before every write. */
  readonly muted?: () => string | undefined
  /** Called when `Outbox.blocked` may say something else than before. */
  readonly onChange: () => void
}
