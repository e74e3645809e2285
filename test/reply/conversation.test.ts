import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { toBotLogin, toChannelName } from '../../src/domain.js'
import { Conversation } from '../../src/reply/conversation.js'
import { chatMessage } from '../support/chat-message.js'
import { ManualClock } from '../support/manual-clock.js'

const CHANNEL = toChannelName('mychannel')
const AVA = toBotLogin('Ava')

function setUp() {
  const clock = new ManualClock()
  return { clock, conversation: new Conversation({ clock }) }
}

const textsOf = (lines: readonly { readonly text: string }[]) => lines.map((line) => line.text)

describe('Conversation', () => {
  it('gives the lines up to the question, not those that came while it waited', () => {
    const { conversation } = setUp()
    const question = chatMessage('what now?')
    for (const text of ['one', 'two']) conversation.hear(chatMessage(text))
    conversation.hear(question)
    for (const text of ['later', 'much later']) conversation.hear(chatMessage(text))
    expect(textsOf(conversation.around(question, 10))).toEqual(['one', 'two', 'what now?'])
    expect(textsOf(conversation.around(question, 2))).toEqual(['two', 'what now?'])
  })

  it('gives just the question when a flood has pushed it out', () => {
    const { conversation } = setUp()
    const question = chatMessage('still there?', { login: 'ann' })
    conversation.hear(question)
    for (let i = 0; i < 600; i++) conversation.hear(chatMessage(`spam ${i}`))
    expect(conversation.around(question, 10)).toEqual([
      { id: question.id, name: 'ann', text: 'still there?' },
    ])
  })

  it('keeps order when the ring has gone round several times', () => {
    const { conversation } = setUp()
    const messages = Array.from({ length: 1733 }, (_, i) => chatMessage(`line ${i}`))
    for (const message of messages) conversation.hear(message)
    const last = messages[1732] ?? expect.unreachable()
    const lines = textsOf(conversation.around(last, 10_000))
    expect(lines).toHaveLength(500)
    expect(lines.at(0)).toBe('line 1233')
    expect(lines.at(-1)).toBe('line 1732')
  })

  it('keeps channels apart', () => {
    const { conversation } = setUp()
    conversation.hear(chatMessage('elsewhere', { channel: 'other' }))
    const question = chatMessage('here')
    conversation.hear(question)
    expect(textsOf(conversation.around(question, 10))).toEqual(['here'])
  })

  it.each([
    ['after it was told', true],
    ['before it was told', false],
  ])('has a line of ours once, when its echo comes %s', (_, isToldFirst) => {
    const { conversation } = setUp()
    const parent = chatMessage('hi @ava', { login: 'ann' })
    conversation.hear(parent)
    const echo = chatMessage('@ann hello you', { login: 'ava' })
    const tell = () => conversation.say(CHANNEL, AVA, 'hello you', parent.id)
    if (isToldFirst) tell()
    conversation.hear(echo)
    if (!isToldFirst) tell()
    const question = chatMessage('next')
    conversation.hear(question)
    expect(textsOf(conversation.around(question, 10))).toEqual(['hi @ava', '@ann hello you', 'next'])
    expect(textsOf(conversation.around(echo, 10))).toEqual(['hi @ava', '@ann hello you'])
  })

  it('has a line twice that was really said twice', () => {
    const { conversation } = setUp()
    for (let i = 0; i < 2; i++) {
      conversation.say(CHANNEL, AVA, 'lol')
      conversation.hear(chatMessage('lol', { login: 'ava' }))
    }
    const question = chatMessage('next')
    conversation.hear(question)
    expect(textsOf(conversation.around(question, 10))).toEqual(['lol', 'lol', 'next'])
  })

  it('does not take a viewer who repeats a bot for its echo', () => {
    const { conversation } = setUp()
    conversation.say(CHANNEL, AVA, 'lol')
    const question = chatMessage('lol', { login: 'ann' })
    conversation.hear(question)
    expect(textsOf(conversation.around(question, 10))).toEqual(['lol', 'lol'])
  })

  it('knows for as long as asked what a bot has said', async () => {
    const { clock, conversation } = setUp()
    conversation.say(CHANNEL, AVA, 'lol')
    await clock.advance(29 * SECOND)
    expect(conversation.hasSaid(CHANNEL, toBotLogin('ava'), 'lol', 30 * SECOND)).toBe(true)
    expect(conversation.hasSaid(CHANNEL, toBotLogin('ben'), 'lol', 30 * SECOND)).toBe(false)
    await clock.advance(SECOND)
    expect(conversation.hasSaid(CHANNEL, AVA, 'lol', 30 * SECOND)).toBe(false)
  })

  it('cuts off what is longer than a line of chat can be', () => {
    const { conversation } = setUp()
    const question = chatMessage('x'.repeat(10_000))
    conversation.hear(question)
    expect(conversation.around(question, 1)[0]?.text).toHaveLength(500)
  })
})
