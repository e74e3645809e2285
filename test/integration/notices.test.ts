import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import { PacedClock } from '../support/paced-clock.js'
import { CHANNEL, choruses, type Fixture } from './chorus-fixture.js'
import { AT_ONCE, ask, attemptsFor, gapsOf, outcomeOf, outcomeSoFar, untilTried } from './questions.js'
import { expectPromiseKept } from './said-once.js'

/*
 * Goal: whatever Twitch objects to in a line, the reply ends as the objection asks for. Method: one question, and a
 * Twitch that refuses its answer, by a rule of its own where it has one, else because the test says so.
 */

const start = choruses()
const QUICK = { ...AT_ONCE, factor: 20 }
const ALONE = { ...QUICK, bots: ['ava'] }

const refusals = ({ record }: Fixture) => record.of('line:refused').map(({ notice }) => notice)
const textsOf = (chorus: Fixture, question: string) => attemptsFor(chorus, question).map(({ text }) => text)
const verdictsOf = (chorus: Fixture, question: string) =>
  attemptsFor(chorus, question).map(({ verdict }) => verdict)
const parked = ({ chorus }: Fixture) => chorus.chatStatus().parked

describe('msg_ratelimit', () => {
  it('once: the same line is said after more than a second', async () => {
    const chorus = await start({ ...ALONE, factor: 10 })
    chorus.twitch.refuseMessages('msg_ratelimit')
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent' })
    const attempts = attemptsFor(chorus, question)
    expect(attempts.map(({ verdict }) => verdict)).toEqual(['msg_ratelimit', 'delivered'])
    expect(gapsOf(attempts)[0]).toBeGreaterThanOrEqual(1.1 * SECOND)
    expect(gapsOf(attempts)[0]).toBeLessThan(15 * SECOND)
    expect(new Set(textsOf(chorus, question)).size).toBe(1)
    await expectPromiseKept(chorus)
  })

  it('twice: a whole window is waited for', async () => {
    const chorus = await start({ ...ALONE, factor: 40 })
    chorus.twitch.refuseMessages('msg_ratelimit', { times: 2 })
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent' })
    const [, second = 0] = gapsOf(attemptsFor(chorus, question))
    expect(second).toBeGreaterThanOrEqual(30 * SECOND)
    expect(second).toBeLessThan(60 * SECOND)
    await expectPromiseKept(chorus)
  })

  it('three times: the account is parked, probed with the line that waits, and unparked; the others go on', async () => {
    const chorus = await start({ ...QUICK, factor: 40 })
    const { record } = chorus
    chorus.twitch.refuseMessages('msg_ratelimit', { times: 3, login: 'ava' })
    const question = ask(chorus)
    await record.until(() => record.of('bot:parked').length === 1)
    expect(record.of('bot:parked')).toMatchObject([
      { bot: 'ava', reason: expect.stringContaining('too fast') },
    ])
    expect(parked(chorus)).toMatchObject([{ bot: 'ava' }])
    const other = ask(chorus, { bot: 'ben' })
    expect(await outcomeOf(chorus, other)).toMatchObject({ kind: 'sent' })
    expect(outcomeSoFar(chorus, question)).toBeUndefined()
    expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent' })
    expect(gapsOf(attemptsFor(chorus, question))[2]).toBeGreaterThanOrEqual(30 * SECOND)
    await record.until(() => record.of('bot:unparked').length === 1)
    expect(parked(chorus)).toEqual([])
    await expectPromiseKept(chorus)
  })
})

