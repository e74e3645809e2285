import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND, sleep } from '../../src/clock.js'
import type { Outcome, ReplyTask } from '../../src/domain.js'
import { ChorusError } from '../../src/errors.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture } from './engine-fixture.js'

/**
 * Goal: over any mix of bots, channels, causes, arrivals, model times and faults, the limits hold at every moment, nothing
 * accepted is dropped or settled twice, and nothing starves. Method: seeded runs of the real engine on a clock moved by
 * hand; a handler that counts itself is the witness, not the engine's own numbers.
 */
const BOTS = ['ava', 'bob', 'cleo', 'dora', 'eve']

const job = fc.record({
  bot: fc.constantFrom(...BOTS),
  channel: fc.constantFrom('one', 'two'),
  cause: fc.constantFrom('mention' as const, 'chance' as const, 'low' as const),
  atMs: fc.nat(20 * SECOND),
  delayMs: fc.nat(8 * SECOND),
  generateMs: fc.nat(6 * SECOND),
  deliverMs: fc.nat(4 * SECOND),
  /** Errors before it succeeds. */
  faults: fc.array(
    fc.constantFrom('model-timeout' as const, 'model-bad-answer' as const, 'model-unreachable' as const),
    {
      maxLength: 3,
    },
  ),
})
type Job = typeof job extends fc.Arbitrary<infer T> ? T : never

/** Runs the jobs and watches from outside. */
async function run(jobs: readonly Job[], limits: { global: number; perBot: number }) {
  const plans = new Map<string, Job>()
  const busy = new Map<string, number>()
  const worst = { global: 0, perBot: 0, mismatches: 0 }
  const tries = new Map<string, number>()
  const fixture = engineFixture({
    limits,
    async reply(task: ReplyTask, { signal }) {
      const plan = plans.get(task.id)
      if (!plan) throw new Error('a reply that nobody accepted')
      busy.set(task.bot, (busy.get(task.bot) ?? 0) + 1)
      watch()
      try {
        await sleep(clock, plan.generateMs, signal)
        const fault = plan.faults[tries.get(task.id) ?? 0]
        tries.set(task.id, (tries.get(task.id) ?? 0) + 1)
        if (fault) throw new ChorusError(fault, 'scripted')
        return 'hi'
      } finally {
        busy.set(task.bot, (busy.get(task.bot) ?? 0) - 1)
      }
    },
    async deliver(task, _line, { signal }): Promise<Outcome> {
      await sleep(clock, plans.get(task.id)?.deliverMs ?? 0, signal)
      return { kind: 'sent' }
    },
  })
  const { engine, clock, settled } = fixture
  function watch() {
    const counts = [...busy.values()]
    const total = counts.reduce((sum, count) => sum + count, 0)
    worst.global = Math.max(worst.global, total)
    worst.perBot = Math.max(worst.perBot, ...counts)
    // A pause that outlasts the model still holds the slot, so the engine may count more than the witness, never less.
    if (engine.metrics().global.pending < total || engine.metrics().global.pending > limits.global)
      worst.mismatches += 1
  }
  for (const plan of [...jobs].sort((a, b) => a.atMs - b.atMs)) {
    await clock.advance(plan.atMs - clock.now())
    const task = replyTask({ ...plan, arrivedAtMs: plan.atMs })
    plans.set(task.id, plan)
    await engine.accept([task])
  }
  await clock.advance(60 * MINUTE)
  return { ...fixture, worst, settled, accepted: [...plans.keys()] }
}

describe('for any mix of replies', () => {
  it('the limits hold, everything accepted is settled exactly once, and nothing is left', async () => {
    const limits = fc.record({
      global: fc.integer({ min: 1, max: 6 }),
      perBot: fc.integer({ min: 1, max: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(job, { minLength: 1, maxLength: 40 }), limits, async (jobs, limit) => {
        const { engine, worst, settled, accepted } = await run(jobs, limit)
        expect(worst.global).toBeLessThanOrEqual(limit.global)
        expect(worst.perBot).toBeLessThanOrEqual(limit.perBot)
        expect(worst.mismatches).toBe(0)
        expect(settled.map(({ task }) => task.id).sort()).toEqual([...accepted].sort())
        expect(settled.every(({ outcome }) => outcome.kind === 'sent')).toBe(true)
        expect(engine.metrics().global).toEqual({ size: 0, pending: 0 })
      }),
      { numRuns: 60 },
    )
  })

  it('a chance reply that came first is served before a mention that came more than its handicap later', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 500, max: 4000 }),
        async (count, generateMs) => {
          const { engine, clock, started } = engineFixture({ generateMs, limits: { global: 1, perBot: 1 } })
          const chance = replyTask({ cause: 'chance' })
          await engine.accept([replyTask(), chance])
          // A stream of mentions that alone would keep the lane busy for ever.
          for (let i = 0; i < count; i++) {
            await engine.accept([
              replyTask({ arrivedAtMs: clock.now() }),
              replyTask({ arrivedAtMs: clock.now() }),
            ])
            await clock.advance(generateMs)
          }
          await clock.advance(60 * MINUTE)
          const later = started.slice(started.indexOf(chance) + 1)
          const earlier = started.slice(0, started.indexOf(chance))
          expect(earlier.every((task) => task.message.arrivedAtMs <= 30 * SECOND)).toBe(true)
          expect(earlier.length + later.length + 1).toBe(2 + 2 * count)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('a stop at any moment leaves no timer, no count and no outcome behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(job, { minLength: 1, maxLength: 20 }),
        fc.nat(30 * SECOND),
        async (jobs, stopMs) => {
          const { engine, clock, settled } = engineFixture({
            generateMs: 1500,
            deliver: (_task, _line, { signal }) =>
              sleep(clock, 1000, signal).then((): Outcome => ({ kind: 'sent' })),
          })
          await engine.accept(jobs.map((plan) => replyTask({ ...plan, arrivedAtMs: 0 })))
          await clock.advance(stopMs)
          await engine.stop()
          const before = settled.length
          expect(clock.pendingTimers).toBe(0)
          await clock.advance(MINUTE)
          expect(settled).toHaveLength(before)
          expect(engine.metrics().global).toEqual({ size: 0, pending: 0 })
        },
      ),
      { numRuns: 40 },
    )
  })
})
