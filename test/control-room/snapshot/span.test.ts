import { expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../../src/clock.js'
import { toSpan } from '../../../src/control-room/snapshot/span.js'

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
