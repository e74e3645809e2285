import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SendBudget, type Target } from '../../src/chat/send-budget.js'
import { type ChannelName, toChannelName } from '../../src/domain.js'

/*
 * Goal: a forecast is what would really happen. Method: random histories of an account, with answers that came late and
 * lines that broke the rules, too; then the lines are written one by one on a copy, by the budget's own waits.
 */

const CHANNELS = ['a', 'b', 'c', 'd'].map(toChannelName)
const HERE = toChannelName('a')

/** What happens to the account, so long after what was before. */
interface Past {
  readonly afterMs: number
  readonly channel: ChannelName
  /** A line is written, or the last one there is answered. */
  readonly kind: 'write' | 'answer'
}

const pasts: fc.Arbitrary<Past[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 0, max: 200 }) },
      { weight: 2, arbitrary: fc.integer({ min: 400, max: 1500 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 12_000 }) },
    ),
    channel: fc.constantFrom(...CHANNELS),
    kind: fc.constantFrom('write' as const, 'write' as const, 'answer' as const),
  }),
  { maxLength: 250, size: 'max' },
)
const targets: fc.Arbitrary<Target> = fc.record({
  channel: fc.constant(HERE),
  isPrivileged: fc.boolean(),
  slowMs: fc.constantFrom(0, 0, 1000, 3000, 30_000),
})

/** A budget that has lived through it, and the time it is then. */
function liveThrough(past: readonly Past[]): { readonly budget: SendBudget; readonly nowMs: number } {
  const budget = new SendBudget()
  let nowMs = 0
  for (const [place, { afterMs, channel, kind }] of past.entries()) {
    nowMs += afterMs
    if (kind === 'write') budget.record(nowMs, channel, `past ${place}`)
    else budget.confirm(nowMs, channel)
  }
  return { budget, nowMs }
}

/** When each of the lines would be written, by waiting and writing them. */
function writeAll(before: SendBudget, startMs: number, target: Target, lines: number): number[] {
  const budget = new SendBudget(before.written)
  const moments: number[] = []
  let nowMs = startMs
  for (let line = 0; line < lines; line++) {
    const text = `line ${line}`
    nowMs += budget.waitMs(nowMs, { ...target, text })
    budget.record(nowMs, target.channel, text)
    moments.push(nowMs - startMs)
  }
  return moments
}

describe('a forecast of the send budget', () => {
  it('says of every number of lines, to the millisecond, when they would have been written', () => {
    fc.assert(
      fc.property(pasts, targets, fc.integer({ min: 0, max: 350 }), (past, target, lines) => {
        const { budget, nowMs } = liveThrough(past)
        const known = structuredClone(budget.written)
        const forecast = Array.from({ length: lines + 1 }, (_, count) =>
          budget.forecastMs(nowMs, target, count),
        )
        expect(forecast).toEqual([0, ...writeAll(budget, nowMs, target, lines)])
        expect(budget.written).toEqual(known)
      }),
      { numRuns: 150 },
    )
  })

  it('never says that more lines take less time, nor that a moderator needs longer', () => {
    const count = fc.integer({ min: 0, max: 100_000 })
    fc.assert(
      fc.property(pasts, targets, count, count, (past, target, few, more) => {
        const { budget, nowMs } = liveThrough(past)
        const of = (lines: number, isPrivileged = target.isPrivileged) =>
          budget.forecastMs(nowMs, { ...target, isPrivileged }, lines)
        expect(of(Math.min(few, more))).toBeLessThanOrEqual(of(Math.max(few, more)))
        expect(of(more, true)).toBeLessThanOrEqual(of(more, false))
      }),
    )
  })

  it.each([
    [{ isPrivileged: false, slowMs: 0 }, 0, 0],
    [{ isPrivileged: false, slowMs: 0 }, 1, 0],
    [{ isPrivileged: false, slowMs: 0 }, 20, 19 * 1100],
    [{ isPrivileged: false, slowMs: 0 }, 21, 30_500],
    [{ isPrivileged: false, slowMs: 0 }, 100_000, 4999 * 30_500 + 19 * 1100],
    [{ isPrivileged: true, slowMs: 10_000 }, 100_000, 999 * 30_500 + 99 * 100],
    [{ isPrivileged: false, slowMs: 10_000 }, 100_000, 99_999 * 10_300],
  ])('of an account that was silent, in a room %j, says of %d lines %d ms', (room, lines, ms) => {
    expect(new SendBudget().forecastMs(5000, { channel: HERE, ...room }, lines)).toBeCloseTo(ms, 3)
  })
})
