import { MINUTE, SECOND } from '../clock.js'

/** What a NOTICE means for the line it is about. Durations in milliseconds. */
export type NoticeVerdict =
  /** Not shown; it may be said in `waitMs`. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  /** Not shown, because the account sends too fast: by its own count it must not have happened. */
  | { readonly kind: 'too-fast' }
  /** Not shown, because the account has just said the same there. */
  | { readonly kind: 'duplicate' }
  /** Not shown, and not with this text. */
  | { readonly kind: 'reword' }
  /**
   * Not shown; the account may not talk there until the room's modes change, or for `waitMs`. `isForGood`: until someone
   * mends it, which nothing tells: it is tried again then.
   */
  | { readonly kind: 'close'; readonly waitMs: number; readonly reason: string; readonly isForGood: boolean }
  /** A moderator decides whether it is shown: it must not be sent again. */
  | { readonly kind: 'held' }
  /** Not known: the line counts as not shown only if Twitch does not confirm it all the same. */
  | { readonly kind: 'unknown' }

/** Modes end with a ROOMSTATE; this is for one that was missed. */
const MODE_AGAIN_MS = 10 * MINUTE
/** Nothing tells that a ban was lifted, or an account mended: a line is tried from time to time. */
const BAN_AGAIN_MS = 10 * MINUTE
/** For a timeout that does not say how long it lasts. */
const TIMEOUT_MS = 10 * MINUTE
/** Twitch rounds seconds; a line that comes too early is refused once more. */
const MARGIN_MS = SECOND / 2

type Judge = (text: string) => NoticeVerdict

const reword: Judge = () => ({ kind: 'reword' })
const mode =
  (reason: string): Judge =>
  () => ({ kind: 'close', waitMs: MODE_AGAIN_MS, reason, isForGood: false })
const shutOut =
  (reason: string): Judge =>
  () => ({ kind: 'close', waitMs: BAN_AGAIN_MS, reason, isForGood: true })

const BANNED = 'The bot is banned in this channel: unban it, or take the channel out of the configuration.'
const UNVERIFIED = (what: string) =>
  `The channel takes only accounts with a verified ${what}: verify that of the bot’s account, or make it a moderator.`

const TABLE: Readonly<Record<string, Judge>> = {
  msg_ratelimit: () => ({ kind: 'too-fast' }),
  msg_slowmode: (text) => slowMode(text),
  msg_timedout: (text) => timedOut(text),
  msg_duplicate: () => ({ kind: 'duplicate' }),
  msg_r9k: reword,
  msg_rejected_mandatory: reword,
  msg_bad_characters: reword,
  unrecognized_cmd: reword,
  unavailable_command: reword,
  no_permission: reword,
  no_help: reword,
  msg_emoteonly: mode('The room is in emote-only mode.'),
  msg_subsonly: mode('The room is in subscribers-only mode.'),
  msg_followersonly: mode('The room is in followers-only mode: let the bot follow the channel.'),
  msg_followersonly_zero: mode('The room is in followers-only mode: let the bot follow the channel.'),
  msg_followersonly_followed: (text) => followedTooShort(text),
  msg_rejected: () => ({ kind: 'held' }),
  msg_banned: shutOut(BANNED),
  msg_banned_email_alias: shutOut(BANNED),
  msg_channel_blocked: shutOut('The channel’s owner has blocked the bot: unblock it.'),
  msg_channel_suspended: shutOut('The channel does not exist, or is suspended.'),
  msg_room_not_found: shutOut('The channel does not exist.'),
  msg_suspended: shutOut('The bot’s account may not talk: Twitch has suspended it or its rights.'),
  tos_ban: shutOut('Twitch has closed the channel.'),
  invalid_user: shutOut('Twitch does not know the account or the channel.'),
  msg_verified_email: shutOut(UNVERIFIED('e-mail address')),
  msg_requires_verified_phone_number: shutOut(UNVERIFIED('phone number')),
  msg_facebook: shutOut('The channel takes only accounts that are linked to another service.'),
}

/** What a NOTICE with this id and text means for the line that waits for an answer. */
export function noticeVerdict(id: string, text: string): NoticeVerdict {
  if (Object.hasOwn(TABLE, id)) return TABLE[id]?.(text) ?? { kind: 'unknown' }
  return id.startsWith('usage_') ? { kind: 'reword' } : { kind: 'unknown' }
}

/** NOTICEs about a line. Others tell of the room, such as a mode that a moderator has switched. */
export function isAboutLine(id: string): boolean {
  return id.startsWith('msg_') || id.startsWith('usage_') || Object.hasOwn(TABLE, id)
}

/** A JOIN is answered by one of these where the account may not come in. */
export function isShutOut(id: string): boolean {
  const verdict = noticeVerdict(id, '')
  return verdict.kind === 'close' && verdict.isForGood
}

/** "… You will be able to talk again in 12 seconds." */
function slowMode(text: string): NoticeVerdict {
  const seconds = secondsIn(text, /in (\d+) seconds?/i)
  return seconds === undefined ? { kind: 'too-fast' } : { kind: 'wait', waitMs: seconds * SECOND + MARGIN_MS }
}

/** "You are timed out for 30 more seconds." */
function timedOut(text: string): NoticeVerdict {
  const seconds = secondsIn(text, /for (\d+) more seconds?/i)
  const waitMs = seconds === undefined ? TIMEOUT_MS : seconds * SECOND + MARGIN_MS
  const until = seconds === undefined ? '' : ` for another ${seconds} s`
  return { kind: 'close', waitMs, reason: `The bot is timed out in this channel${until}.`, isForGood: false }
}

/** "This room is in 10 minutes followers-only mode. You have been following … for 4 minutes." */
function followedTooShort(text: string): NoticeVerdict {
  const wanted = durationIn(text, /in (\d+ \w+) followers-only/i)
  const followed = durationIn(text, /for (\d+ \w+)/i)
  const leftMs = wanted === undefined || followed === undefined ? MODE_AGAIN_MS : wanted - followed
  // The age is told in whole units: the last one may have just begun.
  const waitMs = Math.max(leftMs, 0) + MARGIN_MS
  return {
    kind: 'close',
    waitMs,
    reason: 'The bot has not followed the channel for long enough.',
    isForGood: false,
  }
}

const UNIT_MS: Readonly<Record<string, number>> = {
  second: SECOND,
  minute: MINUTE,
  hour: 60 * MINUTE,
  day: 24 * 60 * MINUTE,
  week: 7 * 24 * 60 * MINUTE,
  month: 30 * 24 * 60 * MINUTE,
}

function durationIn(text: string, pattern: RegExp): number | undefined {
  const [count, unit = ''] = pattern.exec(text)?.[1]?.split(' ') ?? []
  const unitMs = UNIT_MS[unit.toLowerCase().replace(/s$/, '')]
  return count === undefined || unitMs === undefined ? undefined : Number(count) * unitMs
}

function secondsIn(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1]
  return found === undefined ? undefined : Math.min(Number(found), MAX_SECONDS)
}

/** Two weeks is the longest timeout that Twitch has. */
const MAX_SECONDS = 14 * 24 * 60 * 60
