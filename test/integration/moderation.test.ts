import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { PacedClock } from '../support/paced-clock.js'
import { soon } from '../support/soon.js'
import { CHANNEL, choruses, type Fixture, type FixtureOptions } from './chorus-fixture.js'
import { AT_ONCE, ask, attemptsFor, outcomeOf, outcomeSoFar } from './questions.js'
import { expectPromiseKept } from './said-once.js'

/*
 * Goal: what moderators clear away is not answered, and its text goes nowhere any more, whatever state its reply is in.
 * Method: a slow model keeps two replies at work and the next ones waiting; slow mode keeps ready ones from being said.
 */

const start = choruses()
const SLOW_MODEL = { ...AT_ONCE, latency: 10 * SECOND, factor: 20, bots: ['ava'] } satisfies FixtureOptions

/** Words that stand in no other line. */
const SECRET = 'xylophone marmalade'
const withdrawn = (reason: string) => ({ kind: 'withdrawn', by: 'moderation', reason })
const DELETED = withdrawn('the message was deleted')
const SILENCED = withdrawn('its author was timed out or banned')
const CLEARED = withdrawn('the chat was cleared')

const promptsOf = ({ model }: Fixture) => model.records.map(({ body }) => JSON.stringify(body))

/** Asks after everything and looks at what the model is told then. */
async function expectForgotten(chorus: Fixture): Promise<void> {
  const before = chorus.model.records.length
  await outcomeOf(chorus, ask(chorus, { viewer: 'later', text: 'and now?' }))
  const prompts = promptsOf(chorus).slice(before)
  expect(prompts.length).toBeGreaterThan(0)
  expect(prompts.filter((prompt) => prompt.includes(SECRET))).toEqual([])
  const said = chorus.twitch.ledger.attempts().map(({ text }) => text)
  expect(said.filter((text) => text.includes(SECRET))).toEqual([])
}

/** Three questions: two at work, and the third waiting. */
async function threeAsked(
  chorus: Fixture,
  texts: readonly string[] = [SECRET, SECRET, SECRET],
): Promise<string[]> {
  const questions = ['ann', 'bob', 'cid'].map((viewer, index) =>
    ask(chorus, { viewer, text: texts[index] ?? '' }),
  )
  await chorus.record.until((record) => record.of('reply:accepted').length === 3)
  await chorus.model.until(() => chorus.model.inFlight === 2, soon())
  return questions
}

describe('a message that is deleted', () => {
  it('while its reply waits: the model never hears of it', async () => {
    const chorus = await start(SLOW_MODEL)
    const [, , waiting = ''] = await threeAsked(chorus, ['one?', 'two?', SECRET])
    // Those at work may have been told of it as part of the chat.
    const before = chorus.model.records.length
    chorus.room.delete(waiting)
    expect(await outcomeOf(chorus, waiting)).toEqual(DELETED)
    await chorus.record.settled(3)
    await expectForgotten(chorus)
    expect(
      promptsOf(chorus)
        .slice(before)
        .filter((prompt) => prompt.includes(SECRET)),
    ).toEqual([])
    expect(attemptsFor(chorus, waiting)).toEqual([])
    await expectPromiseKept(chorus)
  })

  it('while its reply is worked on: the model is hung up on, and the slot is free', async () => {
    const chorus = await start(SLOW_MODEL)
    const [working = '', , waiting = ''] = await threeAsked(chorus, [SECRET, 'two?', 'three?'])
    expect(promptsOf(chorus).some((prompt) => prompt.includes(SECRET))).toBe(true)
    chorus.room.delete(working)
    expect(await outcomeOf(chorus, working)).toEqual(DELETED)
    await chorus.record.until((record) =>
      record.of('reply:started').some(({ task }) => task.message.id === waiting),
    )
    await chorus.model.until(() => chorus.model.records.some(({ ended }) => ended === 'hung-up'), soon())
    await chorus.record.settled(3)
    await expectForgotten(chorus)
    expect(attemptsFor(chorus, working)).toEqual([])
    await expectPromiseKept(chorus)
  })

  it('while its line is ready and waits for slow mode: it is not said', async () => {
    const chorus = await start({ ...SLOW_MODEL, latency: 0 })
    chorus.room.setMode({ slowSeconds: 20 })
    expect(await outcomeOf(chorus, ask(chorus))).toMatchObject({ kind: 'sent' })
    const ready = ask(chorus, { viewer: 'bob', text: SECRET })
    await chorus.record.until((record) => record.of('reply:ready').length === 2)
    chorus.room.delete(ready)
    expect(await outcomeOf(chorus, ready)).toEqual(DELETED)
    await expectForgotten(chorus)
    expect(attemptsFor(chorus, ready)).toEqual([])
    await expectPromiseKept(chorus)
  })

  it('while its line is ready and the allowance is spent: it is not said', async () => {
    const channels = Array.from({ length: 21 }, (_, index) => `channel${index}`)
    const clock = new PacedClock(20)
    const queue = { perBot: 21, global: 21 }
    const chorus = await start({
      ...AT_ONCE,
      bots: ['ava'],
      clock,
      channels,
      config: { ...AT_ONCE.config, queue },
    })
    // Slowly enough that the allowance is not there again before the message is deleted.
    clock.setPace(2)
    for (const channel of channels.slice(0, 20)) ask(chorus, { channel })
    await chorus.record.settled(20)
    const channel = channels[20] ?? ''
    const ready = ask(chorus, { channel, text: SECRET })
    await chorus.record.until((record) => record.of('reply:ready').length === 21)
    chorus.twitch.room(channel).delete(ready)
    expect(await outcomeOf(chorus, ready)).toEqual(DELETED)
    clock.setPace(20)
    await outcomeOf(chorus, ask(chorus, { channel, viewer: 'later' }))
    expect(attemptsFor(chorus, ready)).toEqual([])
    await expectPromiseKept(chorus)
  })

  it('while its line is being written: what Twitch says of the line decides', async () => {
    const chorus = await start({ ...SLOW_MODEL, latency: 0 })
    chorus.twitch.delayUserstate(2 * SECOND)
    const question = ask(chorus)
    await chorus.twitch.ledger.until((ledger) => ledger.delivered().length === 1, soon())
    chorus.room.delete(question)
    expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent' })
    await expectPromiseKept(chorus)
  })

  it('whose refused line waits to be said again: it is taken back', async () => {
    const chorus = await start({ ...SLOW_MODEL, latency: 0 })
    chorus.twitch.refuseMessages('msg_ratelimit', { times: 2 })
    const question = ask(chorus)
    await chorus.record.until((record) => record.of('line:refused').length === 2)
    chorus.room.delete(question)
    expect(await outcomeOf(chorus, question)).toEqual(DELETED)
    expect(attemptsFor(chorus, question)).toHaveLength(2)
    await expectPromiseKept(chorus)
  })

  it('is not answered when another connection tells of that before it has come', async () => {
    const chorus = await start({ ...AT_ONCE, factor: 20 })
    const { ledger } = chorus.twitch
    chorus.twitch.lag('ava', 5 * SECOND)
    chorus.twitch.cut('ben')
    await ledger.until(() => ledger.sessions({ kind: 'close', account: 'ben' }).length === 1, soon())
    const early = ask(chorus, { bot: 'ava', text: SECRET })
    await ledger.until(() => ledger.sessions({ kind: 'join', account: 'ben' }).length === 2, soon())
    chorus.room.delete(early)
    await chorus.record.until((record) => record.of('chat:cleared').length === 1)
    expect(chorus.record.of('message:received')).toEqual([])
    // The slow way keeps the order: what only it brings tells that the message has come, too.
    chorus.twitch.cut('ben')
    await ledger.until(() => ledger.sessions({ kind: 'close', account: 'ben' }).length === 2, soon())
    const after = ask(chorus, { bot: 'ava', text: 'and you?' })
    expect(await outcomeOf(chorus, after)).toMatchObject({ kind: 'sent' })
    expect(chorus.record.of('reply:accepted').map(({ task }) => task.message.id)).toEqual([after])
    expect(promptsOf(chorus).filter((prompt) => prompt.includes(SECRET))).toEqual([])
    await expectPromiseKept(chorus)
  })
})

