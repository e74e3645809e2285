import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/random.js'
import { drawLatencyMs, USUAL_LATENCY } from '../../src/simulator/model-latency.js'

describe('the latency of the built-in model', () => {
  it.each([1, 2, 3])('has its median at 1.2 s and its 95th percentile at 3 s (seed %i)', (seed) => {
    const random = seededRandom(seed)
    const draws = Array.from({ length: 20_000 }, () => drawLatencyMs(random, USUAL_LATENCY))
    draws.sort((a, b) => a - b)
    expect(draws[10_000]).toBeGreaterThan(1200 * 0.95)
    expect(draws[10_000]).toBeLessThan(1200 * 1.05)
    expect(draws[19_000]).toBeGreaterThan(3000 * 0.95)
    expect(draws[19_000]).toBeLessThan(3000 * 1.05)
  })

  it('is a finite positive time for any two points and any draw', () => {
    const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(
        draws,
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 10 }),
        (draw, medianMs, factor) => {
          const ms = drawLatencyMs(() => draw, { medianMs, p95Ms: medianMs * factor })
          expect(ms).toBeGreaterThan(0)
          expect(Number.isFinite(ms)).toBe(true)
        },
      ),
    )
  })

  it('is always the same where a fixed one is asked for', () => {
    expect(drawLatencyMs(() => 0.9, 500)).toBe(500)
  })
})
