import { afterEach, beforeEach, expect, it } from 'vitest'
import { seededRandom } from '../../src/random.js'
import { playScenario } from '../../src/simulator/scenario-player.js'
import { disconnects, questionBurst, raid } from '../../src/simulator/scenarios.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { ManualClock } from '../support/manual-clock.js'
import { joinAs } from './irc-socket.js'

let clock: ManualClock
let simulator: TwitchSimulator

beforeEach(async () => {
  clock = new ManualClock()
  simulator = new TwitchSimulator({ clock, random: seededRandom(1), openRegistration: true })
  await simulator.start()
})

afterEach(() => simulator.stop())

it('says every line at its time and is done with the last', async () => {
  const scenario = raid({ seed: 1, channel: 'chan', bots: ['ava'], viewers: 30, overMs: 3000 })
  const shown: number[] = []
  simulator.onLine(() => shown.push(clock.now()))
  const played = playScenario({ scenario, simulator, clock })
  await clock.advance(3000)
  await played
  expect(shown).toEqual(scenario.map(({ atMs }) => atMs))
})

it('stops in the middle when it is told to', async () => {
  const scenario = questionBurst({ seed: 1, channel: 'chan', bot: 'ava', questions: 50, withinMs: 10_000 })
  const stop = new AbortController()
  let shown = 0
  simulator.onLine(() => shown++)
  const played = playScenario({ scenario, simulator, clock, signal: stop.signal })
  await clock.advance(5000)
  const before = shown
  stop.abort(new Error('enough'))
  await expect(played).rejects.toThrow('enough')
  await clock.advance(10_000)
  expect(shown).toBe(before)
  expect(clock.pendingTimers).toBe(0)
})

it('cuts, freezes and refuses connections as the scenario says', async () => {
  const client = await joinAs(simulator, 'ava', 'chan')
  const scenario = disconnects({ seed: 1, channel: 'chan', bots: ['ava'], everyMs: 1000 })
  const played = playScenario({ scenario, simulator, clock })
  await client.closed
  await clock.advance(4000)
  await expect(joinAs(simulator, 'ava')).rejects.toThrow()
  await clock.advance(1000)
  await played
  await joinAs(simulator, 'ava', 'chan')
})
