import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import { PacedClock } from '../support/paced-clock.js'
import { CHANNEL, choruses, type Fixture } from './chorus-fixture.js'
import { AT_ONCE, ask, attemptsFor, outcomeOf, outcomeSoFar, untilTried } from './questions.js'
import { expectPromiseKept } from './said-once.js'

/*
 * Goal: an account that Twitch has stopped listening to is noticed and spared until it listens again. Method: a Twitch
 * that drops every line of one account while others chat.
 */

const start = choruses()
const QUICK = { ...AT_ONCE, factor: 30 }

const sent = { kind: 'sent', id: expect.any(String) }
const parkings = ({ record }: Fixture) => record.of('bot:parked')

/** Somebody else says something after each of the bot's tries: chat goes on. */
function keepChatting(chorus: Fixture, bot = 'ava'): void {
  chorus.twitch.ledger.onEntry((entry) => {
    if (entry.type === 'attempt' && entry.attempt.account === bot) chorus.room.say('zoe', 'lovely weather')
  })
}

describe('an account whose lines Twitch no longer answers while others chat', () => {
  it('is parked after three, probed with real replies ever more rarely, and unparked when one is answered', async () => {
    const clock = new PacedClock(20)
    const chorus = await start({ ...QUICK, clock })
    const { record, twitch } = chorus
    keepChatting(chorus)
    twitch.dropSilently(5, 'ava')
    const questions = ['ann', 'bob', 'cid', 'dan'].map((viewer) => ask(chorus, { viewer }))
    await record.until(() => parkings(chorus).length === 1)
    expect(parkings(chorus)).toMatchObject([
      { bot: 'ava', reason: expect.stringContaining('does not answer') },
    ])
    expect(chorus.chorus.chatStatus().parked).toMatchObject([{ bot: 'ava' }])
    const other = ask(chorus, { bot: 'ben' })
    expect(await outcomeOf(chorus, other)).toEqual(sent)
    clock.setPace(60)
    await record.until(() => record.of('bot:unparked').length === 1)
    clock.setPace(20)
    await record.settled(5)
    const [, , third, ...probes] = twitch.ledger.attempts({ account: 'ava' }).map(({ atMs }) => atMs)
    const [first = 0, second = 0, last = 0] = probes
    expect(first - (third ?? 0)).toBeGreaterThanOrEqual(30 * SECOND)
    expect(second - first).toBeGreaterThanOrEqual(60 * SECOND)
    expect(last - second).toBeGreaterThanOrEqual(2 * MINUTE)
    expect(questions.map((question) => outcomeSoFar(chorus, question))).toEqual(
      expect.arrayContaining([sent, { kind: 'sent', inDoubt: true }]),
    )
    expect(chorus.chorus.chatStatus().parked).toEqual([])
    expect(parkings(chorus)).toHaveLength(1)
    await expectPromiseKept(chorus)
  })

  it('still talks where it is moderator, and that unparks it nowhere else', async () => {
    const chorus = await start({
      ...QUICK,
      // Alone, so that it is Twitch's answer that settles a line.
      bots: ['ava'],
      channels: [CHANNEL, 'modded'],
      before: ({ twitch }) => twitch.room('modded').setRole('ava', 'moderator'),
    })
    const { record, twitch } = chorus
    keepChatting(chorus)
    twitch.dropSilently(3, 'ava')
    ask(chorus)
    await record.until(() => parkings(chorus).length === 1)
    const elsewhere = ask(chorus, { viewer: 'bob', channel: 'modded' })
    expect(await outcomeOf(chorus, elsewhere)).toEqual(sent)
    expect(record.of('bot:unparked')).toEqual([])
    const next = ask(chorus, { viewer: 'cid' })
    expect(await outcomeOf(chorus, next)).toEqual(sent)
    await record.until(() => record.of('bot:unparked').length === 1)
    await expectPromiseKept(chorus)
  })
})

it('an account that Twitch really mutes for sending too much elsewhere is parked', async () => {
  const chorus = await start(QUICK)
  keepChatting(chorus)
  const { twitch } = chorus
  twitch.lockOut('ava')
  const question = ask(chorus)
  await chorus.record.until(() => parkings(chorus).length === 1)
  expect(attemptsFor(chorus, question).map(({ verdict }) => verdict)).toEqual([
    'locked-out',
    'locked-out',
    'locked-out',
  ])
  await expectPromiseKept(chorus)
})

it('silence in a chat where nobody talks is taken for no lock-out', async () => {
  const chorus = await start({ ...QUICK, bots: ['ava'] })
  chorus.twitch.dropSilently(3)
  const question = ask(chorus)
  await untilTried(chorus, question, 4)
  expect(await outcomeOf(chorus, question)).toEqual(sent)
  expect(parkings(chorus)).toEqual([])
  await expectPromiseKept(chorus)
})

it('silence where the bot is moderator is taken for no lock-out', async () => {
  const chorus = await start({
    ...QUICK,
    before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', 'moderator'),
  })
  keepChatting(chorus)
  chorus.twitch.dropSilently(4, 'ava')
  for (const viewer of ['ann', 'bob', 'cid', 'dan']) ask(chorus, { viewer })
  await chorus.record.settled(4)
  expect(await outcomeOf(chorus, ask(chorus))).toEqual(sent)
  expect(parkings(chorus)).toEqual([])
  await expectPromiseKept(chorus)
})
