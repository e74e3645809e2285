import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { raid } from '../../src/simulator/scenarios.js'
import { CHANNEL, choruses, type Fixture, tokenOf } from './chorus-fixture.js'
import { soon } from './event-record.js'
import { expectAllAnswered, expectSaidOnce } from './said-once.js'

/*
 * Goal: whatever happens to the links, each reply is said once. Method: all questions are asked before the fault, so
 * that every one of them is owed. A link is cut in the moment in which Twitch reads a line of it: the bot hears of
 * neither the line's fate nor the cut, and has nothing else under way, which would be lost with nobody to know of it.
 */

const start = choruses()

/** A raid that is owed as a whole, while most of it waits. */
async function owe(chorus: Fixture, viewers: number): Promise<void> {
  await chorus.play(raid({ seed: 21, channel: CHANNEL, bots: chorus.bots, viewers, overMs: SECOND }))
  await chorus.record.until((record) => record.of('reply:accepted').length === viewers)
}

/** Runs inside the moment in which Twitch reads the bot's `count`-th line, before any confirmation. */
function whenRead(chorus: Fixture, bot: string, count: number, run: () => void): Promise<void> {
  const { ledger } = chorus.twitch
  return new Promise((resolve, reject) => {
    const signal = soon()
    const end = ledger.onEntry((entry) => {
      if (entry.type !== 'attempt' || entry.attempt.account !== bot) return
      if (ledger.attempts({ account: bot }).length < count) return
      end()
      run()
      resolve()
    })
    signal.addEventListener('abort', () => {
      end()
      reject(signal.reason)
    })
  })
}

describe('each reply is said once', () => {
  it.each(['end', 'reset'] as const)('when every socket is cut twice in a raid (%s)', async (how) => {
    const chorus = await start({ factor: 10 })
    await owe(chorus, 30)
    await Promise.all(
      chorus.bots.map(async (bot, place) => {
        await whenRead(chorus, bot, 3 + place, () => chorus.twitch.cut(bot, how))
        await whenRead(chorus, bot, 9 + place, () => chorus.twitch.cut(bot, how))
      }),
    )
    await expectAllAnswered(chorus, 30)
    expect(chorus.record.of('bot:disconnected').length).toBeGreaterThanOrEqual(4)
  })

  it('when Twitch asks to reconnect and closes the old connections', async () => {
    const chorus = await start({ factor: 15 })
    await owe(chorus, 30)
    await whenRead(chorus, 'ava', 3, () => chorus.twitch.askReconnect({ closeAfterMs: SECOND }))
    await expectAllAnswered(chorus, 30)
    const { twitch } = chorus
    expect(
      chorus.bots.map((login) => twitch.ledger.sessions({ account: login, kind: 'login' }).length),
    ).toEqual([2, 2])
  })

  it('when Twitch leaves the goodbyes unanswered and asks to reconnect', async () => {
    const chorus = await start({ factor: 15 })
    chorus.twitch.ignoreCloseHandshakes()
    await owe(chorus, 20)
    await whenRead(chorus, 'ava', 3, () => chorus.twitch.askReconnect({ closeAfterMs: 60 * SECOND }))
    await expectAllAnswered(chorus, 20)
  })

  it('when Twitch is away for half a minute', async () => {
    const chorus = await start({ bots: ['ava'], factor: 20 })
    await owe(chorus, 12)
    await whenRead(chorus, 'ava', 3, () => chorus.twitch.away())
    const since = chorus.clock.now()
    const tries = () => chorus.record.of('bot:disconnected').length
    await chorus.record.until(() => tries() >= 4 && chorus.clock.now() - since > 30 * SECOND)
    const saidBefore = chorus.twitch.ledger.attempts().length
    expect(chorus.chorus.chatStatus().joined).toEqual([])
    chorus.twitch.back()
    expect(saidBefore).toBe(3)
    await expectAllAnswered(chorus, 12)
  })

  it('when a viewer asks through the one connection that is left', async () => {
    const chorus = await start({ factor: 15 })
    chorus.twitch.cut('ben')
    await chorus.record.until((record) => record.of('bot:disconnected').length === 1)
    chorus.room.say('ann', '@ben did you hear that?')
    await expectAllAnswered(chorus, 1)
  })
})

describe('a bot whose token Twitch refuses', () => {
  it('at the start is parked with advice and named by ready, and the others answer', async () => {
    const chorus = await start({
      factor: 20,
      config: { replies: { answerWithin: 20 } },
      before: ({ twitch }) => twitch.addAccount({ login: 'ben', token: 'another-token' }),
    })
    const { record } = chorus
    const reason = 'Login authentication failed'
    expect(record.of('ready')).toEqual([{ joined: ['ava'], parked: [{ bot: 'ben', reason }] }])
    expect(record.of('bot:parked')).toMatchObject([
      { bot: 'ben', reason, advice: expect.stringContaining('TWITCH_TOKEN_BEN') },
    ])
    await owe(chorus, 20)
    await record.settled(20)
    const outcomes = record.of('reply:settled').map(({ task, outcome }) => `${task.bot} ${outcome.kind}`)
    expect(new Set(outcomes)).toEqual(new Set(['ava sent', 'ben expired']))
    expect(record.of('reply:settled').find(({ task }) => task.bot === 'ben')?.outcome).toMatchObject({
      reason,
    })
    await expectSaidOnce(chorus)
  })

  it('at a reconnect is parked, keeps what it owes, and the others answer', async () => {
    const chorus = await start({ factor: 15 })
    await owe(chorus, 24)
    await whenRead(chorus, 'ben', 3, () => {
      chorus.twitch.revokeToken('ben')
      chorus.twitch.cut('ben')
    })
    const { record, twitch } = chorus
    await record.until(() => record.of('bot:parked').length === 1)
    const report = await chorus.chorus.gracefulStop()
    expect(report.left).toBe(12 - 3)
    expect(twitch.ledger.delivered({ account: 'ben' })).toHaveLength(3)
    expect(twitch.ledger.delivered({ account: 'ava' })).toHaveLength(12)
    expect(JSON.stringify(record.of('bot:parked'))).not.toContain(tokenOf('ben'))
    await expectSaidOnce(chorus)
  })

  it('twenty times over is not asked for again: a refusal is final', async () => {
    const chorus = await start({
      factor: 20,
      before: ({ twitch }) => twitch.refuseLogins(20, { login: 'ben' }),
    })
    chorus.room.say('ann', '@ava hello')
    await expectAllAnswered(chorus, 1)
    expect(chorus.twitch.ledger.sessions({ kind: 'login-refused' })).toHaveLength(1)
  })
})
