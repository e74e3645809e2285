import { beforeEach, describe, expect, it } from 'vitest'
import { Watchdog } from '../../src/chat/watchdog.js'
import { SECOND } from '../../src/clock.js'
import { ManualClock } from '../support/manual-clock.js'

let clock: ManualClock
let heardAtMs: number
let pings: number[]
let deaths: number[]
let answersInMs: number | undefined
let watchdog: Watchdog

beforeEach(() => {
  clock = new ManualClock()
  heardAtMs = 0
  pings = []
  deaths = []
  answersInMs = undefined
  watchdog = new Watchdog({
    clock,
    heardAtMs: () => heardAtMs,
    ping: () => {
      pings.push(clock.now())
      if (answersInMs === undefined) return
      clock.after(answersInMs, () => {
        heardAtMs = clock.now()
      })
    },
    dead: () => deaths.push(clock.now()),
  })
  watchdog.start()
})

describe('a watchdog', () => {
  it.each([0, 700, 1900])(
    'finds a link dead within 20 s of its last word, which came %i ms after a look',
    async (ms) => {
      answersInMs = 50
      await clock.advance(10 * SECOND + ms)
      answersInMs = undefined
      heardAtMs = clock.now()
      const lastHeardMs = heardAtMs
      await clock.advance(60 * SECOND)
      expect(deaths).toHaveLength(1)
      expect((deaths[0] ?? 0) - lastHeardMs).toBeLessThan(20 * SECOND)
      expect(clock.pendingTimers).toBe(0)
    },
  )

  it('leaves a quiet link alone that answers, however slowly', async () => {
    answersInMs = 9 * SECOND
    await clock.advance(600 * SECOND)
    expect(deaths).toEqual([])
    expect(pings.length).toBeGreaterThan(30)
  })

  it('does not ask while chat is heard', async () => {
    for (let second = 0; second < 60; second++) {
      heardAtMs = clock.now()
      await clock.advance(SECOND)
    }
    expect(pings).toEqual([])
  })

  it('asks anew after the process has slept: what came meanwhile is read later than timers run', async () => {
    await clock.advance(6 * SECOND)
    expect(pings).toHaveLength(1)
    // All timers of a minute fall due at once, as after SIGCONT.
    clock.sleep(60 * SECOND)
    answersInMs = 50
    await clock.advance(0)
    expect(pings).toHaveLength(2)
    await clock.advance(60 * SECOND)
    expect(deaths).toEqual([])
  })
})
