import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { everybodyAnswer, questionBurst, threeAtOnce } from '../../src/simulator/scenarios.js'
import { soon } from '../support/soon.js'
import { CHANNEL, choruses } from './chorus-fixture.js'
import { ONE_BY_ONE } from './questions.js'
import { expectAllAnswered } from './said-once.js'

const start = choruses()
const LONGEST_DELAY_MS = 3 * SECOND
/** For timers, sockets and a busy machine. */
const SLACK_MS = SECOND

describe('a whole Chorus', () => {
  it('answers three viewers who ask within 200 ms, all of them', async () => {
    const chorus = await start({ factor: 5 })
    await chorus.play(threeAtOnce({ seed: 1, channel: CHANNEL, bots: ['ava', 'ben'] }))
    await expectAllAnswered(chorus, 3)
    expect(new Set(chorus.record.of('reply:settled').map(({ task }) => task.message.login)).size).toBe(3)
  })

  it('lets five bots that one line mentions answer within about the longest delay', async () => {
    const bots = ['ava', 'ben', 'cat', 'dan', 'eve']
    const chorus = await start({ bots, factor: 4 })
    await chorus.play(everybodyAnswer({ seed: 2, channel: CHANNEL, bots }))
    await expectAllAnswered(chorus, 5)
    const waits = chorus.record.of('reply:settled').map(({ tookMs }) => tookMs)
    expect(Math.max(...waits)).toBeLessThan(LONGEST_DELAY_MS + SLACK_MS)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(SECOND)
    expect(
      chorus.twitch.ledger
        .delivered()
        .map(({ account }) => account)
        .sort(),
    ).toEqual(bots)
  })

  it('answers five questions to one bot, all of them, each in its own thread', async () => {
    const chorus = await start({ factor: 5 })
    await chorus.play(questionBurst({ seed: 3, channel: CHANNEL, bot: 'ben' }))
    await expectAllAnswered(chorus, 5)
    expect(chorus.twitch.ledger.delivered({ account: 'ben' })).toHaveLength(5)
  })

  it('lets fifty waiting mentions of one bot delay the first answer of another by no more than one task', async () => {
    const chorus = await start({ factor: 3, config: ONE_BY_ONE.config })
    await chorus.play(questionBurst({ seed: 4, channel: CHANNEL, bot: 'ava', questions: 50, withinMs: 0 }))
    const question = chorus.room.say('late', '@ben are you there?')
    await chorus.record.until((record) =>
      record.of('reply:settled').some(({ task }) => task.message.id === question),
    )
    const answer = chorus.record.of('reply:settled').find(({ task }) => task.bot === 'ben')
    const began = chorus.record.of('reply:started').find(({ task }) => task.bot === 'ben')
    expect(began?.waitedMs).toBeLessThan(SLACK_MS)
    expect(answer?.tookMs).toBeLessThan(LONGEST_DELAY_MS + SLACK_MS)
    expect(chorus.chorus.router.getQueueMetrics().bots.ava?.size).toBeGreaterThan(40)
  })

  it('lets other bots that fill every slot delay a first answer by no more than one task', async () => {
    const bots = ['ava', 'ben', 'cat', 'dan']
    const chorus = await start({ bots, factor: 5 })
    for (const bot of ['ava', 'ben', 'cat']) {
      await chorus.play(questionBurst({ seed: 5, channel: CHANNEL, bot, questions: 20, withinMs: 0 }))
    }
    await chorus.model.until(() => chorus.model.inFlight === 5, soon())
    chorus.room.say('late', '@dan are you there?')
    await chorus.record.until((record) => record.of('reply:started').some(({ task }) => task.bot === 'dan'))
    const began = chorus.record.of('reply:started').find(({ task }) => task.bot === 'dan')
    // A task takes the longer of its pause and the model, and the pauses of the fifty run out meanwhile.
    expect(began?.waitedMs).toBeLessThan(LONGEST_DELAY_MS + SLACK_MS)
  })
})
