import { afterEach, expect, test } from 'vitest'
import { type StopEnd, StopSignal } from '../../src/commands/stop-signal.js'
import { ManualClock, settle } from '../support/manual-clock.js'

let signal: StopSignal | undefined
afterEach(() => signal?.dispose())

/** A Chorus with three open replies that never gets on, and what it was asked to do. */
function stopping() {
  const clock = new ManualClock()
  const asked: string[] = []
  const told: string[] = []
  const chorus = {
    router: { getQueueMetrics: () => ({ global: { size: 2, pending: 1 }, bots: {} }) },
    gracefulStop: ({ deadlineMs = 0 } = {}) => {
      asked.push(`graceful ${deadlineMs}`)
      return new Promise(() => {})
    },
    stop: async () => void asked.push('now'),
  } as unknown as ConstructorParameters<typeof StopSignal>[0]
  const begun: string[][] = []
  signal = new StopSignal(chorus, {
    clock,
    deadlineMs: 8000,
    tell: (text) => told.push(text),
    ended: () => {},
    asked: () => begun.push([...asked]),
  })
  return { clock, asked, told, begun, signal }
}

test('the first signal asks gracefully, keeps back time for goodbyes and tells what is open', () => {
  const { asked, told, signal } = stopping()
  signal.request()
  expect(asked).toEqual(['graceful 7500'])
  expect(told).toEqual(['Stopping: up to 8 s for what was accepted (3 replies); once more stops at once.'])
})

test('what must be done before a stop is done once, before it begins', async () => {
  const { begun, clock, signal } = stopping()
  signal.request()
  await clock.advance(5000)
  signal.request()
  signal.requestGraceful()
  expect(begun).toEqual([[]])
})

test('a signal within half a second is the same one, a later one stops at once', async () => {
  const { clock, asked, signal } = stopping()
  signal.request()
  await clock.advance(500)
  signal.request()
  expect(asked).toEqual(['graceful 7500'])
  await clock.advance(1)
  signal.request()
  expect(asked).toEqual(['graceful 7500', 'now'])
  await settle()
  await expect(signal.stopped).resolves.toBeUndefined()
})

test('a graceful stop that somebody asks for never makes one that is under way an immediate one', async () => {
  const { clock, asked, signal } = stopping()
  signal.requestGraceful()
  await clock.advance(5000)
  signal.requestGraceful()
  expect(asked).toEqual(['graceful 7500'])
})

test('it listens to the process’s signals until it is disposed of', () => {
  const { asked, signal } = stopping()
  process.emit('SIGTERM')
  expect(asked).toHaveLength(1)
  signal.dispose()
  expect(process.listenerCount('SIGTERM')).toBe(0)
})

test.each([
  [3, true, '3 replies wait in the journal for the next start.'],
  [1, true, '1 reply waits in the journal for the next start.'],
  [3, false, 'Left unanswered: 3 replies.'],
  [0, true, 'Stopped: nothing is left.'],
])(
  'of %i replies that are left it says what becomes of them; kept: %s',
  async (left, isDurable, expected) => {
    const told: string[] = []
    const ends: StopEnd[] = []
    const chorus = {
      isDurable,
      router: { getQueueMetrics: () => ({ global: { size: 0, pending: 0 }, bots: {} }) },
      gracefulStop: async () => ({ done: 2, left }),
    } as unknown as ConstructorParameters<typeof StopSignal>[0]
    signal = new StopSignal(chorus, {
      clock: new ManualClock(),
      deadlineMs: 8000,
      tell: (text) => told.push(text),
      ended: (end) => ends.push(end),
    })
    signal.request()
    await signal.stopped
    expect(ends).toEqual([{ done: 2, left, text: expected }])
    expect(told).toEqual([])
  },
)
