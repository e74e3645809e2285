import { MINUTE, SECOND } from '../clock.js'
import { isOnlyEmotes } from './emotes.js'
import { type NoticeId, noticeText } from './notice-text.js'
import type { RoomModes } from './room-modes.js'

/** Twitch counts messages over this long. */
export const BUCKET_WINDOW_MS = 30 * SECOND
/** Messages per window for an account that is neither broadcaster, moderator nor VIP in the channel. */
const BUCKET_NORMAL = 20
/** Messages per window where it is. */
export const BUCKET_PRIVILEGED = 100
/** Shortest time between two messages of a normal account in one channel. */
const CHANNEL_GAP_MS = 1 * SECOND
/** For this long a normal account may not say the same again in one channel. */
const DUPLICATE_WINDOW_MS = 30 * SECOND
/** Longest message, in UTF-16 units, the `@name ` of a threaded reply included. */
const TEXT_MAX = 500
/** How long Twitch ignores an account that sent too much. */
export const LOCKOUT_MS = 60 * MINUTE

/** Everything a verdict depends on: what was said, by whom, where, and what went before. */
export interface SendFacts {
  readonly channel: string
  /** What the client wrote, without `/me` or the CTCP frame of an action. */
  readonly text: string
  /** Units that the server puts before the text in a threaded reply. */
  readonly prefixLength: number
  /** Broadcaster, moderator or VIP in this channel. */
  readonly isPrivileged: boolean
  readonly isSubscriber: boolean
  /** Minutes it has been following; `undefined` for no follower. */
  readonly followedMinutes: number | undefined
  /** Messages of the account in the last 30 s over all channels and connections, this one not counted. */
  readonly sentInWindow: number
  readonly isLockedOut: boolean
  /** Since the account's last attempt in this channel, whatever became of it. */
  readonly sinceAttemptMs: number | undefined
  /** Its last message that reached this channel. */
  readonly lastDelivered: { readonly text: string; readonly agoMs: number } | undefined
  readonly isBanned: boolean
  /** What is left of a timeout; 0 for none. */
  readonly timedOutMs: number
  readonly isSuspended: boolean
  readonly modes: RoomModes
  /** Whether this text was said in the room before: what unique mode refuses. */
  readonly wasSaid: boolean
}

/** Why a message went nowhere and nobody was told. */
export type SilentReason = 'locked-out' | 'over-limit' | 'too-long' | 'empty' | 'dropped'

/** What becomes of a message. */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'refused'; readonly notice: string; readonly text: string }
  | { readonly kind: 'ignored'; readonly reason: SilentReason }

/** A rule of Twitch that a message breaks, whether or not Twitch would say so. */
export type SendBreach = 'over-20' | 'over-100' | 'under-1s' | 'duplicate' | 'over-500' | 'command'

/** The verdict on one message, the rules it breaks, and whether it earns the account a lock-out. */
export interface Judgement {
  readonly verdict: Verdict
  readonly breaches: readonly SendBreach[]
  readonly locksOut: boolean
}

/**
 * Judges one message as the strictest reading of Twitch's rules would. Nothing is remembered here: the caller
 * counts the message in whatever the verdict, for on Twitch dropped messages use up the allowance, too.
 */
export function judgeSend(facts: SendFacts): Judgement {
  const breaches = breachesOf(facts)
  const verdict: Verdict = silentRefusal(facts) ??
    refusalByStanding(facts) ??
    refusalByText(facts) ??
    refusalByPace(facts) ??
    refusalByMode(facts) ?? { kind: 'delivered' }
  return {
    verdict,
    breaches,
    locksOut: !facts.isLockedOut && breaches.some((breach) => breach === 'over-20' || breach === 'over-100'),
  }
}

/** How the duplicate rule and unique mode compare texts: trimmed, neighbouring spaces as one, cut at 500. */
export function normaliseText(text: string): string {
  return text.trim().replace(/\s+/g, ' ').slice(0, TEXT_MAX)
}

function breachesOf(facts: SendFacts): SendBreach[] {
  const breaches: SendBreach[] = []
  if (isOverBucket(facts)) breaches.push(facts.isPrivileged ? 'over-100' : 'over-20')
  if (isTooSoon(facts)) breaches.push('under-1s')
  if (isDuplicate(facts)) breaches.push('duplicate')
  if (isTooLong(facts)) breaches.push('over-500')
  if (isCommand(facts)) breaches.push('command')
  return breaches
}

