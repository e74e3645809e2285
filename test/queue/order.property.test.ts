import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND, sleep } from '../../src/clock.js'
import type { ReplyTask } from '../../src/domain.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture } from './engine-fixture.js'

/**
 * Goal: whoever has a head start, a lane serves by arrival, handicap and head start alone, and nobody starves. Method: seeded
 * runs of the real engine with one slot, on a clock moved by hand; the order is worked out again from the tasks.
 */
const HEAD_START = { moderator: 40 * SECOND, vip: 15 * SECOND, subscriber: 5 * SECOND }
const HANDICAP = { mention: 0, chance: 30 * SECOND, low: 60 * SECOND }

const asked = fc.record({
  atMs: fc.nat(3 * MINUTE),
  cause: fc.constantFrom('mention' as const, 'mention' as const, 'chance' as const, 'low' as const),
  roles: fc.record({
    broadcaster: fc.boolean(),
    moderator: fc.boolean(),
    vip: fc.boolean(),
    subscriber: fc.boolean(),
  }),
  channel: fc.constantFrom('one', 'two'),
})
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never

function rankMs({ cause, message: { arrivedAtMs, roles } }: ReplyTask): number {
  const { moderator, vip, subscriber } = HEAD_START
  const starts = [
    roles.moderator || roles.broadcaster ? moderator : 0,
    roles.vip ? vip : 0,
    roles.subscriber ? subscriber : 0,
  ]
  return arrivedAtMs + HANDICAP[cause] - (cause === 'mention' ? Math.max(...starts) : 0)
}

describe('for any mix of roles, causes and arrivals', () => {
  it('nothing is started while something with the right of way waits, and nothing is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(asked, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 20 * SECOND }),
        async (all, makeMs) => {
          const { overtaken, settled } = await run(all, makeMs)
          expect(overtaken).toEqual([])
          expect(settled).toBe(all.length)
        },
      ),
      { numRuns: 100 },
    )
  })
})

async function run(all: readonly Asked[], makeMs: number) {
  const waiting = new Set<ReplyTask>()
  const overtaken: string[] = []
  const { engine, clock, events, settled } = engineFixture({
    bots: ['ava'],
    limits: { global: 1, perBot: 1 },
    headStart: HEAD_START,
    reply: (_task, { signal }) => sleep(clock, makeMs, signal).then(() => 'hi'),
  })
  events.on('reply:started', ({ task }) => {
    waiting.delete(task)
    for (const other of waiting)
      if (rankMs(other) < rankMs(task)) overtaken.push(`${task.id} was started before ${other.id}`)
  })
  for (const { atMs, roles, ...parts } of [...all].sort((a, b) => a.atMs - b.atMs)) {
    await clock.advance(atMs - clock.now())
    const task = replyTask({ ...parts, arrivedAtMs: atMs, login: `viewer${atMs}` })
    const owed = { ...task, message: { ...task.message, roles } }
    waiting.add(owed)
    await engine.accept([owed])
  }
  await clock.advance(60 * MINUTE)
  return { overtaken, settled: settled.length }
}
