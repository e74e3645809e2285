import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { CHANNEL, choruses, type Fixture } from './chorus-fixture.js'
import { AT_ONCE, ask, attemptsFor, outcomeOf } from './questions.js'
import { expectPromiseKept } from './said-once.js'

/*
 * Goal: a line that Twitch says nothing of is neither lost nor shown twice. Method: one question, a Twitch that keeps
 * quiet about its answer in each way it can, with another bot in the channel that would see it and without.
 */

const start = choruses()
const WATCHED = { ...AT_ONCE, factor: 20 }
const ALONE = { ...WATCHED, bots: ['ava'] }

const verdictsOf = (chorus: Fixture, question: string) =>
  attemptsFor(chorus, question).map(({ verdict }) => verdict)
const shownIdOf = (chorus: Fixture, question: string) =>
  attemptsFor(chorus, question).find(({ shown }) => shown)?.shown?.id
const answeredNot = ({ record }: Fixture) => record.of('line:unanswered').map(({ next }) => next)

describe('a line that is dropped without a word', () => {
  it.each([
    ['alone', ALONE],
    ['with another bot in the channel', WATCHED],
  ])('is said again, unchanged, while Twitch would refuse a second showing (%s)', async (_where, options) => {
    const chorus = await start(options)
    chorus.twitch.dropSilently(1, 'ava')
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toEqual({ kind: 'sent', id: shownIdOf(chorus, question) })
    expect(verdictsOf(chorus, question)).toEqual(['dropped', 'delivered'])
    const [first, second] = attemptsFor(chorus, question)
    expect(second?.text).toBe(first?.text)
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeLessThan(28 * SECOND)
    expect(answeredNot(chorus)).toEqual(['repeat'])
    await expectPromiseKept(chorus)
  })

  it('again and again ends in doubt, before a repetition could be shown twice, and the next one is said', async () => {
    const chorus = await start(ALONE)
    chorus.twitch.dropSilently(100)
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toEqual({ kind: 'sent', inDoubt: true })
    chorus.twitch.forgetScripts()
    const attempts = attemptsFor(chorus, question)
    const [first, last] = [attempts[0], attempts.at(-1)]
    expect((last?.atMs ?? 0) - (first?.atMs ?? 0)).toBeLessThan(28 * SECOND)
    expect(await outcomeOf(chorus, ask(chorus))).toMatchObject({ kind: 'sent', id: expect.any(String) })
    await expectPromiseKept(chorus)
  })

  it('where the bot is moderator is left in doubt and never repeated: nothing would refuse a second showing', async () => {
    const chorus = await start({
      ...ALONE,
      before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', 'moderator'),
    })
    chorus.twitch.dropSilently(1)
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toEqual({ kind: 'sent', inDoubt: true })
    expect(await outcomeOf(chorus, ask(chorus))).toMatchObject({ kind: 'sent', id: expect.any(String) })
    expect(verdictsOf(chorus, question)).toEqual(['dropped'])
    expect(answeredNot(chorus)).toEqual(['in-doubt'])
    await expectPromiseKept(chorus)
  })
})

describe('a line that is shown and not confirmed', () => {
  it('is sent when another bot sees it, and not said again', async () => {
    const chorus = await start(WATCHED)
    chorus.twitch.loseUserstates(1, 'ava')
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toEqual({ kind: 'sent', id: shownIdOf(chorus, question) })
    // The channel is free for the next line only when the missing answer has been given up.
    expect(await outcomeOf(chorus, ask(chorus))).toMatchObject({ kind: 'sent' })
    expect(verdictsOf(chorus, question)).toEqual(['delivered'])
    expect(answeredNot(chorus)).toEqual([])
    await expectPromiseKept(chorus)
  })

  it('alone is said again, refused as a repetition, and so known to be sent: shown once', async () => {
    const chorus = await start(ALONE)
    chorus.twitch.loseUserstates(1)
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toEqual({ kind: 'sent' })
    expect(verdictsOf(chorus, question)).toEqual(['delivered', 'msg_duplicate'])
    await expectPromiseKept(chorus)
  })

  it('where the bot is moderator, alone, is in doubt and shown once', async () => {
    const chorus = await start({
      ...ALONE,
      before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', 'moderator'),
    })
    chorus.twitch.loseUserstates(1)
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toEqual({ kind: 'sent', inDoubt: true })
    expect(await outcomeOf(chorus, ask(chorus))).toMatchObject({ kind: 'sent' })
    expect(verdictsOf(chorus, question)).toEqual(['delivered'])
    await expectPromiseKept(chorus)
  })
})

describe('lines that are confirmed late', () => {
  it.each([
    [4, 'alone', ALONE],
    [5.1, 'alone', ALONE],
    [8, 'alone', ALONE],
    [8, 'with another bot', WATCHED],
  ])(
    'by %d s are each shown once and sent, and no confirmation is taken for the next line’s (%s)',
    async (seconds, _where, options) => {
      const chorus = await start(options)
      chorus.twitch.delayUserstate(seconds * SECOND)
      const questions = ['ann', 'bob', 'cid'].map((viewer) => ask(chorus, { viewer }))
      await chorus.record.settled(3)
      for (const question of questions) {
        expect(await outcomeOf(chorus, question)).not.toHaveProperty('inDoubt')
        const { id } = (await outcomeOf(chorus, question)) as { id?: string }
        if (id !== undefined) expect(id).toBe(shownIdOf(chorus, question))
      }
      await expectPromiseKept(chorus)
    },
  )
})

describe('lines that are confirmed and that nobody sees', () => {
  it('are told of, and taken for no lock-out', async () => {
    const chorus = await start(WATCHED)
    const { record, twitch } = chorus
    twitch.dropSilently(4, 'ava', { isConfirmed: true })
    for (const viewer of ['ann', 'bob', 'cid', 'dan']) ask(chorus, { viewer })
    await record.until(() => record.of('line:unseen').length === 4)
    expect(record.of('line:unseen')[0]).toEqual({ bot: 'ava', channel: CHANNEL })
    expect(record.of('bot:parked')).toEqual([])
    const next = ask(chorus)
    expect(await outcomeOf(chorus, next)).toEqual({ kind: 'sent', id: shownIdOf(chorus, next) })
    expect(twitch.ledger.attempts({ account: 'ava' })).toHaveLength(5)
    expect(twitch.ledger.breaches).toEqual([])
  })
})