function silentRefusal(facts: SendFacts): Verdict | undefined {
  if (isOverBucket(facts)) return ignored(facts.isPrivileged ? 'over-limit' : 'locked-out')
  if (facts.isLockedOut && !facts.isPrivileged) return ignored('locked-out')
  if (facts.text.trim() === '') return ignored('empty')
  if (isTooLong(facts)) return ignored('too-long')
  return undefined
}

function refusalByStanding(facts: SendFacts): Verdict | undefined {
  if (facts.isSuspended) return refused(facts, 'msg_channel_suspended')
  if (facts.isBanned) return refused(facts, 'msg_banned')
  if (facts.timedOutMs > 0) return refused(facts, 'msg_timedout', seconds(facts.timedOutMs))
  return undefined
}

function refusalByText(facts: SendFacts): Verdict | undefined {
  if (!isCommand(facts)) return undefined
  return refused(facts, 'unrecognized_cmd', { command: facts.text.split(' ', 1)[0] ?? facts.text })
}

function refusalByPace(facts: SendFacts): Verdict | undefined {
  if (facts.isPrivileged) return undefined
  if (isTooSoon(facts)) return refused(facts, 'msg_ratelimit')
  const slowLeftMs = facts.lastDelivered ? facts.modes.slowSeconds * SECOND - facts.lastDelivered.agoMs : 0
  if (slowLeftMs > 0) return refused(facts, 'msg_slowmode', seconds(slowLeftMs))
  return isDuplicate(facts) ? refused(facts, 'msg_duplicate') : undefined
}

function refusalByMode(facts: SendFacts): Verdict | undefined {
  const { modes } = facts
  if (facts.isPrivileged) return undefined
  if (modes.subscribersOnly && !facts.isSubscriber) return refused(facts, 'msg_subsonly')
  const byFollowing = refusalByFollowing(facts)
  if (byFollowing) return byFollowing
  if (modes.emoteOnly && !isOnlyEmotes(facts.text)) return refused(facts, 'msg_emoteonly')
  return modes.unique && facts.wasSaid ? refused(facts, 'msg_r9k') : undefined
}

function refusalByFollowing(facts: SendFacts): Verdict | undefined {
  const minutes = facts.modes.followersOnlyMinutes
  const followedMinutes = facts.followedMinutes
  if (minutes < 0 || (followedMinutes !== undefined && followedMinutes >= minutes)) return undefined
  if (followedMinutes !== undefined) {
    return refused(facts, 'msg_followersonly_followed', { minutes, followedMinutes })
  }
  return minutes === 0
    ? refused(facts, 'msg_followersonly_zero')
    : refused(facts, 'msg_followersonly', { minutes })
}

function isOverBucket({ isPrivileged, sentInWindow }: SendFacts): boolean {
  return sentInWindow >= (isPrivileged ? BUCKET_PRIVILEGED : BUCKET_NORMAL)
}

function isTooSoon({ isPrivileged, sinceAttemptMs }: SendFacts): boolean {
  return !isPrivileged && sinceAttemptMs !== undefined && sinceAttemptMs < CHANNEL_GAP_MS
}

function isDuplicate({ isPrivileged, lastDelivered, text }: SendFacts): boolean {
  if (isPrivileged || !lastDelivered || lastDelivered.agoMs > DUPLICATE_WINDOW_MS) return false
  return normaliseText(lastDelivered.text) === normaliseText(text)
}

function isTooLong({ prefixLength, text }: SendFacts): boolean {
  return prefixLength + text.length > TEXT_MAX
}

/** Harsher than Twitch in one point: `...` and its like count as a command, too. */
function isCommand({ text }: SendFacts): boolean {
  return text.startsWith('/') || text.startsWith('.')
}

function ignored(reason: SilentReason): Verdict {
  return { kind: 'ignored', reason }
}

type Parts = Omit<Parameters<typeof noticeText>[1], 'channel'>

function refused({ channel }: SendFacts, notice: NoticeId, parts: Parts = {}): Verdict {
  return { kind: 'refused', notice, text: noticeText(notice, { channel, ...parts }) }
}

function seconds(ms: number): { readonly seconds: number } {
  return { seconds: Math.ceil(ms / SECOND) }
}
