import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toPrivmsg } from '../../src/chat/privmsg.js'
import { toSyntheticId } from '../../src/chat/synthetic-id.js'
import { type ChatText, toChannelName, toMessageId } from '../../src/domain.js'

const channel = toChannelName('mychannel')
const say = (text: string, replyTo?: string) =>
  toPrivmsg({
    channel,
    text: text as ChatText,
    ...(replyTo !== undefined && { replyTo: toMessageId(replyTo) }),
  })

describe('toPrivmsg', () => {
  it('writes a plain line', () => {
    expect(say('hello there')).toBe('PRIVMSG #mychannel :hello there')
  })

  it('threads a reply to the message it answers', () => {
    expect(say('hi', '1c5f-ab')).toBe('@reply-parent-msg-id=1c5f-ab PRIVMSG #mychannel :hi')
  })

  it('threads nothing to an id that Chorus made up', () => {
    expect(say('hi', toSyntheticId(['a line without an id']))).toBe('PRIVMSG #mychannel :hi')
  })

  it.each([
    ['a second command', 'a\r\nPRIVMSG #mychannel :b'],
    ['a lone line feed', 'a\nb'],
    ['a NUL', 'a\0b'],
    ['an action', '\u0001ACTION waves\u0001'],
    ['a slash command', '/ban ann'],
    ['a dot command', '.ban ann'],
    ['a backslash command', '\\ban ann'],
    ['nothing', ''],
    ['501 units', 'x'.repeat(501)],
  ])('refuses %s, without quoting it', (_what, text) => {
    expect(() => say(text)).toThrow(expect.objectContaining({ code: 'reply-failed' }))
    if (text) expect(() => say(text)).not.toThrow(text)
  })

  it.each(['two words', 'a;b=c', 'a\r\nQUIT', ''])('refuses the parent id %j', (id) => {
    expect(() => say('hi', id)).toThrow('malformed id')
  })

  it('refuses a channel that is no name', () => {
    for (const name of ['my channel', 'a,b', '', 'x\r\nQUIT']) {
      expect(() => toPrivmsg({ channel: toChannelName(name), text: 'hi' as ChatText })).toThrow('channel')
    }
  })

  it('makes exactly one IRC line of any text, or throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        let line = ''
        try {
          line = say(text)
        } catch {
          return
        }
        expect(line).toBe(`PRIVMSG #mychannel :${text}`)
        expect(line).not.toMatch(/[\r\n\0]/)
      }),
    )
  })
})
