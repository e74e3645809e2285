import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SendBudget } from '../../src/chat/send-budget.js'
import { toChannelName } from '../../src/domain.js'

const HERE = toChannelName('here')
const THERE = toChannelName('there')

interface Write {
  readonly atMs: number
  readonly channel: string
  readonly text: string
}

/** Twitch's own limits, without any margin: the first one broken, or undefined. */
function breach(written: readonly Write[]): string | undefined {
  for (const [place, line] of written.entries()) {
    const before = written.slice(0, place)
    if (before.filter((other) => line.atMs - other.atMs < 30_000).length >= 20) return 'window'
    const here = before.filter((other) => other.channel === line.channel)
    if (here.some((other) => line.atMs - other.atMs < 1000)) return 'gap'
    if (here.some((other) => other.text === line.text && line.atMs - other.atMs < 30_000)) return 'repetition'
  }
  return undefined
}

/** Lines wanted one after the other: how long after the last one, where, and what. */
const wishes = fc.array(
  fc.record({
    afterMs: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 0, max: 50 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 40_000 }) },
    ),
    channel: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    text: fc.integer({ min: 1, max: 30 }).map((number) => `text ${number}`),
  }),
  { maxLength: 120, size: 'max' },
)

describe('SendBudget', () => {
  it('breaks none of Twitch’s limits, whatever is wanted when, and makes nothing wait without need', () => {
    fc.assert(
      fc.property(wishes, (list) => {
        const budget = new SendBudget()
        const written: Write[] = []
        let nowMs = 0
        for (const { afterMs, channel, text } of list) {
          nowMs += afterMs
          const name = toChannelName(channel)
          const waitMs = budget.waitMs(nowMs, name, text)
          // Just before the wait ends less the margin, the line would have broken one of Twitch's own limits.
          const earlierMs = nowMs + waitMs - 501
          if (earlierMs > nowMs) {
            expect(breach([...written, { atMs: earlierMs, channel, text }])).toBeDefined()
          }
          nowMs += waitMs
          expect(budget.waitMs(nowMs, name, text)).toBe(0)
          budget.record(nowMs, name, text)
          written.push({ atMs: nowMs, channel, text })
          expect(breach(written)).toBeUndefined()
        }
      }),
      { numRuns: 300 },
    )
  })

  it('lets twenty lines go and makes the next one wait until the first has left the window', () => {
    const budget = new SendBudget()
    for (let count = 0; count < 20; count++) {
      expect(budget.waitMs(count * 10, toChannelName(`c${count}`), 'hello')).toBe(0)
      budget.record(count * 10, toChannelName(`c${count}`), 'hello')
    }
    expect(budget.waitMs(1000, HERE, 'hello')).toBe(29_500)
    expect(budget.waitMs(30_499, HERE, 'hello')).toBe(1)
    expect(budget.waitMs(30_500, HERE, 'hello')).toBe(0)
  })

  it('keeps 1.1 s between two lines of a channel, and none between channels', () => {
    const budget = new SendBudget()
    budget.record(0, HERE, 'one')
    expect(budget.waitMs(100, HERE, 'two')).toBe(1000)
    expect(budget.waitMs(100, THERE, 'two')).toBe(0)
  })

  it('takes texts that differ only in spaces for the same', () => {
    const budget = new SendBudget()
    budget.record(0, HERE, 'so  true ')
    expect(budget.waitMs(5000, HERE, ' so true')).toBe(25_500)
    expect(budget.waitMs(5000, THERE, ' so true')).toBe(0)
  })
})