describe('slow mode', () => {
  it('that only a refusal tells of is waited for as long as it says', async () => {
    const chorus = await start(ALONE)
    const text =
      'This room is in slow mode and you are sending messages too quickly. You will be able to talk again in 7 seconds.'
    chorus.twitch.refuseMessages('msg_slowmode', { text })
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent' })
    const [gap = 0] = gapsOf(attemptsFor(chorus, question))
    expect(gap).toBeGreaterThanOrEqual(7 * SECOND)
    expect(gap).toBeLessThan(20 * SECOND)
    await expectPromiseKept(chorus)
  })

  it('that the room has told of is kept to without a single refusal', async () => {
    const chorus = await start(ALONE)
    chorus.room.setMode({ slowSeconds: 5 })
    for (const viewer of ['ann', 'bob', 'cid']) ask(chorus, { viewer })
    await chorus.record.settled(3)
    const attempts = chorus.twitch.ledger.attempts()
    expect(attempts.map(({ verdict }) => verdict)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(Math.min(...gapsOf(attempts))).toBeGreaterThanOrEqual(5 * SECOND)
    await expectPromiseKept(chorus)
  })
})

describe('another text is made and said, once,', () => {
  it.each(['msg_duplicate', 'msg_r9k', 'msg_rejected_mandatory', 'msg_bad_characters', 'unrecognized_cmd'])(
    'when a fresh line is refused by %s',
    async (notice) => {
      const chorus = await start(ALONE)
      chorus.twitch.refuseMessages(notice)
      const question = ask(chorus)
      expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent' })
      expect(verdictsOf(chorus, question)).toEqual([notice, 'delivered'])
      expect(new Set(textsOf(chorus, question)).size).toBe(2)
      await expectPromiseKept(chorus)
    },
  )

  it('in a room that really takes no line twice', async () => {
    const chorus = await start(ALONE)
    chorus.model.script({ kind: 'say', text: 'Pineapple belongs there.' })
    chorus.room.setMode({ unique: true })
    chorus.room.say('cid', 'Pineapple belongs there.')
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent' })
    expect(verdictsOf(chorus, question)).toEqual(['msg_r9k', 'delivered'])
    await expectPromiseKept(chorus)
  })
})

describe('a reply that is refused whatever its text', () => {
  it.each(['msg_rejected_mandatory', 'usage_me', 'msg_of_tomorrow'])(
    'by %s is given up after the configured attempts, and the next one is made',
    async (notice) => {
      const chorus = await start({
        ...ALONE,
        config: { ...AT_ONCE.config, retry: { attempts: 3, base: 0.1 } },
      })
      chorus.twitch.refuseMessages(notice, { times: 3 })
      const question = ask(chorus)
      expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'dead', code: 'line-refused' })
      expect(verdictsOf(chorus, question)).toEqual([notice, notice, notice])
      expect(await outcomeOf(chorus, ask(chorus))).toMatchObject({ kind: 'sent' })
      await expectPromiseKept(chorus)
    },
  )
})

it('a line that Twitch confirms although it sends a NOTICE that nobody knows counts as sent, once', async () => {
  const chorus = await start(ALONE)
  chorus.twitch.remarkOnMessages('msg_of_tomorrow')
  const question = ask(chorus)
  const shown = { id: expect.any(String) }
  expect(await outcomeOf(chorus, question)).toEqual({ kind: 'sent', ...shown })
  expect(refusals(chorus)).toEqual(['msg_of_tomorrow'])
  expect(await outcomeOf(chorus, ask(chorus))).toMatchObject({ kind: 'sent' })
  expect(verdictsOf(chorus, question)).toEqual(['delivered'])
  await expectPromiseKept(chorus)
})

it('a line that AutoMod holds is sent, held, and never written again', async () => {
  const chorus = await start(ALONE)
  chorus.twitch.holdByAutoMod(1)
  const held = ask(chorus)
  expect(await outcomeOf(chorus, held)).toEqual({ kind: 'sent', heldByAutoMod: true })
  expect(await outcomeOf(chorus, ask(chorus))).toMatchObject({ kind: 'sent' })
  expect(verdictsOf(chorus, held)).toEqual(['msg_rejected'])
  await expectPromiseKept(chorus)
})

describe('a bot that is timed out', () => {
  it('holds its replies for that channel until it is over, and goes on in the other', async () => {
    const chorus = await start({ ...ALONE, channels: [CHANNEL, 'other'] })
    const { record, room } = chorus
    room.timeout('ava', 30)
    const held = ask(chorus)
    await record.until(() => record.of('channel:closed').length === 1)
    expect(record.of('channel:closed')).toMatchObject([
      { bot: 'ava', channel: CHANNEL, reason: expect.stringMatching(/timed out .* \d+ s/) },
    ])
    expect(await outcomeOf(chorus, ask(chorus, { channel: 'other' }))).toMatchObject({ kind: 'sent' })
    expect(outcomeSoFar(chorus, held)).toBeUndefined()
    expect(parked(chorus)).toEqual([])
    expect(await outcomeOf(chorus, held)).toMatchObject({ kind: 'sent' })
    expect(record.of('channel:opened')).toEqual([{ bot: 'ava', channel: CHANNEL }])
    expect(verdictsOf(chorus, held)).toEqual(['msg_timedout', 'delivered'])
    await expectPromiseKept(chorus)
  })
})

