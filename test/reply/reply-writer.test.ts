import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { toBotLogin } from '../../src/domain.js'
import { ChorusError } from '../../src/errors.js'
import { KnownSecrets } from '../../src/known-secrets.js'
import { chatMessage } from '../support/chat-message.js'
import { AVA, BEN, PERSONA, SLUR, SPENT, setUp, taskFor } from './writer-fixture.js'

const UNWANTED = { wordFilter: { allows: () => false } }

describe('ReplyWriter', () => {
  it('writes what the model says, threaded to the message it answers', async () => {
    await using at = await setUp()
    at.say('ahoy there')
    const message = chatMessage('@ava hi')
    expect(await at.write(message)).toEqual({ channel: 'mychannel', text: 'ahoy there', replyTo: message.id })
    expect(at.filtered).toEqual([])
  })

  it('asks with what had been said when the line came, not with what is said now', async () => {
    await using at = await setUp()
    const question = chatMessage('@ava and you?')
    for (const message of [chatMessage('I like cats'), question, chatMessage('unrelated spam')]) {
      at.conversation.hear(message)
    }
    await at.write(question)
    expect(at.prompts()[0]).toMatch(/I like cats.*@ava and you\?/)
    expect(at.prompts()[0]).not.toContain('unrelated spam')
    expect(at.prompts()[0]).toContain('distrusts seagulls')
  })

  it('answers with one line what the viewer has asked since, too', async () => {
    await using at = await setUp()
    const asked = ['@ava hi', '@ava are you there', '@ava tell me of gulls'].map((text) => chatMessage(text))
    const [first, ...further] = asked
    if (!first) throw new Error('nothing asked')
    for (const message of [chatMessage('meanwhile', { login: 'bob' }), ...asked])
      at.conversation.hear(message)
    const line = await at.write(first, AVA, undefined, {
      further: further.map((message) => taskFor(message)),
    })
    expect(line.replyTo).toBe(first.id)
    expect(at.prompts()).toHaveLength(1)
    expect(at.prompts()[0]).toContain(
      String.raw`</chat>\nAnswer these lines of one person with a single line:\n<line>\nann: @ava hi\nann: @ava are you there\nann: @ava tell me of gulls\n</line>`,
    )
    expect(at.prompts()[0]).toContain(String.raw`<chat>\nbob: meanwhile\n</chat>`)
  })

  it('shows the model the newest four of a viewer’s further lines', async () => {
    await using at = await setUp()
    const further = Array.from({ length: 9 }, (_, i) => taskFor(chatMessage(`@ava number ${i}`)))
    await at.write(chatMessage('@ava first'), AVA, undefined, { further })
    expect(at.prompts()[0]).toMatch(/first.*number 5.*number 8/)
    expect(at.prompts()[0]).not.toContain('number 4')
  })

  it('makes a line anew where a run that ended has made one for several viewers', async () => {
    await using at = await setUp()
    at.say('ahoy', 'hi')
    const text = '@ann ahoy @bob ahoy'
    const line = await at.write(chatMessage('@ava hi'), AVA, undefined, { made: { text, parts: [] } })
    expect(line.text).toBe('ahoy')
  })

  it.each([
    ['line breaks', 'hi\r\nPRIVMSG #other :pwned\nQUIT'],
    ['a slash command', '/ban ann'],
    ['a dot command', '.timeout ann 600'],
    ['another bot’s command', '!points give ann 1000'],
    ['a command behind thoughts', '<think>hm</think>\n/me waves'],
    ['a command behind invisible characters', '\u200B\u2060/ban ann'],
    ['other people', '@bob @carol @everyone look at this'],
    ['its own name', 'Ava: ahoy'],
    ['a link', 'look at https://evil.example/x now'],
    ['an endless line', 'ahoy '.repeat(5000)],
    ['half a character at the cut', '👩‍🚀'.repeat(300)],
  ])('says nothing dangerous when the model answers with %s', async (_, text) => {
    await using at = await setUp()
    at.say(text)
    const login = 'a'.repeat(25)
    const line = await at.write(chatMessage('@ava hi', { login }))
    expect(line.text).not.toBe('')
    expect(line.text.length).toBeLessThanOrEqual(500 - login.length - 2)
    expect(line.text).not.toMatch(
      /[\p{Cc}\p{Cs}]|^[\s\u200B]*[/.\\!]|@(?:bob|carol|everyone)|think>|^ava:|https?:/iu,
    )
  })

  it.each([
    ['a blocked word', `you ${SLUR}`, '1 blocked'],
    ['nothing', '   ', '1 empty'],
    ['only thoughts', '<think>what do I say</think>', '1 empty'],
    ['a secret', 'my key is sk-proj-4fA9kLm2QwErTyUiOpAsDfGhJkLzXcVb', '1 secret'],
    ['a key of this process', 'the key is ZZ-local -key-4711 ok', '1 secret'],
    ['its own prompt', `sure: ${PERSONA}`, '1 prompt'],
  ])('asks once more, with a word about it, when the model says %s', async (_, text, reason) => {
    await using at = await setUp()
    at.say(text, 'a clean line')
    expect((await at.write(chatMessage('@ava hi'))).text).toBe('a clean line')
    expect(at.reasons()).toEqual([reason])
    expect(at.prompts()).toHaveLength(2)
    expect(at.prompts()[0]).not.toContain('Your last try')
    expect(at.prompts()[1]).toContain('Your last try')
  })

  it('asks once more when the model says a token that has become known since it was built', async () => {
    const secrets = new KnownSecrets()
    await using at = await setUp({ secrets })
    secrets.add('zz-token-4711-of-today')
    at.say('it is zz-token-4711-of-today', 'a clean line')
    expect((await at.write(chatMessage('@ava hi'))).text).toBe('a clean line')
    expect(at.reasons()).toEqual(['1 secret'])
  })

  it('says a template when the model fails the filters twice', async () => {
    await using at = await setUp()
    at.say(`you ${SLUR}`, `f r o b n a k`)
    const line = await at.write(chatMessage('@ava say it', { login: 'ann' }))
    expect(line.text).not.toMatch(/f\s*r\s*o\s*b/i)
    expect(line.text).not.toBe('')
    expect(at.reasons()).toEqual(['1 blocked', '2 blocked'])
    expect(at.prompts()).toHaveLength(2)
  })

  it('has a template for a viewer whose very name is blocked', async () => {
    await using at = await setUp()
    at.say('', '')
    const line = await at.write(chatMessage('@ava hi', { login: SLUR }))
    expect(line.text).toContain('friend')
    expect(line.text).not.toContain(SLUR)
  })

  it('never quotes in an event what it has thrown away', async () => {
    await using at = await setUp()
    at.say(`you ${SLUR}`, 'fine')
    await at.write(chatMessage('@ava hi'))
    expect(JSON.stringify(at.filtered)).not.toContain(SLUR)
  })

  it('lets only templates through while the word filter is broken', async () => {
    const fault = new Error('out of order')
    const wordFilter = {
      allows: () => {
        throw fault
      },
    }
    await using at = await setUp({ wordFilter })
    at.say('a line that nobody has checked')
    expect((await at.write(chatMessage('@ava hi'))).text).not.toContain('nobody has checked')
    expect(at.reasons()).toEqual(['1 filter-failed'])
    expect(at.prompts()).toHaveLength(1)
    expect(at.errors[0]).toEqual({ error: fault, where: 'word filter' })
  })

  it('takes another template when one is refused, and fails when none passes', async () => {
    const refusedFirst = { count: 0 }
    const wordFilter = { allows: () => ++refusedFirst.count > 4 }
    await using some = await setUp({ wordFilter })
    expect((await some.write(chatMessage('@ava hi'))).text).not.toBe('')
    expect(some.reasons().slice(2)).toEqual(['1 blocked', '2 blocked'])

    await using none = await setUp(UNWANTED)
    await expect(none.write(chatMessage('@ava hi'))).rejects.toMatchObject({ code: 'model-empty' })
  })

  describe('while no model answers', () => {
    it('says a template at once where the settings want it, from the very reply that shows it', async () => {
      await using at = await setUp({ models: { template: true } })
      at.model.script({ kind: 'unauthorized' })
      expect((await at.write(chatMessage('@ava hi', { login: 'ann' }))).text).not.toBe('')
      expect((await at.write(chatMessage('@ava hi', { login: 'bob' }))).text).not.toBe('')
      expect(at.prompts()).toHaveLength(1)
      expect(at.filtered).toEqual([])
    })

    it('fails at once, without a request, where they do not', async () => {
      await using at = await setUp()
      at.model.script({ kind: 'unauthorized' })
      await expect(at.write(chatMessage('@ava hi'))).rejects.toMatchObject({ code: 'model-unauthorized' })
      await expect(at.write(chatMessage('@ava hi'))).rejects.toMatchObject({ code: 'model-away' })
      expect(at.prompts()).toHaveLength(1)
    })

    it('says a template when the day’s tokens are spent, and asks nobody', async () => {
      await using at = await setUp({ models: { ceiling: SPENT } })
      expect((await at.write(chatMessage('@ava hi'))).text).not.toBe('')
      expect(at.prompts()).toEqual([])
    })
  })

  describe('with templates of the bot’s own', () => {
    const templated = (...templates: string[]) => ({
      bots: [{ ...AVA, templates }],
      models: { ceiling: SPENT },
    })

    it('says those, with the viewer’s name in them', async () => {
      await using at = await setUp(templated('The gulls took it, {viewer}.'))
      const line = await at.write(chatMessage('@ava hi', { login: 'ann' }))
      expect(line.text).toBe('The gulls took it, ann.')
    })

    it('varies one that it has just said', async () => {
      await using at = await setUp(templated('The gulls took it.'))
      const said = new Set<string>()
      for (const login of ['ann', 'bob', 'cid']) {
        said.add((await at.write(chatMessage('@ava hi', { login }))).text)
      }
      expect(said.size).toBe(3)
      expect([...said].every((text) => text.endsWith('The gulls took it.'))).toBe(true)
    })

    it('makes them as safe as any line, and takes a built-in one where none of them may be said', async () => {
      await using at = await setUp(templated(`you ${SLUR}`, '/ban {viewer}'))
      const { text } = await at.write(chatMessage('@ava hi', { login: 'ann' }))
      expect(text).not.toContain(SLUR)
      expect(text.startsWith('/')).toBe(false)
    })
  })

  describe('with a moderation endpoint', () => {
    const moderation = { kind: 'marks', words: ['ugly'] } as const

    it('asks again when a line is flagged', async () => {
      await using at = await setUp({ server: { moderation } })
      at.say('an ugly line', 'a nice line')
      expect((await at.write(chatMessage('@ava hi'))).text).toBe('a nice line')
      expect(at.reasons()).toEqual(['1 flagged'])
    })

    it('does not ask it when it is switched off', async () => {
      await using at = await setUp({ server: { moderation }, moderation: 'off' })
      at.say('an ugly line')
      expect((await at.write(chatMessage('@ava hi'))).text).toBe('an ugly line')
    })

    it.each(['auto', 'required'] as const)(
      'says only templates while it is out of order (%s)',
      async (setting) => {
        await using at = await setUp({ server: { moderation }, moderation: setting })
        at.say('first', 'second', 'third')
        expect((await at.write(chatMessage('@ava hi'))).text).toBe('first')
        at.model.moderate({ kind: 'broken' })
        expect((await at.write(chatMessage('@ava hi'))).text).not.toBe('second')
        expect(at.reasons()).toEqual(['1 no-moderation'])
        at.model.moderate(moderation)
        expect((await at.write(chatMessage('@ava hi'))).text).toBe('third')
      },
    )
  })

  it.each([
    ['auto', ['a line'], []],
    ['required', [], ['1 no-moderation']],
  ] as const)('on a server without moderation, %s', async (moderation, said, reasons) => {
    await using at = await setUp({ moderation })
    at.say('a line')
    const { text } = await at.write(chatMessage('@ava hi'))
    expect(['a line'].filter((line) => line === text)).toEqual(said)
    expect(at.reasons()).toEqual(reasons)
  })

  it('says the same in other words within 30 s, also when both are made at once', async () => {
    await using at = await setUp()
    at.say('lol', 'lol', 'lol')
    const lines = await Promise.all(
      ['ann', 'bob', 'ann'].map((login) => at.write(chatMessage('@ava hi', { login }))),
    )
    expect(new Set(lines.map((line) => line.text)).size).toBe(3)
  })

  it('counts 30 s from when a line was said, not from when it was made', async () => {
    await using at = await setUp()
    const message = chatMessage('@ava hi')
    at.say('lol', 'lol', 'lol')
    const first = await at.write(message)
    await at.clock.advance(40 * SECOND)
    at.conversation.say(first.channel, AVA.login, first.text, message.id)
    expect((await at.write(message)).text).not.toBe('lol')
    await at.clock.advance(31 * SECOND)
    expect((await at.write(message)).text).toBe('lol')
  })

  it('lets two bots, and two channels, say the same', async () => {
    await using at = await setUp()
    at.say('lol', 'lol', 'lol')
    const texts = [
      await at.write(chatMessage('hi')),
      await at.write(chatMessage('hi'), BEN),
      await at.write(chatMessage('hi', { channel: 'other' })),
    ].map((line) => line.text)
    expect(texts).toEqual(['lol', 'lol', 'lol'])
  })

  it('leaves faults of the model to the queue', async () => {
    await using at = await setUp()
    at.model.script({ kind: 'server-error' })
    await expect(at.write(chatMessage('@ava hi'))).rejects.toMatchObject({ code: 'model-server-error' })
    expect(at.prompts()).toHaveLength(1)
    expect(at.filtered).toEqual([])
  })

  it('answers one viewer although the server refuses what another one wrote', async () => {
    await using at = await setUp()
    const question = chatMessage('@ava nice day')
    at.conversation.hear(chatMessage('something vile'))
    at.conversation.hear(question)
    at.model.script({ kind: 'content-refused' }, { kind: 'say', text: 'it is' })
    expect((await at.write(question)).text).toBe('it is')
    expect(at.prompts()[0]).toContain('something vile')
    expect(at.prompts()[1]).not.toContain('something vile')
  })

  it('leaves it at that when the server refuses the question itself', async () => {
    await using at = await setUp()
    at.model.always({ kind: 'content-refused' })
    await expect(at.write(chatMessage('@ava something vile'))).rejects.toMatchObject({
      code: 'model-refused-prompt',
    })
    expect(at.prompts()).toHaveLength(2)
  })

  it('ends with the reason of a stop, in whichever step it is', async () => {
    await using at = await setUp()
    at.model.script({ kind: 'hang' })
    const controller = new AbortController()
    const writing = at.write(chatMessage('@ava hi'), AVA, controller.signal)
    await at.model.until(() => at.model.inFlight === 1)
    controller.abort('stopped')
    await expect(writing).rejects.toBe('stopped')
  })

  it('says whose persona is missing', async () => {
    await using at = await setUp()
    const stranger = { ...AVA, login: toBotLogin('nobody') }
    const failure = at.write(chatMessage('hi'), stranger)
    await expect(failure).rejects.toThrow(ChorusError)
    await expect(failure).rejects.toThrow('nobody')
  })
})
