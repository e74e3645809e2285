import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type RoomAllowance, SendBudget, type Wish } from '../../src/chat/send-budget.js'
import { type ChannelName, toChannelName } from '../../src/domain.js'

const HERE = toChannelName('here')
const THERE = toChannelName('there')

interface Write {
  readonly atMs: number
  readonly channel: string
  readonly text: string
  readonly isPrivileged: boolean
}

const wish = (channel: ChannelName, text: string, room: Partial<RoomAllowance> = {}): Wish => ({
  channel,
  text,
  isPrivileged: false,
  slowMs: 0,
  ...room,
})

/** Twitch's own limits, without any margin, for the last line: the first one it breaks, or undefined. */
function breach(written: readonly Write[]): string | undefined {
  const line = written.at(-1)
  if (!line) return undefined
  const before = written.slice(0, -1)
  const most = line.isPrivileged ? 100 : 20
  if (before.filter((other) => line.atMs - other.atMs < 30_000).length >= most) return 'window'
  const here = before.filter((other) => other.channel === line.channel)
  const gapMs = line.isPrivileged ? 0 : 1000
  if (here.some((other) => line.atMs - other.atMs < gapMs)) return 'gap'
  if (here.some((other) => other.text === line.text && line.atMs - other.atMs < 30_000)) return 'repetition'
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
    /** What the account is in the channel at that moment: it changes from line to line. */
    isPrivileged: fc.boolean(),
  }),
  { maxLength: 250, size: 'max' },
)

describe('SendBudget', () => {
  it('breaks none of Twitch’s limits, whatever is wanted when, and makes nothing wait without need', () => {
    fc.assert(
      fc.property(wishes, (list) => {
        const budget = new SendBudget()
        const written: Write[] = []
        let nowMs = 0
        for (const { afterMs, channel, text, isPrivileged } of list) {
          nowMs += afterMs
          const name = toChannelName(channel)
          const wanted = wish(name, text, { isPrivileged })
          const waitMs = budget.waitMs(nowMs, wanted)
          // Just before the wait ends less the margin, the line would have broken one of Twitch's own limits.
          const earlierMs = nowMs + waitMs - 501
          if (earlierMs > nowMs) {
            expect(breach([...written, { atMs: earlierMs, channel, text, isPrivileged }])).toBeDefined()
          }
          nowMs += waitMs
          expect(budget.waitMs(nowMs, wanted)).toBe(0)
          budget.record(nowMs, name, text)
          written.push({ atMs: nowMs, channel, text, isPrivileged })
          expect(breach(written)).toBeUndefined()
        }
      }),
      { numRuns: 300 },
    )
  })

  it('lets twenty lines go and makes the next one wait until the first has left the window', () => {
    const budget = new SendBudget()
    for (let count = 0; count < 20; count++) {
      const channel = toChannelName(`c${count}`)
      expect(budget.waitMs(count * 10, wish(channel, 'hello'))).toBe(0)
      budget.record(count * 10, channel, 'hello')
    }
    expect(budget.waitMs(1000, wish(HERE, 'hello'))).toBe(29_500)
    expect(budget.waitMs(30_499, wish(HERE, 'hello'))).toBe(1)
    expect(budget.waitMs(30_500, wish(HERE, 'hello'))).toBe(0)
    expect(budget.left(1000, false)).toBe(0)
    expect(budget.left(1000, true)).toBe(80)
  })

  it('lets a moderator send a hundred, which count for the other channels, too', () => {
    const budget = new SendBudget()
    let nowMs = 0
    for (let count = 0; count < 100; count++) {
      const wanted = wish(HERE, `line ${count}`, { isPrivileged: true })
      nowMs += budget.waitMs(nowMs, wanted)
      budget.record(nowMs, HERE, wanted.text)
    }
    expect(nowMs).toBeCloseTo(99 * 100)
    expect(budget.waitMs(nowMs, wish(HERE, 'one more', { isPrivileged: true }))).toBeCloseTo(30_500 - 9900)
    // Elsewhere nobody special: at most twenty of the last lines may be in the window.
    expect(budget.waitMs(nowMs, wish(THERE, 'hi'))).toBeCloseTo(30_500 - 1900)
  })

  it('keeps 1.1 s between two lines of a channel, and none between channels', () => {
    const budget = new SendBudget()
    budget.record(0, HERE, 'one')
    expect(budget.waitMs(100, wish(HERE, 'two'))).toBe(1000)
    expect(budget.waitMs(100, wish(THERE, 'two'))).toBe(0)
  })

  it('keeps to the slow mode of the room, unless the account is somebody special there', () => {
    const budget = new SendBudget()
    budget.record(0, HERE, 'one')
    expect(budget.waitMs(0, wish(HERE, 'two', { slowMs: 10_000 }))).toBe(10_300)
    expect(budget.waitMs(0, wish(HERE, 'two', { slowMs: 10_000, isPrivileged: true }))).toBe(100)
  })

  it('takes texts that differ only in spaces for the same', () => {
    const budget = new SendBudget()
    budget.record(0, HERE, 'so  true ')
    expect(budget.waitMs(5000, wish(HERE, ' so true'))).toBe(25_500)
    expect(budget.waitMs(5000, wish(THERE, ' so true'))).toBe(0)
    expect(budget.waitMs(5000, { ...wish(HERE, 'so true'), isRepetition: true })).toBe(0)
  })

  it('lets a line that was not shown be said again at once, though it counts', () => {
    const budget = new SendBudget()
    budget.record(0, HERE, 'hello')
    expect(budget.waitMs(1100, wish(HERE, 'hello'))).toBeGreaterThan(0)
    budget.notShown(HERE)
    expect(budget.waitMs(1100, wish(HERE, 'hello'))).toBe(0)
    expect(budget.left(1100, false)).toBe(19)
  })

  it('counts a line from the moment when it had arrived for certain', () => {
    const budget = new SendBudget()
    budget.record(0, HERE, 'one')
    budget.record(10, THERE, 'two')
    budget.confirm(900, HERE)
    expect(budget.waitMs(1000, wish(HERE, 'three'))).toBe(950)
    expect(budget.written.map(({ atMs }) => atMs)).toEqual([10, 900])
  })

  it('lets the way to Twitch use up the margin before it costs anything', () => {
    const budget = new SendBudget()
    for (let count = 0; count < 20; count++) {
      budget.record(count, toChannelName(`c${count}`), 'hello')
      budget.confirm(count + 400, toChannelName(`c${count}`))
    }
    expect(budget.waitMs(1000, wish(HERE, 'hello'))).toBe(29_500)
    budget.confirm(1000, toChannelName('c0'))
    budget.record(1000, THERE, 'hello')
    expect(budget.waitMs(1000, wish(HERE, 'hello'))).toBe(29_502)
  })

  it('makes a moderator wait no longer than for the confirmation, where that takes longer than the gap', () => {
    const budget = new SendBudget()
    budget.record(0, HERE, 'one')
    budget.confirm(500, HERE)
    expect(budget.waitMs(500, wish(HERE, 'two', { isPrivileged: true }))).toBe(0)
    expect(budget.waitMs(500, wish(HERE, 'two'))).toBe(1050)
  })

  it('goes on from what an earlier run has written', () => {
    const before = new SendBudget()
    for (let count = 0; count < 20; count++) before.record(count, toChannelName(`c${count}`), 'hello')
    const after = new SendBudget(before.written)
    expect(after.waitMs(100, wish(HERE, 'hello'))).toBe(30_400)
  })
})
