import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RateLog } from '../../src/simulator/rate-log.js'

it('counts exactly what happened in the window, its far edge included', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 300 }), (gaps) => {
      const log = new RateLog({ windowMs: 100, entriesMax: 1000 })
      const times: number[] = []
      let now = 0
      for (const gap of gaps) {
        now += gap
        times.push(now)
        log.add(now)
        expect(log.count(now)).toBe(times.filter((time) => now - time <= 100).length)
      }
    }),
  )
})

it('tells no more apart than its bound', () => {
  const log = new RateLog({ windowMs: 1000, entriesMax: 5 })
  for (let at = 0; at < 20; at++) log.add(at)
  expect(log.count(20)).toBe(5)
  expect(log.count(1017)).toBe(3)
})
