import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromTmi } from '../../src/chat/from-tmi.js'
import { isSyntheticId } from '../../src/chat/synthetic-id.js'
import { systemClock } from '../../src/clock.js'

const TAGS = {
  id: 'ca561310-6855',
  'user-id': '48215771',
  username: 'onche',
  'display-name': 'Onche',
  'room-id': '71092938',
  badges: { subscriber: '3' },
}
const read = (tags: object = {}, text = 'hello') =>
  fromTmi('#MyChannel', { ...TAGS, ...tags }, text, false, 7)

describe('fromTmi', () => {
  it('reads an ordinary line', () => {
    expect(read()).toEqual({
      id: 'ca561310-6855',
      channel: 'mychannel',
      userId: '48215771',
      login: 'onche',
      displayName: 'Onche',
      text: 'hello',
      roles: { broadcaster: false, moderator: false, vip: false, subscriber: true },
      isMirrored: false,
      arrivedAtMs: 7,
    })
  })

  it('takes the roles from badges alone', () => {
    expect(read({ mod: true, badges: null }).roles.moderator).toBe(false)
    expect(read({ badges: { moderator: '1', vip: '1' } }).roles).toMatchObject({ moderator: true, vip: true })
    expect(read({ badges: { lead_moderator: '1' } }).roles.moderator).toBe(true)
    expect(read({ badges: { broadcaster: '1', founder: '0' } }).roles).toMatchObject({
      broadcaster: true,
      subscriber: true,
    })
  })

  it('gives back the "1" and "0" that tmi.js makes booleans of', () => {
    const message = read({
      id: true,
      'user-id': false,
      'reply-parent-msg-id': true,
      'reply-parent-user-login': 'B',
    })
    expect(message).toMatchObject({ id: '1', userId: '0', replyTo: { id: '1', login: 'b' } })
  })

  it('knows whose line a reply answers', () => {
    expect(read({ 'reply-parent-msg-id': 'p1', 'reply-parent-user-login': 'ava' }).replyTo).toEqual({
      id: 'p1',
      login: 'ava',
    })
    expect(read().replyTo).toBeUndefined()
  })

  it('gives a shared-chat copy the id of its original and says that it is one', () => {
    const original = read({ 'source-id': 'ca561310-6855', 'source-room-id': '71092938' })
    const copy = read({ id: 'other', 'source-id': 'ca561310-6855', 'source-room-id': '99' })
    expect(original).toMatchObject({ id: 'ca561310-6855', isMirrored: false })
    expect(copy).toMatchObject({ id: 'ca561310-6855', isMirrored: true })
  })

  it('drops the invisible characters that clients append, and keeps emoji whole', () => {
    expect(read({}, '@ava hi \u{e0000}').text).toBe('@ava hi')
    expect(read({}, '@av\u034fa\u200b hi\ufeff').text).toBe('@ava hi')
    expect(read({}, '👨‍👩‍👧 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿').text).toBe('👨‍👩‍👧 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿')
    expect(read({ 'display-name': '\u{e0000}' }).displayName).toBe('onche')
  })

  it('gives a line without an id the same one on every connection, and another line another', () => {
    const one = read({ id: undefined, 'tmi-sent-ts': '1568505600501' })
    const heardAgain = fromTmi(
      '#MyChannel',
      { ...TAGS, id: null, 'tmi-sent-ts': '1568505600501' },
      'hello',
      false,
      9,
    )
    const next = read({ id: undefined, 'tmi-sent-ts': '1568505600502' })
    expect(heardAgain.id).toBe(one.id)
    expect(next.id).not.toBe(one.id)
    expect(isSyntheticId(one.id)).toBe(true)
  })

  it('does not believe the id of an own line: tmi.js gives it that of the line before', () => {
    const first = fromTmi('#mychannel', TAGS, 'one', true, 1)
    const second = fromTmi('#mychannel', TAGS, 'two', true, 2)
    expect(isSyntheticId(first.id)).toBe(true)
    expect(second.id).not.toBe(first.id)
  })

  it('takes the clock of the process when none is given', () => {
    const clock = systemClock()
    const before = clock.now()
    const { arrivedAtMs } = fromTmi('#mychannel', TAGS, 'hi', false)
    expect(arrivedAtMs).toBeGreaterThanOrEqual(before)
    expect(arrivedAtMs).toBeLessThanOrEqual(clock.now())
  })

  it('never throws and always gives a JSON-safe message, whatever the tags are', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string({ unit: 'binary' }), fc.string(), (tags, text, channel) => {
        const message = fromTmi(channel, tags, text, false, 0)
        expect(typeof message.id).toBe('string')
        expect(message.id).not.toBe('')
        expect(JSON.parse(JSON.stringify(message))).toEqual(message)
      }),
    )
  })
})
