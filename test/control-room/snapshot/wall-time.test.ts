import { expect, test } from 'vitest'
import { WallTime } from '../../../src/control-room/snapshot/wall-time.js'

/** Two clocks that are read one after the other, and set apart by a test. */
function clocks() {
  const set = { nowMs: 1000.4, wallMs: 50_000.6 }
  return { set, time: new WallTime({ now: () => set.nowMs, wall: () => set.wallMs }) }
}

test('a moment is the same time with every look, however the two clocks are read', () => {
  const { set, time } = clocks()
  const at = time.of(500)
  for (const apartMs of [0.3, 0.9, -0.7, 40]) {
    set.wallMs = 50_000.6 + 2000 + apartMs
    set.nowMs = 3000.4
    expect(time.of(500)).toBe(at)
  }
  expect(at).toBe(49_500)
})

test('a moment follows the clock on the wall when somebody sets that', () => {
  const { set, time } = clocks()
  const at = time.of(500)
  set.wallMs += 3_600_000
  expect(time.of(500)).toBe(at + 3_600_000)
})
