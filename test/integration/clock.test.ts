import { expect, it } from 'vitest'
import { type Clock, MINUTE, SECOND } from '../../src/clock.js'
import { raid } from '../../src/simulator/scenarios.js'
import { CHANNEL, choruses } from './chorus-fixture.js'
import { mostInWindow, ONE_BY_ONE } from './questions.js'
import { expectAllAnswered } from './said-once.js'

const start = choruses()

it.each([60, -60])(
  'the clock on the wall that jumps by %i minutes in a raid changes nothing: each is answered in its time',
  async (minutes) => {
    let jumpMs = 0
    const chorus = await start({
      ...ONE_BY_ONE,
      factor: 15,
      bots: ['ava'],
      clockOf: (clock): Clock => ({
        now: () => clock.now(),
        wall: () => clock.wall() + jumpMs,
        after: (ms, run) => clock.after(ms, run),
      }),
    })
    await chorus.play(raid({ seed: 41, channel: CHANNEL, bots: ['ava'], viewers: 24, overMs: SECOND }))
    await chorus.record.settled(10)
    jumpMs = minutes * MINUTE
    await chorus.record.settled(24)
    const took = chorus.record.of('reply:settled').map(({ tookMs }) => tookMs)
    expect(Math.max(...took)).toBeLessThan(5 * MINUTE)
    expect(mostInWindow(chorus.twitch.ledger.attempts())).toBe(20)
    await expectAllAnswered(chorus, 24)
  },
)
