import { beforeEach, describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { ChorusError, type ErrorCode } from '../../src/errors.js'
import { CircuitBreaker, type GuardedRequest, type Outage } from '../../src/reply/circuit-breaker.js'
import { ManualClock, settle } from '../support/manual-clock.js'

const fault = (code: ErrorCode, retryAfterMs?: number) => new ChorusError(code, code, { retryAfterMs })
const DOWN = fault('model-unreachable')

/** An endpoint that answers or fails, and what its breaker told; without jitter a pause is the whole of it. */
function setUp() {
  const clock = new ManualClock()
  const at = {
    clock,
    /** What the next probes come to; undefined for an answer. */
    probeError: DOWN as ChorusError | undefined,
    probesAtS: [] as number[],
    mayProbe: true,
    told: [] as string[],
    breaker: undefined as unknown as CircuitBreaker,
    fail(error: unknown = DOWN, times = 1) {
      for (let count = 0; count < times; count++) at.breaker.begin().failed(error)
    },
    refused() {
      try {
        at.breaker.begin()
      } catch (error) {
        return error
      }
      throw new Error('the request was let through')
    },
  }
  at.breaker = new CircuitBreaker({
    clock,
    random: () => 1,
    mayProbe: () => at.mayProbe,
    probe: async () => {
      at.probesAtS.push(clock.now() / SECOND)
      if (at.probeError) throw at.probeError
    },
    failed: ({ error, probes }: Outage) => at.told.push(`${error.code} ${probes}`),
    closed: ({ probes }: Outage) => at.told.push(`closed ${probes}`),
  })
  return at
}

describe('a circuit breaker', () => {
  let at: ReturnType<typeof setUp>
  beforeEach(() => {
    at = setUp()
  })

  it.each<ErrorCode>(['model-unreachable', 'model-timeout', 'model-server-error', 'model-rate-limited'])(
    'opens after three failures in a row: %s',
    (code) => {
      at.fail(fault(code), 2)
      expect(at.breaker.outage).toBeUndefined()
      at.fail(fault(code))
      expect(at.breaker.outage).toMatchObject({ sinceMs: 0, probes: 0, probeInMs: SECOND })
      expect(at.refused()).toMatchObject({ code: 'model-away', scope: 'endpoint', retry: 'free' })
      expect(at.told).toEqual([`${code} 0`])
    },
  )

  it('opens at once on what only a person can mend', () => {
    at.fail(fault('model-unauthorized'))
    expect(at.refused()).toMatchObject({ code: 'model-away' })
  })

  it.each<ErrorCode>(['model-empty', 'model-refused-prompt'])(
    'takes for an answer what the endpoint has judged: %s',
    (code) => {
      at.fail(DOWN, 2)
      at.fail(fault(code))
      at.fail(DOWN, 2)
      expect(at.breaker.outage).toBeUndefined()
      expect(at.breaker.answeredAtMs).toBe(0)
    },
  )

  it.each<ErrorCode>(['model-bad-answer', 'model-too-large'])(
    'takes an odd answer for a failure, as a page about maintenance is: %s',
    (code) => {
      at.fail(fault(code), 2)
      expect(at.breaker.outage).toBeUndefined()
      at.fail(fault(code))
      expect(at.breaker.outage).toBeDefined()
      expect(at.breaker.answeredAtMs).toBe(Number.NEGATIVE_INFINITY)
    },
  )

  it.each([
    [
      'of refused requests is not ended by a refused probe: wrong settings refuse them all',
      'model-refused-request',
      true,
    ],
    ['of another kind is: a server may dislike what is so tiny about a probe', 'model-unreachable', false],
  ] as const)('an outage %s', async (_which, code, isAway) => {
    at.fail(fault(code), 3)
    expect(at.breaker.outage).toBeDefined()
    at.probeError = fault('model-refused-request')
    await at.clock.advance(10 * SECOND)
    expect(at.breaker.outage !== undefined).toBe(isAway)
  })

  it('starts a row anew at an answer', () => {
    at.fail(DOWN, 2)
    at.breaker.begin().answered()
    at.fail(DOWN, 2)
    expect(at.breaker.outage).toBeUndefined()
  })

  it('probes after 1, 2, 4 … 30 s, tells each failure, and closes at the first answer', async () => {
    at.fail(DOWN, 3)
    await at.clock.advance(121 * SECOND)
    expect(at.probesAtS).toEqual([1, 3, 7, 15, 31, 61, 91, 121])
    at.probeError = undefined
    await at.clock.advance(30 * SECOND)
    expect(at.breaker.outage).toBeUndefined()
    expect(at.breaker.answeredAtMs).toBe(151 * SECOND)
    expect(at.told.at(-1)).toBe('closed 9')
    expect(at.clock.pendingTimers).toBe(0)
    at.breaker.begin().answered()
  })

  it('begins with short pauses again at the next outage', async () => {
    at.fail(DOWN, 3)
    await at.clock.advance(10 * SECOND)
    at.probeError = undefined
    await at.clock.advance(30 * SECOND)
    at.fail(DOWN, 3)
    expect(at.breaker.outage).toMatchObject({ probeInMs: SECOND, sinceMs: 40 * SECOND })
  })

  it.each([
    [0, 1],
    [5, 5],
    [3600, 30],
    [undefined, 1],
  ])('waits as the server asks, within its own bounds: %s s', async (asked, waited) => {
    const error = fault('model-rate-limited', asked === undefined ? undefined : asked * SECOND)
    at.fail(error, 3)
    expect(at.breaker.outage?.probeInMs).toBe(waited * SECOND)
    at.probeError = error
    await at.clock.advance(waited * SECOND)
    expect(at.breaker.outage).toMatchObject({
      probes: 1,
      probeInMs: Math.max(2, waited === 1 ? 0 : waited) * SECOND,
    })
  })

  it('does not count what old requests come to after it has closed again', async () => {
    const old: GuardedRequest[] = Array.from({ length: 5 }, () => at.breaker.begin())
    at.fail(DOWN, 3)
    at.probeError = undefined
    await at.clock.advance(SECOND)
    expect(at.breaker.outage).toBeUndefined()
    for (const request of old.slice(0, 4)) request.failed(DOWN)
    old[4]?.failed(fault('model-unauthorized'))
    expect(at.breaker.outage).toBeUndefined()
    at.fail(DOWN, 3)
    expect(at.breaker.outage).toBeDefined()
  })

  it('stays open when an old request is answered after all, but knows of the answer', async () => {
    const old = at.breaker.begin()
    at.fail(DOWN, 3)
    at.clock.sleep(500)
    old.answered()
    expect(at.breaker.outage).toBeDefined()
    expect(at.breaker.answeredAtMs).toBe(500)
  })

  it('puts a probe off for as long as none may be sent', async () => {
    at.mayProbe = false
    at.fail(DOWN, 3)
    await at.clock.advance(60 * SECOND)
    expect(at.probesAtS).toEqual([])
    at.mayProbe = true
    await at.clock.advance(SECOND)
    expect(at.probesAtS).toHaveLength(1)
    expect(at.told).toEqual(['model-unreachable 0', 'model-unreachable 1'])
  })

  it('leaves no timer and no probe when it is stopped, in whichever state', async () => {
    at.fail(DOWN, 3)
    at.breaker.stop()
    at.breaker.stop()
    expect(at.clock.pendingTimers).toBe(0)
    expect(at.refused()).toMatchObject({ code: 'stopping' })
    expect(at.breaker.outage).toBeUndefined()
  })

  it('hangs up on a probe when it is stopped, and hears nothing of it any more', async () => {
    const clock = new ManualClock()
    const seen: AbortSignal[] = []
    const told: string[] = []
    const breaker = new CircuitBreaker({
      clock,
      random: () => 1,
      probe: (_, signal) => {
        seen.push(signal)
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        )
      },
      failed: () => told.push('failed'),
      closed: () => told.push('closed'),
    })
    const late = breaker.begin()
    breaker.begin().failed(fault('model-unauthorized'))
    await clock.advance(60 * SECOND)
    expect(seen).toHaveLength(1)
    expect(breaker.outage).toMatchObject({ probes: 1, probeInMs: 0 })
    breaker.stop()
    await settle()
    expect(seen[0]?.aborted).toBe(true)
    late.failed(fault('model-unauthorized'))
    expect(told).toEqual(['failed'])
    expect(clock.pendingTimers).toBe(0)
  })
})
