import { describe, expect, it } from 'vitest'
import type { RawLine } from '../../src/chat/from-raw.js'
import { parseClearing, parseRoomState, parseUserState } from '../../src/chat/state-lines.js'

const raw = (
  command: string,
  params: readonly string[],
  tags: Readonly<Record<string, unknown>> = {},
): RawLine => ({
  command,
  prefix: 'tmi.twitch.tv',
  params,
  tags,
})

describe('USERSTATE', () => {
  it('tells what the account is, and which line was taken', () => {
    const tags = { badges: 'moderator/1,subscriber/12', 'client-nonce': 'n1', id: 'abc' }
    expect(parseUserState(raw('USERSTATE', ['#Here'], tags))).toEqual({
      channel: 'here',
      roles: { broadcaster: false, moderator: true, vip: false, subscriber: true },
      nonce: 'n1',
      id: 'abc',
    })
  })

  it('has neither nonce nor id after a join; an empty tag is none', () => {
    const tags = { badges: true, 'client-nonce': true, mod: '1' }
    expect(parseUserState(raw('USERSTATE', ['#here'], tags))).toEqual({
      channel: 'here',
      roles: { broadcaster: false, moderator: false, vip: false, subscriber: false },
    })
  })
})

describe('ROOMSTATE', () => {
  it('tells the modes of a room, and later only what has changed', () => {
    const all = { 'emote-only': '0', 'subs-only': '1', slow: '30', 'followers-only': '-1', r9k: '0' }
    expect(parseRoomState(raw('ROOMSTATE', ['#here'], all))).toEqual({
      channel: 'here',
      modes: { isEmoteOnly: false, isSubscribersOnly: true, slowMs: 30_000 },
    })
    expect(parseRoomState(raw('ROOMSTATE', ['#here'], { slow: '0' })).modes).toEqual({ slowMs: 0 })
  })

  it('is not believed where it makes no sense', () => {
    expect(parseRoomState(raw('ROOMSTATE', ['#here'], { slow: 'very' })).modes).toEqual({})
  })
})

describe('what moderators clear away', () => {
  it.each([
    [
      raw('CLEARMSG', ['#here', 'bad words'], { 'target-msg-id': 'm1' }),
      { kind: 'message', channel: 'here', id: 'm1' },
    ],
    [
      raw('CLEARMSG', ['#here', 'bad words'], { 'target-msg-id': 'm1', login: 'ann' }),
      { kind: 'message', channel: 'here', id: 'm1', login: 'ann' },
    ],
    [raw('CLEARMSG', ['#here', 'bad words']), undefined],
    [raw('CLEARCHAT', ['#here']), { kind: 'chat', channel: 'here' }],
    [
      raw('CLEARCHAT', ['#here', 'ann'], { 'target-user-id': 'u1', 'ban-duration': '600' }),
      { kind: 'user', channel: 'here', userId: 'u1', login: 'ann' },
    ],
    [
      raw('CLEARCHAT', ['#here', 'ann']),
      { kind: 'user', channel: 'here', userId: 'login:ann', login: 'ann' },
    ],
  ])('is read from %j', (line, clearing) => {
    expect(parseClearing(line)).toEqual(clearing)
  })
})
