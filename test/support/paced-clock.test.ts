import { expect, it } from 'vitest'
import { SECOND, sleep } from '../../src/clock.js'
import { PacedClock } from './paced-clock.js'

/** As a machine does to a process whose processor it takes away. */
function standStill(ms: number): void {
  const sinceMs = performance.now()
  while (performance.now() - sinceMs < ms);
}

it('stands still while the process does', async () => {
  const clock = new PacedClock(20)
  const sinceMs = clock.now()
  const second = sleep(clock, SECOND)
  standStill(300)
  expect(clock.now() - sinceMs).toBeLessThan(SECOND / 3)
  await second
  expect(clock.now() - sinceMs).toBeGreaterThanOrEqual(SECOND)
})

it('runs its timers in the order in which they fall due, never early, and none that was taken back', async () => {
  const clock = new PacedClock(50)
  const sinceMs = clock.now()
  const ran: number[] = []
  const early: number[] = []
  const timer = (ms: number) =>
    clock.after(ms, () => {
      ran.push(ms)
      if (clock.now() - sinceMs < ms) early.push(ms)
    })
  for (const ms of [700, 100, 300, 200]) timer(ms)
  timer(150)()
  // It falls due with the one before, which takes it back.
  clock.after(250, () => cancel())
  const cancel = timer(250)
  await sleep(clock, SECOND)
  expect(ran).toEqual([100, 200, 300, 700])
  expect(early).toEqual([])
})

it('goes on at another pace from where it is', async () => {
  const clock = new PacedClock(1)
  const hour = sleep(clock, 3600 * SECOND)
  clock.setPace(100_000)
  await hour
  expect(clock.now()).toBeGreaterThanOrEqual(3600 * SECOND)
})
