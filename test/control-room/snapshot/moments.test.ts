import { expect, test } from 'vitest'
import { SECOND } from '../../../src/clock.js'
import { Moments } from '../../../src/control-room/snapshot/moments.js'
import { ManualClock } from '../../support/manual-clock.js'

const WALL_MS = Date.UTC(2026, 0, 1)

function looking() {
  const clock = new ManualClock()
  const faults: unknown[] = []
  let looks = 0
  const status = () => {
    looks += 1
    if (looks === 3) throw new Error('no status')
    return {
      perMinute: { accepted: 99, answered: looks * 10, lines: looks * 100 },
    }
  }
  const moments = new Moments({ clock, owed: () => looks, status, fault: (error) => faults.push(error) })
  return { clock, faults, moments }
}

test('history is looked at every two seconds, and is the identical object in between', async () => {
  const { clock, moments } = looking()
  moments.start()
  moments.start()
  await clock.advance(2 * SECOND)
  const { history } = moments
  expect(history).toEqual({
    ...{ atMs: [WALL_MS, WALL_MS + 2000], waiting: [1, 2] },
    ...{ answered: [10, 20], lines: [100, 200] },
  })
  await clock.advance(SECOND)
  expect(moments.history).toBe(history)
  moments.stop()
})

test('history leaves a moment out that can’t be told, and goes on', async () => {
  const { clock, faults, moments } = looking()
  moments.start()
  await clock.advance(6 * SECOND)
  expect(moments.history.waiting).toEqual([1, 2, 4])
  expect(faults).toHaveLength(1)
  moments.stop()
})

test('history is the last three hundred moments', async () => {
  const { clock, moments } = looking()
  moments.start()
  await clock.advance(400 * 2 * SECOND)
  const { answered, atMs, lines, waiting } = moments.history
  expect([atMs, waiting, answered, lines].map(({ length }) => length)).toEqual([300, 300, 300, 300])
  expect([atMs.at(-1), waiting.at(-1)]).toEqual([WALL_MS + 800_000, 401])
  moments.stop()
})

test('history ends with the stop, and leaves no timer', async () => {
  const { clock, moments } = looking()
  moments.stop()
  moments.start()
  moments.stop()
  moments.stop()
  await clock.advance(10 * SECOND)
  expect([moments.history.atMs.length, clock.pendingTimers]).toEqual([1, 0])
})
