import { expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../../src/clock.js'
import { toForeseen, toSpan } from '../../../src/control-room/snapshot/span.js'

test.each([
  [0, '1 s'],
  [8.2 * SECOND, '9 s'],
  [89 * SECOND, '89 s'],
  [89.5 * SECOND, '2 min'],
  [150 * SECOND, '3 min'],
  [89 * MINUTE, '89 min'],
  [90 * MINUTE, '2 h'],
])('%d ms are told as %s', (ms, told) => {
  expect(toSpan(ms)).toBe(told)
})

test.each([
  [0, '1 s'],
  [8.2 * SECOND, '9 s'],
  [20 * SECOND, '20 s'],
  [21 * SECOND, '20 s'],
  [22.5 * SECOND, '25 s'],
  [58 * SECOND, '60 s'],
  [64 * SECOND, '60 s'],
  [85 * SECOND, '90 s'],
  [109 * SECOND, '110 s'],
  [115 * SECOND, '2 min'],
  [149 * SECOND, '3 min'],
  [10 * MINUTE, '10 min'],
  [180 * MINUTE, '3 h'],
])('%d ms are foreseen as %s', (ms, told) => {
  expect(toForeseen(ms)).toBe(told)
})

test('what comes down by a second each second is told as the same for five of them, and for ten beyond a minute', () => {
  const told = Array.from({ length: 120 }, (_, second) => toForeseen((120 - second) * SECOND))
  expect(new Set(told).size).toBe(1 + 6 + 7 + 20)
})
