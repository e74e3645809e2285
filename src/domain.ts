/**
 * The nouns that all stages share. A line comes in as a {@link ChatMessage}, becomes one {@link Decision} per
 * bot concerned, a {@link ReplyTask} for every reply, and ends in exactly one {@link Outcome}.
 */

declare const brand: unique symbol
type Brand<Name extends string> = string & { readonly [brand]: Name }

/** A channel's name in lower case, without `#`. */
export type ChannelName = Brand<'ChannelName'>
/** The login of one of our accounts, spelled as in the configuration. Compare with {@link sameLogin}. */
export type BotLogin = Brand<'BotLogin'>
/** Twitch's id of a chat message; of a shared-chat copy, the id of the original. */
export type MessageId = Brand<'MessageId'>
/** Twitch's id of an account: it stays when the login changes, so it is who a viewer is. */
export type UserId = Brand<'UserId'>
/** `bot/message id`: one bot answers one message at most once. */
export type TaskId = Brand<'TaskId'>

export const toChannelName = (name: string) => name.trim().replace(/^#/, '').toLowerCase() as ChannelName
export const toBotLogin = (login: string) => login.trim() as BotLogin
export const toMessageId = (id: string) => id as MessageId
export const toUserId = (id: string) => id as UserId
export const toTaskId = (bot: BotLogin, message: MessageId) => `${bot.toLowerCase()}/${message}` as TaskId

/** Twitch logins are ASCII and are the same in any case. */
export const sameLogin = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/** What the channel's badges say of a viewer. */
export interface Roles {
  readonly broadcaster: boolean
  readonly moderator: boolean
  readonly vip: boolean
  readonly subscriber: boolean
}

/** One line of chat as the stages see it: foreign shapes end at the edge. JSON-safe. */
export interface ChatMessage {
  readonly id: MessageId
  readonly channel: ChannelName
  readonly userId: UserId
  /** Lower case, ASCII. */
  readonly login: string
  /** As viewers see it; may be in any script. */
  readonly displayName: string
  /** As it came, without invisible characters that clients append. */
  readonly text: string
  readonly roles: Roles
  /** Set when the line is a reply: whose line it answers. */
  readonly replyTo?: { readonly id: MessageId; readonly login: string }
  /** A shared-chat copy of a line that was written in another channel. */
  readonly isMirrored: boolean
  /** Nobody wrote it: it stands for something that Twitch told, such as a raid. Nothing can be threaded to it. */
  readonly isNotice?: true
  /** When it reached us, in milliseconds of this process's monotonic clock. */
  readonly arrivedAtMs: number
}

/** An account that talks, and its voice. */
export interface Bot {
  readonly login: BotLogin
  /** How it talks, in plain words. */
  readonly persona: string
  /** Other names that count as a mention, as whole words, with or without `@`. */
  readonly aliases: readonly string[]
  /** Its share of the chance replies; 0 means it only answers mentions. */
  readonly talkativeness: number
  /** Lines in its voice for when no model's line can be said; `{viewer}` is who it answers. Without any, built-in ones. */
  readonly templates?: readonly string[]
}

/** Why a reply is owed. The order is that of their right of way. */
export type ReplyCause = 'mention' | 'chance' | 'low'

/** One reply to make. Plain, JSON-safe data: the same task could be worked off by another process. */
export interface ReplyTask {
  readonly id: TaskId
  readonly bot: BotLogin
  readonly cause: ReplyCause
  readonly message: ChatMessage
  /** The natural pause, in milliseconds from the arrival of the message. */
  readonly delayMs: number
}

/** Why a line gets no answer. */
export type SilenceReason =
  | 'own-bot'
  | 'known-bot'
  | 'ignored-user'
  | 'command'
  | 'control'
  | 'not-drawn'
  | 'no-talker'
  | 'token-limit'
  | 'yielded'
  | 'paused'
  | 'calm'
  | 'not-greeted'
  | 'banter-over'
  | 'mirrored'
  | 'duplicate'
  | 'moderated'
  | 'draining'
  | 'stopped'

/** What was decided about a line: a reply by one bot, or silence with its reason. JSON-safe. */
export type Decision =
  | {
      readonly kind: 'reply'
      readonly task: TaskId
      readonly bot: BotLogin
      readonly cause: ReplyCause
      readonly delayMs: number
      /** The number in [0, 1) that the chance was compared with; only where one was drawn. */
      readonly draw?: number
    }
  | {
      readonly kind: 'silence'
      readonly reason: Exclude<SilenceReason, 'yielded'>
      readonly draw?: number
    }
  /** The bot would have talked, but mentions have waited, or would wait, `waitMs` in its lane. */
  | {
      readonly kind: 'silence'
      readonly reason: 'yielded'
      readonly draw?: number
      readonly bot: BotLogin
      readonly waitMs: number
    }

/** Where an accepted reply ends; exactly one per reply. */
export type Outcome =
  | {
      readonly kind: 'sent'
      /** Twitch's id of the line, where Twitch or another connection of ours told it. */
      readonly id?: MessageId
      /** How many viewers the line answers, where it answers more than one. */
      readonly viewers?: number
      /** Twitch neither took nor refused the line, and it may not be said again: it may have been shown or not. */
      readonly inDoubt?: true
      /** AutoMod holds it: a moderator may still let it through. */
      readonly heldByAutoMod?: true
    }
  /** Taken back before it was said: its message, its author or the whole chat was cleared, or the streamer did it. */
  | { readonly kind: 'withdrawn'; readonly by: 'moderation' | 'streamer'; readonly reason: string }
  | { readonly kind: 'expired'; readonly reason: string }
  | { readonly kind: 'dead'; readonly code: string; readonly reason: string }

/** Whether somebody's handler has told an outcome. */
export function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string'
}

