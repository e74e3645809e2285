import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { raid } from '../../src/simulator/scenarios.js'
import { soon } from '../support/soon.js'
import { CHANNEL, choruses, type Fixture } from './chorus-fixture.js'
import { ask, gapsOf, mostInWindow, ONE_BY_ONE, outcomeOf } from './questions.js'
import { expectAllAnswered, expectPromiseKept } from './said-once.js'

/*
 * Goal: the allowance follows what the account is in the room, at once and in both directions. Method: a raid, so that
 * the account always wants to say more than it may, and a role that changes in the moment in which Twitch reads a line.
 */

const start = choruses()
const QUICK = { ...ONE_BY_ONE, factor: 10, bots: ['ava'] }

const promotions = ({ record }: Fixture) =>
  record.of('bot:promoted').map(({ isPrivileged, linesMax }) => ({ isPrivileged, linesMax }))
const GAINED = { isPrivileged: true, linesMax: 100 }
const LOST = { isPrivileged: false, linesMax: 20 }

async function owe(chorus: Fixture, viewers: number): Promise<void> {
  await chorus.play(raid({ seed: 31, channel: CHANNEL, bots: ['ava'], viewers, overMs: SECOND / 2 }))
  await chorus.record.until((record) => record.of('reply:accepted').length === viewers)
}

/** Runs when Twitch has read the `count`-th line, before it answers that. */
async function whenSaid({ twitch }: Fixture, count: number, run: () => void): Promise<void> {
  const end = twitch.ledger.onEntry((entry) => {
    if (entry.type !== 'attempt' || entry.attempt.number !== count) return
    end()
    run()
  })
  await twitch.ledger.until((ledger) => ledger.attempts().length >= count, soon())
}

describe('a bot that becomes', () => {
  it.each(['moderator', 'vip', 'broadcaster'] as const)(
    '%s learns it from the next confirmation, and answers a raid in one go',
    async (role) => {
      const chorus = await start(QUICK)
      await owe(chorus, 40)
      await whenSaid(chorus, 3, () => chorus.room.setRole('ava', role))
      await expectAllAnswered(chorus, 40)
      expect(promotions(chorus)).toEqual([GAINED])
      const attempts = chorus.twitch.ledger.attempts()
      const [before, after] = [gapsOf(attempts.slice(0, 3)), gapsOf(attempts.slice(3))]
      expect(Math.min(...before)).toBeGreaterThanOrEqual(SECOND)
      expect(Math.min(...after)).toBeLessThan(SECOND)
      expect(mostInWindow(attempts)).toBeGreaterThan(20)
    },
  )

  it('moderator is known as that by the badges that another bot sees, when no confirmation comes', async () => {
    const chorus = await start({ ...QUICK, bots: ['ava', 'ben'] })
    chorus.room.setRole('ava', 'moderator')
    chorus.twitch.loseUserstates(1, 'ava')
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent' })
    expect(promotions(chorus)).toEqual([GAINED])
    await expectPromiseKept(chorus)
  })
})

describe('a bot that is', () => {
  it('moderator no longer keeps to the small allowance at once', async () => {
    const chorus = await start({
      ...QUICK,
      factor: 15,
      before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', 'moderator'),
    })
    await owe(chorus, 30)
    await whenSaid(chorus, 25, () => chorus.room.setRole('ava', 'none', { isTold: true }))
    await expectAllAnswered(chorus, 30)
    expect(promotions(chorus)).toEqual([GAINED, LOST])
    const times = chorus.twitch.ledger.attempts().map(({ atMs }) => atMs)
    // Of the 25 lines before it no more than 19 may be in the window of the next one.
    expect((times[25] ?? 0) - (times[5] ?? 0)).toBeGreaterThanOrEqual(30 * SECOND)
  })

  it('broadcaster has the large allowance from the start', async () => {
    const chorus = await start({ ...QUICK, channels: ['ava'] })
    expect(chorus.chorus.chatStatus().bots[0]?.rooms).toMatchObject([{ isPrivileged: true, linesMax: 100 }])
    for (const viewer of ['ann', 'bob', 'cid', 'dan']) ask(chorus, { viewer })
    await chorus.record.settled(4)
    expect(Math.min(...gapsOf(chorus.twitch.ledger.attempts()))).toBeLessThan(SECOND)
    await expectPromiseKept(chorus)
  })

  it('moderator in one of its channels does not spend more in the others than an ordinary account', async () => {
    const chorus = await start({
      ...QUICK,
      channels: [CHANNEL, 'other'],
      before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', 'moderator'),
    })
    const { twitch } = chorus
    await owe(chorus, 22)
    await chorus.record.settled(22)
    const elsewhere = ask(chorus, { channel: 'other' })
    await chorus.record.until((record) => record.of('reply:ready').length === 23)
    const here = ask(chorus, { viewer: 'zoe' })
    expect(await outcomeOf(chorus, here)).toMatchObject({ kind: 'sent' })
    expect(twitch.ledger.attempts({ channel: 'other' })).toEqual([])
    expect(await outcomeOf(chorus, elsewhere)).toMatchObject({ kind: 'sent' })
    await expectAllAnswered(chorus, 24)
  })
})
