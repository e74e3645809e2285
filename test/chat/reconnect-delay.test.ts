import fc from 'fast-check'
import { expect, it } from 'vitest'
import { reconnectDelayMs } from '../../src/chat/reconnect-delay.js'

it('doubles from one second to thirty, with at most a quarter off', () => {
  const full = [0, 1, 2, 3, 4, 5, 6, 1000].map((failures) => reconnectDelayMs(failures, () => 1))
  expect(full).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  fc.assert(
    fc.property(fc.nat({ max: 100 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, draw) => {
      const delayMs = reconnectDelayMs(failures, () => draw)
      expect(delayMs).toBeGreaterThanOrEqual(750)
      expect(delayMs).toBeLessThanOrEqual(30_000)
    }),
  )
})