describe('a bot that is banned', () => {
  it('from one of its channels says so in words for a streamer, and goes on in the other', async () => {
    const chorus = await start({ ...ALONE, channels: [CHANNEL, 'other'] })
    chorus.room.ban('ava')
    const held = ask(chorus)
    await chorus.record.until((record) => record.of('channel:closed').length === 1)
    expect(chorus.record.of('channel:closed')).toMatchObject([
      { channel: CHANNEL, reason: expect.stringMatching(/banned .* unban it/) },
    ])
    expect(await outcomeOf(chorus, ask(chorus, { channel: 'other' }))).toMatchObject({ kind: 'sent' })
    expect(parked(chorus)).toEqual([])
    expect(verdictsOf(chorus, held)).toEqual(['msg_banned'])
    await expectPromiseKept(chorus)
  })

  it('from its only channel is parked, and is tried again from time to time until it is pardoned', async () => {
    const clock = new PacedClock(20)
    const chorus = await start({
      ...ALONE,
      clock,
      config: { replies: { ...AT_ONCE.config.replies, answerWithin: 3600 } },
    })
    chorus.room.ban('ava')
    const held = ask(chorus)
    await chorus.record.until(() => parked(chorus).length === 1)
    expect(parked(chorus)).toMatchObject([{ bot: 'ava', reason: expect.stringContaining('banned') }])
    clock.setPace(400)
    await untilTried(chorus, held, 2)
    clock.setPace(20)
    chorus.room.pardon('ava')
    clock.setPace(400)
    expect(await outcomeOf(chorus, held)).toMatchObject({ kind: 'sent' })
    clock.setPace(20)
    const attempts = attemptsFor(chorus, held)
    expect(attempts.map(({ verdict }) => verdict)).toEqual(['msg_banned', 'msg_banned', 'delivered'])
    expect(Math.min(...gapsOf(attempts))).toBeGreaterThan(5 * MINUTE)
    expect(parked(chorus)).toEqual([])
    await expectPromiseKept(chorus)
  })
})

describe('an account that Twitch wants verified', () => {
  it.each(['msg_verified_email', 'msg_requires_verified_phone_number'])(
    'by %s is parked with what to do, and its reply is said when it may come in',
    async (notice) => {
      const chorus = await start(ALONE)
      chorus.twitch.refuseMessages(notice)
      const held = ask(chorus)
      await chorus.record.until(() => parked(chorus).length === 1)
      expect(parked(chorus)).toMatchObject([{ bot: 'ava', reason: expect.stringContaining('verify') }])
      chorus.twitch.cut('ava')
      expect(await outcomeOf(chorus, held)).toMatchObject({ kind: 'sent' })
      expect(verdictsOf(chorus, held)).toEqual([notice, 'delivered'])
      await expectPromiseKept(chorus)
    },
  )
})

describe('a mode that keeps ordinary accounts out', () => {
  const MODES = [
    ['emote-only', { emoteOnly: true }, { emoteOnly: false }],
    ['subscribers-only', { subscribersOnly: true }, { subscribersOnly: false }],
    ['followers-only', { followersOnlyMinutes: 10 }, { followersOnlyMinutes: -1 }],
  ] as const

  it.each(MODES)('%s: the reply is held until the room is open again', async (name, closed, opened) => {
    const chorus = await start(ALONE)
    const { record, room } = chorus
    room.setMode(closed)
    const held = ask(chorus)
    await record.until(() => record.of('channel:closed').length === 1)
    expect(record.of('channel:closed')[0]?.reason).toContain(name)
    // Only a NOTICE tells whether followers-only keeps an account out.
    const before = verdictsOf(chorus, held)
    expect(before).toEqual(name === 'followers-only' ? ['msg_followersonly'] : [])
    room.setMode(opened)
    expect(await outcomeOf(chorus, held)).toMatchObject({ kind: 'sent' })
    expect(verdictsOf(chorus, held)).toEqual([...before, 'delivered'])
    expect(record.of('channel:opened')).toHaveLength(1)
    await expectPromiseKept(chorus)
  })

  it.each(MODES)('%s: a moderator is not held', async (_name, closed) => {
    const chorus = await start({
      ...ALONE,
      before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', 'moderator'),
    })
    chorus.room.setMode(closed)
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent' })
    expect(verdictsOf(chorus, question)).toEqual(['delivered'])
    expect(chorus.record.of('channel:closed')).toEqual([])
    await expectPromiseKept(chorus)
  })

  it('emote-only that only a refusal tells of closes the channel as well', async () => {
    const chorus = await start(ALONE)
    chorus.twitch.refuseMessages('msg_emoteonly')
    const held = ask(chorus)
    await chorus.record.until((record) => record.of('channel:closed').length === 1)
    chorus.room.setMode({ slowSeconds: 1 })
    expect(await outcomeOf(chorus, held)).toMatchObject({ kind: 'sent' })
    expect(verdictsOf(chorus, held)).toEqual(['msg_emoteonly', 'delivered'])
    await expectPromiseKept(chorus)
  })
})
