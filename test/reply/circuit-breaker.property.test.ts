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
  outages = 0
  refusedInProbe = 0

  constructor(seed: number) {
    this.breaker = new CircuitBreaker({
      clock: this.clock,
      random: seededRandom(seed),
      probe: () => this.#probe(),
      failed: ({ probes }) => {
        if (probes > 0) return
        this.outages += 1
        this.#lastMs = this.clock.now()
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
      this.refusedInProbe += this.#probes
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
  { weight: 4, arbitrary: fc.constant<Step>((world) => world.begin()) },
  { weight: 1, arbitrary: fc.constant<Step>((world) => world.end(undefined)) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...CODES).map(
      (code): Step =>
        (world) =>
          world.end(new ChorusError(code, code)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map(
      (isWell): Step =>
        (world) => {
          world.isWell = isWell
        },
    ),
  },
  // Short enough to stop in the middle of a probe, or long enough for many of them.
  {
    weight: 3,
    arbitrary: fc.integer({ min: 0, max: 3 * SECOND }).map(
      (ms): Step =>
        (world) =>
          world.clock.advance(ms),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: 90 * SECOND }).map(
      (ms): Step =>
        (world) =>
          world.clock.advance(ms),
    ),
  },
)

it('no request passes while it is open, one probe runs at a time, soon enough, and what heals is found', async () => {
  const seen = { outages: 0, refusedInProbe: 0 }
  const runs = fc.asyncProperty(
    fc.integer(),
    fc.array(step, { minLength: 30, maxLength: 80 }),
    async (seed, steps) => {
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
      seen.outages += world.outages
      seen.refusedInProbe += world.refusedInProbe
    },
  )
  await fc.assert(runs, { numRuns: 300 })
  // The runs do reach what they are about.
  expect(seen.outages).toBeGreaterThan(300)
  expect(seen.refusedInProbe).toBeGreaterThan(50)
})
