import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../../src/clock.js'
import { RequestWindow } from '../../../src/control-room/snapshot/request-window.js'
import { ChorusError, type ErrorCode } from '../../../src/errors.js'
import { ChorusEmitter } from '../../../src/events.js'
import { ManualClock } from '../../support/manual-clock.js'

function watching() {
  const clock = new ManualClock()
  const events = new ChorusEmitter()
  const requests = new RequestWindow({ clock, events })
  const answered = (tookMs: number) => events.emit('model:answered', { model: 'm', tookMs, tokens: 1 })
  const failed = (code: ErrorCode) =>
    events.emit('model:failed', { model: 'm', tookMs: 5, error: new ChorusError(code, 'x') })
  return { answered, clock, failed, requests }
}

describe('the requests of the last five minutes', () => {
  test('are none at first, with no seconds', () => {
    expect(watching().requests.summary).toEqual({ answered: 0, failed: 0, errors: [] })
  })

  test('are counted, with how long answers took and which errors were the most frequent', () => {
    const { answered, failed, requests } = watching()
    for (let n = 1; n <= 100; n++) answered(n * 100)
    for (const code of ['model-timeout', 'model-unreachable', 'model-unreachable'] as const) failed(code)
    expect(requests.summary).toEqual({
      answered: 100,
      failed: 3,
      seconds: { p50: 5, p95: 9.5 },
      errors: [
        { code: 'model-unreachable', count: 2 },
        { code: 'model-timeout', count: 1 },
      ],
    })
  })

  test('are forgotten after that', async () => {
    const { answered, clock, failed, requests } = watching()
    answered(100)
    failed('model-timeout')
    await clock.advance(MINUTE)
    answered(200)
    await clock.advance(4 * MINUTE - 1)
    expect(requests.summary).toMatchObject({ answered: 2, failed: 1 })
    await clock.advance(SECOND)
    expect(requests.summary).toEqual({ answered: 1, failed: 0, seconds: { p50: 0.2, p95: 0.2 }, errors: [] })
    await clock.advance(MINUTE)
    expect(requests.summary).toEqual({ answered: 0, failed: 0, errors: [] })
  })

  test('are the identical object while they are the same, and made anew at most once a second', async () => {
    const { answered, clock, requests } = watching()
    answered(100)
    const first = requests.summary
    answered(100)
    await clock.advance(SECOND - 1)
    expect(requests.summary).toBe(first)
    await clock.advance(1)
    const second = requests.summary
    expect(second.answered).toBe(2)
    await clock.advance(MINUTE)
    expect(requests.summary).toBe(second)
  })

  test('are at most the newest five thousand', () => {
    const { answered, failed, requests } = watching()
    failed('model-timeout')
    for (let n = 0; n < 5000; n++) answered(1)
    expect(requests.summary).toMatchObject({ answered: 5000, failed: 0 })
  })
})
