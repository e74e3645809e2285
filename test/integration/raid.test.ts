import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { questionBurst, raid, together, viewerFlood } from '../../src/simulator/scenarios.js'
import { CHANNEL, choruses, type Fixture } from './chorus-fixture.js'
import { mostAtOnce } from './overlap.js'
import { countShared, expectAllAnswered } from './said-once.js'

const start = choruses()

/**
 * Counts from the events alone what the metrics should say, and compares after every event; backlog events are told
 * between a change and its own event. Where viewers share lines, those of one line count once. Returns what was wrong.
 */
function watchMetrics({ bots, chorus, record }: Fixture, isJoint: boolean): string[] {
  const wrong: string[] = []
  record.watch((event) => {
    const metrics = chorus.router.getQueueMetrics()
    const sum = (of: 'size' | 'pending') => bots.reduce((all, bot) => all + (metrics.bots[bot]?.[of] ?? 0), 0)
    const say = (what: string) => wrong.push(`${event}: ${what}: ${JSON.stringify(metrics)}`)
    if (metrics.global.size !== sum('size') || metrics.global.pending !== sum('pending')) say('no sum')
    if (metrics.global.pending > 5) say('more than five at once')
    if (bots.some((bot) => (metrics.bots[bot]?.pending ?? 0) > 2)) say('more than two of a bot at once')
    if (event.startsWith('backlog')) return
    const told = (name: 'accepted' | 'started' | 'ready' | 'held' | 'settled') =>
      record.of(`reply:${name}`).length
    // Here nothing is settled that was not ready before.
    const working = told('started') - told('ready') - told('held')
    const others = told('accepted') - told('settled') - working
    if (isJoint ? metrics.global.pending > working : metrics.global.pending !== working)
      say(`${working} worked on`)
    if (isJoint ? metrics.global.size > others : metrics.global.size !== others) say('another number waits')
  })
  return wrong
}

describe('a raid', () => {
  it('of a hundred on two bots is answered whole: within Twitch’s limits and the model’s slots', async () => {
    const chorus = await start({ factor: 12, latency: { medianMs: 1200, p95Ms: 3000 } })
    const wrong = watchMetrics(chorus, true)
    await chorus.play(
      raid({ seed: 5, channel: CHANNEL, bots: chorus.bots, viewers: 100, overMs: 5 * SECOND }),
    )
    await expectAllAnswered(chorus, 100)
    const { model, record } = chorus
    expect(new Set(record.of('reply:settled').map(({ task }) => task.message.login)).size).toBe(100)
    expect(wrong).toEqual([])
    expect(countShared(chorus).joint).toBeGreaterThan(5)
    expect(model.maxInFlight).toBeLessThanOrEqual(5)
    expect(chorus.bots.map((bot) => mostAtOnce(model.records, bot))).toEqual([2, 2])
  })

  it('on five bots keeps five requests at the model, and never six, nor three of one bot', async () => {
    const bots = ['ava', 'ben', 'cat', 'dan', 'eve']
    const chorus = await start({ bots, factor: 10, config: { replies: { joint: { maxViewers: 1 } } } })
    const wrong = watchMetrics(chorus, false)
    await chorus.play(raid({ seed: 6, channel: CHANNEL, bots, viewers: 60, overMs: 2 * SECOND }))
    await expectAllAnswered(chorus, 60)
    expect(wrong).toEqual([])
    expect(chorus.model.maxInFlight).toBe(5)
    expect(bots.map((bot) => mostAtOnce(chorus.model.records, bot))).toEqual([2, 2, 2, 2, 2])
  })

  it('on a bot that one viewer floods loses neither the honest viewers nor the flooder', async () => {
    const chorus = await start({ factor: 10 })
    const flood = viewerFlood({ seed: 7, channel: CHANNEL, bot: 'ava', lines: 40, overMs: 3 * SECOND })
    const honest = (bot: string, seed: number) =>
      questionBurst({ seed, channel: CHANNEL, bot, questions: 10, withinMs: 3 * SECOND })
    await chorus.play(together(flood, honest('ava', 8), honest('ben', 9)))
    await expectAllAnswered(chorus, 60)
    const settled = chorus.record.of('reply:settled')
    const byBen = settled.filter(({ task }) => task.bot === 'ben')
    // Ten lines of one account, a second apart: the flood is on another bot, so it costs them nothing.
    expect(Math.max(...byBen.map(({ tookMs }) => tookMs))).toBeLessThan(20 * SECOND)
    expect(settled.filter(({ task }) => task.message.login === 'loudllama')).toHaveLength(40)
  })
})
