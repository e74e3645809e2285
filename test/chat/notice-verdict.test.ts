import { describe, expect, it } from 'vitest'
import { isAboutLine, isShutOut, noticeVerdict } from '../../src/chat/notice-verdict.js'
import { MINUTE, SECOND } from '../../src/clock.js'

/** Every id that Twitch is known to answer a line with, and what it means for the line. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  'too-fast': ['msg_ratelimit'],
  duplicate: ['msg_duplicate'],
  held: ['msg_rejected'],
  reword: [
    'msg_r9k',
    'msg_rejected_mandatory',
    'msg_bad_characters',
    'unrecognized_cmd',
    'unavailable_command',
    'no_permission',
    'no_help',
    'usage_me',
    'usage_color',
  ],
  close: [
    'msg_timedout',
    'msg_emoteonly',
    'msg_subsonly',
    'msg_followersonly',
    'msg_followersonly_zero',
    'msg_followersonly_followed',
    'msg_banned',
    'msg_banned_email_alias',
    'msg_channel_blocked',
    'msg_channel_suspended',
    'msg_room_not_found',
    'msg_suspended',
    'tos_ban',
    'invalid_user',
    'msg_verified_email',
    'msg_requires_verified_phone_number',
    'msg_facebook',
  ],
  unknown: ['msg_something_new', 'constructor', 'toString', ''],
}

describe('a NOTICE', () => {
  it.each(Object.entries(KINDS).flatMap(([kind, ids]) => ids.map((id) => [id, kind])))(
    '%s means %s',
    (id, kind) => {
      expect(noticeVerdict(id, 'whatever it says').kind).toBe(kind)
    },
  )

  it.each([
    [
      'msg_slowmode',
      'This room is in slow mode and … You will be able to talk again in 12 seconds.',
      12.5 * SECOND,
    ],
    ['msg_timedout', 'You are timed out for 1 more second.', 1.5 * SECOND],
    ['msg_timedout', 'You are timed out for 99999999999 more seconds.', 14 * 24 * 60 * MINUTE + 0.5 * SECOND],
    [
      'msg_followersonly_followed',
      'This room is in 10 minutes followers-only mode. You have been following mychannel for 4 minutes. Continue following to chat!',
      6 * MINUTE + 0.5 * SECOND,
    ],
    [
      'msg_followersonly_followed',
      'This room is in 1 week followers-only mode. You have been following mychannel for 6 days. Continue!',
      24 * 60 * MINUTE + 0.5 * SECOND,
    ],
  ])('%s is waited out for as long as it says: %s', (id, text, waitMs) => {
    expect(noticeVerdict(id, text)).toMatchObject({ waitMs })
  })

  it.each([
    ['msg_timedout', 10 * MINUTE],
    ['msg_followersonly_followed', 10 * MINUTE + 0.5 * SECOND],
  ])('%s without a time is tried again in ten minutes', (id, waitMs) => {
    expect(noticeVerdict(id, 'No numbers here.')).toMatchObject({ waitMs })
  })

  it('msg_slowmode without a time is met as any other refusal for speed', () => {
    expect(noticeVerdict('msg_slowmode', 'Slow down.')).toEqual({ kind: 'too-fast' })
  })

  it('about the room is none about a line', () => {
    for (const id of ['slow_on', 'emote_only_off', 'host_on', 'room_mods', 'unknown'])
      expect(isAboutLine(id)).toBe(false)
    for (const id of ['msg_banned', 'usage_me', 'tos_ban', 'no_permission'])
      expect(isAboutLine(id)).toBe(true)
  })

  it('that answers a join shuts the bot out only where someone must mend it', () => {
    for (const id of ['msg_banned', 'msg_channel_suspended', 'msg_room_not_found', 'tos_ban'])
      expect(isShutOut(id)).toBe(true)
    for (const id of ['msg_emoteonly', 'msg_timedout', 'msg_ratelimit']) expect(isShutOut(id)).toBe(false)
  })
})
