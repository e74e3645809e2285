import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import type { ReplyShare } from '../../src/reply-queue.js'
import type { JointFault } from '../../src/simulator/joint-faults.js'
import { chatMessage } from '../support/chat-message.js'
import { AVA, BEN, PERSONA, SLUR, SPENT, setUp, sharesOf } from './writer-fixture.js'

const by = (login: string, text = '@ava hi') => chatMessage(text, { login })
const three = () => sharesOf([by('ann')], [by('bob')], [by('cid')])
const idsOf = (shares: readonly ReplyShare[]) => shares.map((share) => share.id)
/** Whom a line calls. */
const called = (text: string) => Array.from(text.matchAll(/@(\w+)/g), ([, name]) => name)

describe('JointWriter', () => {
  it('says one line that names and answers each viewer, threaded to nobody', async () => {
    await using at = await setUp()
    at.say('ann: ahoy\nbob: mind the gulls\ncid: aye')
    const shares = three()
    const { line, answered } = await at.join(shares)
    expect(line).toEqual({
      channel: 'mychannel',
      bot: 'Ava',
      text: '@ann ahoy @bob mind the gulls @cid aye',
      parts: [
        { id: shares[0]?.id, login: 'ann', text: 'ahoy' },
        { id: shares[1]?.id, login: 'bob', text: 'mind the gulls' },
        { id: shares[2]?.id, login: 'cid', text: 'aye' },
      ],
    })
    expect(answered).toEqual(idsOf(shares))
    expect(at.filtered).toEqual([])
  })

  it('asks once for all, with what everybody has asked and what had been said by then', async () => {
    await using at = await setUp()
    const asked = [by('ann', '@ava a?'), by('bob', '@ava b?'), by('ann', '@ava and c?')] as const
    for (const message of [by('dan', 'I like cats'), ...asked, by('eve', 'later on')])
      at.conversation.hear(message)
    await at.join(sharesOf([asked[0], asked[2]], [asked[1]]))
    expect(at.prompts()).toHaveLength(1)
    const [prompt = ''] = at.prompts()
    expect(prompt).toContain('I like cats')
    expect(prompt).not.toContain('later on')
    expect(prompt).toContain(
      String.raw`<lines>\n1. ann: @ava a?\n1. ann: @ava and c?\n2. bob: @ava b?\n</lines>`,
    )
    expect(prompt.split('@ava a?')).toHaveLength(2)
  })

  it('begins its prompt as that of a single reply, so that servers can cache it', async () => {
    await using at = await setUp()
    await at.write(by('ann'))
    await at.join(three())
    const [single, joint] = at.prompts().map((prompt) => prompt.split('"role":"user"')[0])
    expect(joint).toBe(single)
    expect(joint).toContain('distrusts seagulls')
  })

  it('asks for shorter answers the more viewers there are, and gives the model tokens for each', async () => {
    await using at = await setUp()
    const logins = Array.from({ length: 6 }, (_, i) => `a_viewer_with_25_letters${i}`)
    await at.join(sharesOf([by('ann')], [by('bob')]))
    await at.join(sharesOf(...logins.map((login) => [by(login)] as const)))
    const asked = at.prompts().map((prompt) => Number(/at most (\d+) characters/.exec(prompt)?.[1]))
    expect(asked).toEqual([120, 44])
    expect(at.prompts().map((prompt) => JSON.parse(prompt).max_tokens)).toEqual([240, 720])
  })

  it.each<[JointFault, string[], string[]]>([
    ['missing', ['ann', 'cid'], ['1 missing']],
    ['doubled', ['ann', 'bob', 'cid'], []],
    ['invented', ['ann', 'bob', 'cid'], []],
    ['shuffled', ['ann', 'bob', 'cid'], []],
    ['json', ['ann', 'bob', 'cid'], []],
    ['prose', ['ann', 'bob', 'cid'], []],
  ])('calls whom it answers where the built-in model gets it wrong: %s', async (how, names, reasons) => {
    await using at = await setUp()
    at.model.script({ kind: 'joint', how })
    const shares = three()
    const { line, answered } = await at.join(shares)
    expect(called(line.text)).toEqual(names)
    expect(answered).toEqual(
      shares.filter((share) => names.includes(share.tasks[0].message.login)).map(({ id }) => id),
    )
    expect(at.reasons()).toEqual(reasons)
  })

  it('fails by its content where nobody is answered, without asking again', async () => {
    await using at = await setUp()
    at.model.script({ kind: 'joint', how: 'garbage' })
    await expect(at.join(three())).rejects.toMatchObject({ code: 'model-empty', scope: 'reply' })
    expect(at.prompts()).toHaveLength(1)
    expect(at.reasons()).toEqual(['1 missing', '1 missing', '1 missing'])
  })

  it.each([
    ['a blocked word', `you ${SLUR}`, 'blocked'],
    ['nothing but points', '...', 'empty'],
    ['a secret', 'sk-proj-4fA9kLm2QwErTyUiOpAsDfGhJkLzXcVb', 'secret'],
    ['a key of this process', 'ZZ-local -key-4711 ok', 'secret'],
    ['its own prompt', PERSONA, 'prompt'],
  ])('leaves out one viewer alone for %s', async (_, text, reason) => {
    await using at = await setUp()
    at.say(`ann: ahoy\nbob: ${text}\ncid: aye`)
    const { line } = await at.join(three())
    expect(line.text).toBe('@ann ahoy @cid aye')
    expect(at.reasons()).toEqual([`1 ${reason}`])
  })

  it('leaves out what would pair with another’s mark, and so change beside it or without it', async () => {
    await using at = await setUp()
    at.say('ann: ahoy\nbob: *loud\ncid: so* quiet')
    const { line } = await at.join(three())
    expect(line.text).toBe('@ann ahoy @bob *loud')
    expect(at.reasons()).toEqual(['1 tangled'])
  })

  it('leaves it out, too, where only somebody between them keeps the two apart', async () => {
    await using at = await setUp()
    at.say('ann: *loud\nbob: 2 * 3\ncid: so* quiet')
    const { line } = await at.join(three())
    expect(line.text).toBe('@ann *loud @bob 2 * 3')
    expect(at.reasons()).toEqual(['1 tangled'])
  })

  it('leaves out a viewer whose very name is blocked', async () => {
    await using at = await setUp()
    at.say(`ann: ahoy\n${SLUR}: aye`)
    const { line } = await at.join(sharesOf([by('ann')], [by(SLUR)]))
    expect(line.text).toBe('@ann ahoy')
  })

  it('calls nobody whom it does not answer, whatever a viewer made the model say', async () => {
    await using at = await setUp()
    at.say('ann: @everyone look at @eve\nbob: /ban ann\r\ncid: ask @bob, cid: ok @cid')
    const { line } = await at.join(three())
    expect(called(line.text)).toEqual(['bob', 'cid'])
    expect(line.text).toBe('@bob ban ann @cid ask')
  })

  it('calls a viewer once, also where the answer calls its viewer again', async () => {
    await using at = await setUp()
    at.say('ann: well, @ann, ahoy\nbob: aye')
    const { line } = await at.join(sharesOf([by('ann')], [by('bob')]))
    expect(line.text).toBe('@ann well, ann, ahoy @bob aye')
  })

  it('gives each viewer an even share of one line, cut behind a word with a sign of it', async () => {
    await using at = await setUp()
    at.say(['ann', 'bob', 'cid'].map((name) => `${name}: ${'gulls '.repeat(200)}`).join('\n'))
    const { line } = await at.join(three())
    expect(line.text.length).toBeLessThanOrEqual(500)
    expect(line.text.length).toBeGreaterThan(480)
    expect(line.parts.map(({ text }) => text.length)).toEqual([156, 156, 156])
    expect(line.text).toMatch(/^(@\w+( gulls)+… ?){3}$/)
  })

  it('leaves what short answers need not to the long ones, and cuts none while all fit', async () => {
    await using at = await setUp()
    const long = `I told ${'the gulls and '.repeat(24)}all`
    at.say(`ann: aye\nbob: ${long}\ncid: no`, `ann: aye\nbob: ${long}\ncid: ${long}`)
    expect((await at.join(three())).line.text).toBe(`@ann aye @bob ${long} @cid no`)
    const { line } = await at.join(three())
    const [ann, bob, cid] = line.parts.map(({ text }) => text)
    expect(ann).toBe('aye')
    expect([bob, cid]).toEqual([expect.stringMatching(/^I told.+(the|gulls|and)…$/), bob])
    expect(line.text.length).toBeGreaterThan(480)
  })

  it('leaves the room of those who are left out to the others', async () => {
    await using at = await setUp()
    const long = `I told ${'the gulls and '.repeat(30)}all`
    at.say(`bob: ${long}`)
    expect((await at.join(three())).line.text).toBe(`@bob ${long}`)
  })

  it('cuts behind a sentence where enough fits', async () => {
    await using at = await setUp()
    const said = `${'The gulls know. '.repeat(8)}They always did, ${'and still do, '.repeat(30)}all.`
    at.say(['ann', 'bob', 'cid'].map((name) => `${name}: ${said}`).join('\n'))
    const { line } = await at.join(three())
    for (const { text } of line.parts) expect(text).toBe('The gulls know. '.repeat(8).trim())
  })

  it('calls viewers in the capitals that they write themselves in, and by the login who go by another name', async () => {
    await using at = await setUp()
    at.say('ann_1: ahoy\nBOB: mind the gulls\ncid: aye')
    const names = [
      ['ann_1', 'Ann_1'],
      ['bob', 'ボブ'],
      ['cid', 'Eve'],
    ] as const
    const shares = sharesOf(
      ...names.map(([login, displayName]) => [chatMessage('@ava hi', { login, displayName })] as const),
    )
    const { line, answered } = await at.join(shares)
    expect(line.text).toBe('@Ann_1 ahoy @bob mind the gulls @cid aye')
    expect(answered).toEqual(idsOf(shares))
    const ids = new Set(idsOf(shares).slice(1))
    expect(at.joint.without(line, ids)?.text).toBe('@Ann_1 ahoy')
  })

  it('answers as many as one line can hold', async () => {
    await using at = await setUp()
    const logins = Array.from({ length: 30 }, (_, i) => `a_viewer_with_24_digit${10 + i}`)
    at.say(logins.map((login) => `${login}: yes`).join('\n'))
    const shares = sharesOf(...logins.map((login) => [by(login)] as const))
    const { answered } = await at.join(shares)
    expect(answered).toEqual(idsOf(shares).slice(0, 10))
  })

  it('answers one of two viewers of the same name', async () => {
    await using at = await setUp()
    at.say('1. ahoy\n2. aye')
    const shares = sharesOf([by('ann')], [by('ann')])
    expect((await at.join(shares)).answered).toEqual([shares[0]?.id])
  })

  it('says what it has just said to one viewer fewer, and never twice', async () => {
    await using at = await setUp()
    at.say(...Array.from({ length: 3 }, () => 'ann: hi\nbob: yo'))
    const two = () => sharesOf([by('ann')], [by('bob')])
    expect((await at.join(two())).line.text).toBe('@ann hi @bob yo')
    expect((await at.join(two())).line.text).toBe('@ann hi')
    await expect(at.join(two())).rejects.toMatchObject({ code: 'model-empty' })
    await at.clock.advance(31 * SECOND)
    at.say('ann: hi\nbob: yo')
    expect((await at.join(two())).line.text).toBe('@ann hi @bob yo')
  })

  it('leaves faults of the model to the queue', async () => {
    await using at = await setUp()
    at.model.script({ kind: 'server-error' })
    await expect(at.join(three())).rejects.toMatchObject({ code: 'model-server-error' })
    expect(at.prompts()).toHaveLength(1)
  })

  it('fails by its content where the server refuses what one of them wrote', async () => {
    await using at = await setUp()
    at.model.script({ kind: 'content-refused' })
    await expect(at.join(three())).rejects.toMatchObject({ code: 'model-empty' })
    expect(at.reasons()).toEqual(['1 refused-prompt'])
  })

  it('ends with the reason of a stop', async () => {
    await using at = await setUp()
    at.model.script({ kind: 'hang' })
    const controller = new AbortController()
    const joining = at.join(three(), controller.signal)
    await at.model.until(() => at.model.inFlight === 1)
    controller.abort('stopped')
    await expect(joining).rejects.toBe('stopped')
  })

  describe('with a moderation endpoint', () => {
    const moderation = { kind: 'marks', words: ['ugly', 'aye @bob nay'] } as const
    const moderated = (at: Awaited<ReturnType<typeof setUp>>) =>
      at.model.records.filter((record) => record.path.endsWith('/moderations')).length

    it('has the line judged once where it is harmless', async () => {
      await using at = await setUp({ server: { moderation } })
      at.say('ann: a\nbob: b\ncid: c')
      await at.join(three())
      expect(moderated(at)).toBe(1)
    })

    it('leaves out whose part is flagged', async () => {
      await using at = await setUp({ server: { moderation } })
      at.say('ann: nice\nbob: ugly\ncid: fine')
      expect((await at.join(three())).line.text).toBe('@ann nice @cid fine')
      expect(at.reasons()).toEqual(['1 flagged'])
      expect(moderated(at)).toBe(5)
    })

    it('says nothing where only the line as a whole is flagged', async () => {
      await using at = await setUp({ server: { moderation } })
      at.say('ann: aye\nbob: nay')
      await expect(at.join(sharesOf([by('ann')], [by('bob')]))).rejects.toMatchObject({ code: 'model-empty' })
    })

    it('says templates while it is out of order', async () => {
      await using at = await setUp({ server: { moderation }, moderation: 'required' })
      at.model.moderate({ kind: 'broken' })
      at.say('ann: first\nbob: second\ncid: third')
      const { line } = await at.join(three())
      expect(line.text).not.toMatch(/first|second|third/)
      expect(called(line.text)).toEqual(['ann', 'bob', 'cid'])
      expect(at.reasons()).toEqual(['1 no-moderation'])
    })
  })

  it('says templates while the word filter is broken', async () => {
    const wordFilter = {
      allows: () => {
        throw new Error('out of order')
      },
    }
    await using at = await setUp({ wordFilter })
    at.say('ann: first\nbob: second\ncid: third')
    const { line } = await at.join(three())
    expect(line.text).not.toMatch(/first|second|third/)
    expect(called(line.text)).toEqual(['ann', 'bob', 'cid'])
  })

  describe('while no model answers', () => {
    const templated = (...templates: string[]) => ({
      bots: [{ ...AVA, templates }, BEN],
      models: { ceiling: SPENT },
    })

    it('says a template to each, another one to everybody', async () => {
      await using at = await setUp({ models: { ceiling: SPENT } })
      const { line, answered } = await at.join(three())
      expect(called(line.text)).toEqual(['ann', 'bob', 'cid'])
      expect(new Set(line.parts.map(({ text }) => text)).size).toBe(3)
      expect(answered).toHaveLength(3)
      expect(at.prompts()).toEqual([])
    })

    it('says one at once from the very reply that shows it', async () => {
      await using at = await setUp({ models: { template: true } })
      at.model.script({ kind: 'unauthorized' })
      expect(called((await at.join(three())).line.text)).toEqual(['ann', 'bob', 'cid'])
    })

    it('takes the bot’s own that fit, without the name that stands there already', async () => {
      const long = 'A very long story of gulls. '.repeat(10)
      await using at = await setUp(templated('The gulls took it, {viewer}.', 'Dear {viewer}, no.', long))
      const { line } = await at.join(sharesOf([by('ann')], [by('bob')]))
      const said = line.parts.map(({ text }) => text).sort()
      expect(said).toEqual(['Dear friend, no.', 'The gulls took it.'])
    })

    it('takes built-in ones where none of its own may be said', async () => {
      await using at = await setUp(templated(`you ${SLUR}`))
      const { line } = await at.join(three())
      expect(line.text).not.toContain(SLUR)
      expect(called(line.text)).toEqual(['ann', 'bob', 'cid'])
    })
  })

  describe('without some of its viewers', () => {
    async function lineForThree(at: Awaited<ReturnType<typeof setUp>>) {
      at.say('ann: ahoy\nbob: mind the gulls\ncid: aye')
      const shares = three()
      const { line } = await at.join(shares)
      const without = (...gone: number[]) =>
        at.joint.without(JSON.parse(JSON.stringify(line)), new Set(gone.flatMap((i) => shares[i]?.id ?? [])))
      return { line, without }
    }

    it('is the same line for the others, also when it comes back from JSON', async () => {
      await using at = await setUp()
      const { line, without } = await lineForThree(at)
      expect(without()?.text).toBe(line.text)
      expect(without(1)).toEqual({
        ...line,
        text: '@ann ahoy @cid aye',
        parts: [line.parts[0], line.parts[2]],
      })
      expect(without(0, 1)?.text).toBe('@cid aye')
      expect(without(0, 1, 2)).toBeUndefined()
    })

    it('is nothing where what is left may not be said, or is no joint line', async () => {
      await using at = await setUp()
      const { line } = await lineForThree(at)
      const none = new Set<never>()
      const [part] = line.parts
      expect(
        at.joint.without({ ...line, parts: [{ ...part, text: 'hi @eve' }] } as never, none),
      ).toBeUndefined()
      expect(at.joint.without({ ...line, parts: [{ ...part, text: SLUR }] } as never, none)).toBeUndefined()
      expect(at.joint.without({ ...line, parts: [{ ...part, login: 7 }] } as never, none)).toBeUndefined()
      expect(at.joint.without({ ...line, bot: 'nobody' } as never, none)).toBeUndefined()
      expect(at.joint.without({ channel: line.channel, text: line.text }, none)).toBeUndefined()
    })
  })
})