describe('an author who is silenced', () => {
  it.each(['timeout', 'ban'] as const)(
    'by a %s gets no answer to any of the messages, and the others do',
    async (how) => {
      const chorus = await start(SLOW_MODEL)
      const byTroll = [1, 2, 3, 4].map((count) =>
        ask(chorus, { viewer: 'troll', text: `${SECRET} ${count}` }),
      )
      const byAnn = ask(chorus, { viewer: 'ann', text: 'all well?' })
      await chorus.record.until((record) => record.of('reply:accepted').length === 5)
      if (how === 'ban') chorus.room.ban('troll')
      else chorus.room.timeout('troll', 600)
      await chorus.record.settled(4)
      expect(byTroll.map((question) => outcomeSoFar(chorus, question))).toEqual(byTroll.map(() => SILENCED))
      // Their slots are free at once: the model is still slow.
      expect(await outcomeOf(chorus, byAnn)).toMatchObject({ kind: 'sent' })
      await expectForgotten(chorus)
      await expectPromiseKept(chorus)
    },
  )
})

describe('a chat that is cleared as a whole', () => {
  it('withdraws every reply there, in whatever state, frees the slots, and leaves the other channel alone', async () => {
    const chorus = await start({ ...SLOW_MODEL, channels: [CHANNEL, 'other'] })
    const elsewhere = ask(chorus, { channel: 'other', viewer: 'dan', text: 'hello there' })
    const questions = ['ann', 'bob', 'cid'].map((viewer) => ask(chorus, { viewer, text: SECRET }))
    await chorus.record.until((record) => record.of('reply:started').length === 2)
    await chorus.record.until((record) => record.of('reply:accepted').length === 4)
    chorus.room.clear()
    await chorus.record.settled(3)
    expect(questions.map((question) => outcomeSoFar(chorus, question))).toEqual(questions.map(() => CLEARED))
    expect(chorus.chorus.router.getQueueMetrics().global).toEqual({ size: 0, pending: 1 })
    expect(await outcomeOf(chorus, elsewhere)).toMatchObject({ kind: 'sent' })
    await expectForgotten(chorus)
    await expectPromiseKept(chorus)
  })

  it('while the model hangs frees the slots all the same', async () => {
    const chorus = await start({ ...SLOW_MODEL, latency: 0 })
    chorus.model.script({ kind: 'hang' }, { kind: 'hang' })
    await threeAsked(chorus)
    chorus.room.clear()
    await chorus.record.settled(3)
    await chorus.model.until(() => chorus.model.inFlight === 0, soon())
    expect(chorus.chorus.router.getQueueMetrics().global).toEqual({ size: 0, pending: 0 })
    await expectForgotten(chorus)
    await expectPromiseKept(chorus)
  })
})
