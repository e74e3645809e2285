import { expect, test } from 'vitest'
import { inWholeSeconds } from '../../../src/control-room/snapshot/whole-seconds.js'

test('spans of time are told in whole seconds, wherever they stand; moments and all else as they are', () => {
  const status = {
    lanes: { ava: { expectedMs: 1500.4, oldestMs: 0, waiting: 2.5 } },
    muted: [{ bot: 'ava', leftMs: 59_001 }, { bot: 'ben' }],
    raids: [{ arrivedAtMs: 1234.5 }],
    wait: { expectedMs: Number.POSITIVE_INFINITY },
    model: undefined,
    none: null,
  }
  expect(inWholeSeconds(status)).toEqual({
    ...status,
    lanes: { ava: { expectedMs: 2000, oldestMs: 0, waiting: 2.5 } },
    muted: [{ bot: 'ava', leftMs: 60_000 }, { bot: 'ben' }],
  })
})