/** Longest line that Twitch takes, in UTF-16 units: the strictest way to count its "500 characters". */
export const LINE_UNITS_MAX = 500

declare const safe: unique symbol
/** Text that has passed `toChatText`: one line, at most {@link LINE_UNITS_MAX} units, no command. Only that function makes one. */
export type ChatText = string & { readonly [safe]: true }

/** A line on its way to chat. */
export interface ChatLine {
  readonly channel: ChannelName
  readonly text: ChatText
  /** The message it is threaded to. */
  readonly replyTo?: MessageId
}

/**
 * What moderators cleared away in a channel: one message, all of one user's, or everything. `login` says whose it was, in lower case,
 * where that was told. JSON-safe.
 */
export type Clearing =
  | {
      readonly kind: 'message'
      readonly channel: ChannelName
      readonly id: MessageId
      readonly login?: string
    }
  | { readonly kind: 'user'; readonly channel: ChannelName; readonly userId: UserId; readonly login?: string }
  | { readonly kind: 'chat'; readonly channel: ChannelName }

/** Another streamer has sent their viewers over. JSON-safe. */
export interface Raid {
  /** Of the copy in a shared chat, the id of the original. */
  readonly id: MessageId
  /** Where it was heard. */
  readonly channel: ChannelName
  /** Login in lower case, ASCII; the name as viewers see it, in one line. */
  readonly from: { readonly login: string; readonly displayName: string; readonly userId: UserId }
  /** As Twitch counts them: who comes along need not say a word. */
  readonly viewers: number
  /** It went to another channel that shares its chat with this one: these viewers have not come here. */
  readonly isMirrored: boolean
  /** Twitch's own words for it; empty where it has none. */
  readonly systemMessage: string
  /** When it reached us, in milliseconds of this process's monotonic clock. */
  readonly arrivedAtMs: number
}

/** Whether a line of the clearing's channel is among what was cleared away. */
export function isCleared(
  { id, userId }: { readonly id: MessageId | undefined; readonly userId?: UserId | undefined },
  clearing: Clearing,
): boolean {
  switch (clearing.kind) {
    case 'message':
      return id === clearing.id
    case 'user':
      return userId === clearing.userId
    case 'chat':
      return true
    default:
      return assertNever(clearing)
  }
}

/** The end of a `switch` over a union: fails to compile when a case is missing. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected ${JSON.stringify(value)}`)
}

/** Longest mute, in minutes: a week. Without minutes it has no end. */
export const MUTE_MINUTES_MAX = 7 * 24 * 60

/** Longest persona, in UTF-16 units. */
export const PERSONA_UNITS_MAX = 4000
