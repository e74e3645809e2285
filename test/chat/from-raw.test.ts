import { createRequire } from 'node:module'
import fc from 'fast-check'
import tmi from 'tmi.js'
import { describe, expect, it } from 'vitest'
import { fromRaw, type RawLine } from '../../src/chat/from-raw.js'
import { fromTmi } from '../../src/chat/from-tmi.js'
import type { ChatMessage } from '../../src/domain.js'

const parser: { msg(line: string): RawLine } = createRequire(import.meta.url)('tmi.js/lib/parser.js')

const read = (line: string) => fromRaw(parser.msg(line), 7)

/** The same line by the long way: through tmi.js' own events. */
function readByEvents(line: string): ChatMessage | undefined {
  const client = new tmi.Client({ logger: { info() {}, warn() {}, error() {} } })
  let message: ChatMessage | undefined
  const hear = (channel: string, tags: object, text: string) => {
    message = fromTmi(channel, tags, text, false, 7)
  }
  client.on('message', hear)
  client.on('cheer', hear)
  ;(client as unknown as { handleMessage(line: RawLine): void }).handleMessage(parser.msg(line))
  return message
}

/** What ends a line or frames an action. */
const FRAMES = ['\r', '\n', '\0', '\u0001']
const word = fc.stringMatching(/^[a-z][a-z0-9_]{2,12}$/)
const uuid = fc.uuid()
const lines = fc
  .record({
    nick: word,
    name: fc.oneof(word, fc.constantFrom('', 'Two\\sWords', '小林', 'a\\:b', 'c\\\\d')),
    badges: fc.subarray([
      'moderator/1',
      'lead_moderator/1',
      'vip/1',
      'broadcaster/1',
      'subscriber/3012',
      'founder/0',
      'turbo/1',
    ]),
    id: uuid,
    parent: fc.option(fc.tuple(uuid, word)),
    source: fc.option(fc.tuple(uuid, fc.constantFrom('4711', '4712'))),
    bits: fc.boolean(),
    isAction: fc.boolean(),
    text: fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => text.trim() === text && !FRAMES.some((character) => text.includes(character))),
  })
  .map(({ nick, name, badges, id, parent, source, bits, isAction, text }) => {
    const tags = [
      `badge-info=`,
      `badges=${badges.join(',')}`,
      ...(bits ? ['bits=100'] : []),
      `display-name=${name}`,
      'emotes=25:0-4/1902:6-10,12-16',
      `id=${id}`,
      ...(parent ? [`reply-parent-msg-id=${parent[0]}`, `reply-parent-user-login=${parent[1]}`] : []),
      'room-id=4711',
      ...(source ? [`source-id=${source[0]}`, `source-room-id=${source[1]}`] : []),
      'user-id=48215771',
    ]
    const words = isAction ? `\u0001ACTION ${text}\u0001` : text
    return `@${tags.join(';')} :${nick}!${nick}@${nick}.tmi.twitch.tv PRIVMSG #here :${words}`
  })

describe('fromRaw', () => {
  it('reads every line as tmi.js’ own events would have told it', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const message = read(line)
        expect(message).toBeDefined()
        expect(message).toEqual(readByEvents(line))
      }),
      { numRuns: 500 },
    )
  })

  it('reads the words of a resub, by the login in its tags', () => {
    const line =
      '@badges=subscriber/9;display-name=Ann;id=r1;login=ann;msg-id=resub;user-id=7 :tmi.twitch.tv USERNOTICE #here'
    expect(read(`${line} :five months!`)).toMatchObject({ id: 'r1', login: 'ann', text: 'five months!' })
    expect(read(line)).toBeUndefined()
  })

  it('reads an action whose end was cut off', () => {
    expect(read(':ann!ann@x PRIVMSG #here :\u0001ACTION waves')).toMatchObject({
      login: 'ann',
      text: 'waves',
    })
  })

  it('takes a tag without a value for a missing one', () => {
    const message = read('@badges=;display-name=;id=;user-id= :ann!ann@x PRIVMSG #here :hi')
    expect(message).toMatchObject({ userId: 'login:ann', displayName: 'ann', roles: { moderator: false } })
  })

  it('never throws at a line that is none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const raw of [text, `@${text} :x PRIVMSG #y :z`, `:${text} PRIVMSG #y :z`, `PRIVMSG ${text}`]) {
          const line = parser.msg(raw)
          if (line) fromRaw(line, 0)
        }
      }),
    )
  })
})
