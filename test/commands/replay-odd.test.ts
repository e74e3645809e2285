import { describe, expect, it } from 'vitest'
import { replays } from './replay-fixture.js'

const replay = replays()

const said = (id: string, text: string, channel = 'north') =>
  `@id=${id};user-id=77;room-id=1;tmi-sent-ts=1750000000000 :ann!ann@ann.tmi.twitch.tv PRIVMSG #${channel} :${text}`

describe('an odd recording', () => {
  it('with lines that are cut off or no IRC is replayed whole: each of them is counted', async () => {
    const damaged = [
      '@',
      ':',
      '@id=cut;user-id=7',
      '@id=cut-2 :ann!ann@ann.tmi.twitch.tv',
      '@id=cut-3;tmi-sent-ts=1750000000000 :ann!ann@ann.tmi.twitch.tv PRIVMSG',
      '@id=cut-4;tmi-sent-ts=1750000000000 :ann!ann@ann.tmi.twitch.tv PRIVMSG #north',
      ':ann!ann@ann.tmi.twitch.tv PRIVMSG #no\u0007rth :a bell in the channel',
      ':ann!ann@ann.tmi.twitch.tv PRIVMSG # :no channel',
      'what is this',
      '\u0001\u001b[31mred',
      '=;=; =;',
    ]
    const report = await replay([...damaged, said('whole', '@viewer_3 hello'), ...damaged])
    expect(report.lines).toMatch(/^23 \(/)
    expect(report).toMatchObject({
      channels: 'north',
      heard: '1 lines of chat',
      mentions: '1 (1 Viewer_3)',
      decisions: '1 reply to a mention',
      replies: '1 accepted: 1 sent',
      errors: '0',
    })
    expect(Object.values(report).join('')).not.toMatch(/\p{Cc}/u)
  })

  it('with empty lines and lines that end in CR is read without them', async () => {
    const report = await replay([
      '',
      `${said('one', 'hello @viewer_3')}\r`,
      '   ',
      '\r',
      said('two', '!hi'),
      '',
    ])
    expect(report.lines).toBe('2 (2 PRIVMSG)')
    expect(report.decisions?.split(', ').sort()).toEqual(['1 command', '1 reply to a mention'])
  })

  it('without tags, ids or times is replayed at once, and each line counts, the same ones too', async () => {
    const bare = ':bob!bob@bob.tmi.twitch.tv PRIVMSG #north :@viewer_3 again'
    const report = await replay([
      bare,
      bare,
      `@user-id=5 ${bare}`,
      `@id=;user-id=5 ${bare}`,
      `@tmi-sent-ts=never ${bare}`,
      '@msg-id=resub;login=cid :tmi.twitch.tv USERNOTICE #north :@viewer_7 a year already',
      '@msg-id=sub;login=cid :tmi.twitch.tv USERNOTICE #north',
    ])
    expect(report).toMatchObject({
      lines: '7 (5 PRIVMSG, 2 USERNOTICE)',
      recorded: '0.0 s, up to 7 lines a second, replayed 20 times as fast',
      heard: '6 lines of chat',
      mentions: '6 (5 Viewer_3, 1 viewer_7)',
      decisions: '6 reply to a mention',
      replies: '6 accepted: 6 sent',
    })
  })

  it('with one line twice, or in two rooms of a shared chat, answers it once', async () => {
    const copy = (id: string, source: string, channel: string, room: number) =>
      `@id=${id};source-id=${source};source-room-id=1;room-id=${room} :ann!ann@ann.tmi.twitch.tv PRIVMSG #${channel} :@viewer_3 hi`
    const twice = said('twice', '@viewer_7 hello')
    const report = await replay([
      twice,
      twice,
      copy('first', 'first', 'north', 1),
      copy('copy-1', 'first', 'south', 2),
      copy('copy-2', 'second', 'south', 2),
      copy('second', 'second', 'north', 1),
    ])
    expect(report).toMatchObject({
      lines: '6 (6 PRIVMSG)',
      channels: 'north, south',
      heard: '3 lines of chat',
      mentions: '3 (1 viewer_7, 2 Viewer_3)',
      replies: '3 accepted: 3 sent',
    })
  })

  it('in which the accounts that are bots now came, went and were refused does not confuse them', async () => {
    const report = await replay([
      ':viewer_3!viewer_3@viewer_3.tmi.twitch.tv JOIN #north',
      '@mod=0 :tmi.twitch.tv USERSTATE #north',
      ':viewer_3!viewer_3@viewer_3.tmi.twitch.tv PART #north',
      '@msg-id=msg_banned :tmi.twitch.tv NOTICE #north :You are permanently banned.',
      ':tmi.twitch.tv NOTICE * :Login authentication failed',
      ':tmi.twitch.tv RECONNECT',
      'PING :tmi.twitch.tv',
      said('after', '@viewer_3 still here?'),
    ])
    expect(report).toMatchObject({ mentions: '1 (1 Viewer_3)', replies: '1 accepted: 1 sent', errors: '0' })
  })

  it('of no channel, or of more than an account can be in, is refused in words', async () => {
    await expect(replay(['PING :tmi.twitch.tv', 'nonsense'])).rejects.toMatchObject({
      code: 'file-missing',
      message: 'The recording holds no line of any channel.',
    })
    await expect(replay([])).rejects.toMatchObject({ code: 'file-missing' })
    const many = Array.from({ length: 101 }, (_, place) => said(`m-${place}`, 'hi', `room_${place}`))
    await expect(replay(many)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('101 channels'),
    })
  })
})
