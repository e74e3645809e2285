import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { ChorusError, type ErrorCode } from '../../src/errors.js'
import { seededRandom } from '../../src/random.js'
import { CircuitBreaker, type GuardedRequest, PROBE_MAX_MS } from '../../src/reply/circuit-breaker.js'
import { ManualClock } from '../support/manual-clock.js'

/**
 * Goal: whatever requests come to, and in whichever order, the endpoint is left alone while it is away, and found again
 * soon after. Method: random runs of requests begun, answered and failed, of time, and of an endpoint that breaks and
 * heals; every request and probe is counted as the endpoint would see it.
 */
const PROBE_TAKES_MS = 4 * SECOND
const CODES: readonly ErrorCode[] = [
  'model-unreachable',
  'model-timeout',
  'model-rate-limited',
  'model-unauthorized',
  'model-bad-answer',
  'model-empty',
]

class World {
  readonly clock = new ManualClock()
  readonly breaker: CircuitBreaker
  isWell = true
  #requests: GuardedRequest[] = []
  #probes = 0
  #lastMs = 0
  /** The longest that an open breaker has let pass without asking. */
  worstGapMs = 0
  mostProbes = 0
  lettingThrough = 0

  constructor(seed: number) {
    this.breaker = new CircuitBreaker({
      clock: this.clock,
      random: seededRandom(seed),
      probe: () => this.#probe(),
      failed: ({ probes }) => {
        if (probes === 0) this.#lastMs = this.clock.now()
      },
      closed: () => {},
    })
  }

  begin(): void {
    const isAway = this.breaker.outage !== undefined
    try {
      this.#requests.push(this.breaker.begin())
      if (isAway) this.lettingThrough += 1
    } catch (error) {
      expect(error).toMatchObject({ code: 'model-away' })
      expect(isAway).toBe(true)
    }
  }

  end(error: ChorusError | undefined): void {
    const request = this.#requests.shift()
    if (error) request?.failed(error)
    else request?.answered()
  }

  #probe(): Promise<void> {
    this.worstGapMs = Math.max(this.worstGapMs, this.clock.now() - this.#lastMs)
    this.#probes += 1
    this.mostProbes = Math.max(this.mostProbes, this.#probes)
    return new Promise((resolve, reject) => {
      this.clock.after(PROBE_TAKES_MS, () => {
        this.#probes -= 1
        this.#lastMs = this.clock.now()
        if (this.isWell) resolve()
        else reject(new ChorusError('model-rate-limited', 'no', { retryAfterMs: 3600 * SECOND }))
      })
    })
  }
}

type Step = (world: World) => unknown
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>((world) => world.begin()),
  fc.constant<Step>((world) => world.end(undefined)),
  fc.constantFrom(...CODES).map(
    (code): Step =>
      (world) =>
        world.end(new ChorusError(code, code)),
  ),
  fc.boolean().map(
    (isWell): Step =>
      (world) => {
        world.isWell = isWell
      },
  ),
  fc.integer({ min: 0, max: 90 * SECOND }).map(
    (ms): Step =>
      (world) =>
        world.clock.advance(ms),
  ),
)

it('no request passes while it is open, one probe runs at a time, soon enough, and what heals is found', async () => {
  const runs = fc.asyncProperty(fc.integer(), fc.array(step, { maxLength: 60 }), async (seed, steps) => {
    const world = new World(seed)
    for (const run of steps) await run(world)
    world.isWell = true
    // The pause before the probe, one that may be under way, and the probe itself.
    await world.clock.advance(PROBE_MAX_MS + 2 * PROBE_TAKES_MS)
    expect(world.breaker.outage).toBeUndefined()
    expect(world.lettingThrough).toBe(0)
    expect(world.mostProbes).toBeLessThanOrEqual(1)
    expect(world.worstGapMs).toBeLessThanOrEqual(PROBE_MAX_MS)
    expect(world.clock.pendingTimers).toBe(0)
  })
  await fc.assert(runs, { numRuns: 150 })
})
