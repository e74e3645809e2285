import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import type { Outcome, TaskId } from '../../src/domain.js'
import type { ReplyJournal, ReplyRecord } from '../../src/reply-journal.js'
import { settle } from '../support/manual-clock.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture } from './engine-fixture.js'

/** A journal in memory: `find` gives replies to the queue, as a redrive or a file that can be read again does. */
function journalInMemory(...first: readonly ReplyRecord[]) {
  const settled = new Map<TaskId, Outcome>()
  let find: (records: readonly ReplyRecord[]) => void = () => {}
  const journal: ReplyJournal = {
    isDurable: true,
    put: async () => {},
    putNow: () => {},
    settle: async ({ task }, outcome) => void settled.set(task.id, outcome),
    hasSettled: (id) => settled.has(id),
    restore(take) {
      find = take
      take(first)
    },
  }
  return { journal, settled, find: (...records: readonly ReplyRecord[]) => find(records) }
}

const found = (parts: Parameters<typeof replyTask>[0] = {}): ReplyRecord => ({
  task: replyTask(parts),
  progress: { kind: 'accepted' },
  attempts: 0,
  crashes: 0,
  unservedSinceMs: undefined,
})

const taken = ({ events }: ReturnType<typeof engineFixture>) => {
  const restored: object[] = []
  events.on('journal:restored', (event) => restored.push(event))
  return restored
}

describe('what a journal holds without an outcome', () => {
  it('goes on, has ended, or waits for a run with its bot: one event counts them', async () => {
    const old = { ...found(), unservedSinceMs: -1000 * SECOND }
    const { journal } = journalInMemory(found(), found(), old, found({ bot: 'zoe' }))
    const fixture = engineFixture({ journal })
    const restored = taken(fixture)
    expect(fixture.engine.restore()).toBe(2)
    expect(restored).toEqual([{ count: 2, ended: 1, absent: 1 }])
  })

  it('is none: nothing is told', () => {
    const { journal } = journalInMemory()
    const fixture = engineFixture({ journal })
    const restored = taken(fixture)
    fixture.engine.restore()
    expect(restored).toEqual([])
  })

  it('is withdrawn when moderators clear it away, also where its bot does not take part', () => {
    const absent = found({ bot: 'zoe', login: 'ann' })
    const { journal, settled } = journalInMemory(absent)
    const { engine } = engineFixture({ journal })
    engine.restore()
    const outcome: Outcome = { kind: 'withdrawn', by: 'moderation', reason: 'cleared' }
    expect(engine.takeBack(({ message }) => message.login === 'ben', outcome)).toBe(0)
    expect(engine.takeBack(({ message }) => message.login === 'ann', outcome)).toBe(1)
    expect(engine.takeBack(() => true, outcome)).toBe(0)
    expect([...settled]).toEqual([[absent.task.id, outcome]])
  })
})

describe('a stop that discards', () => {
  it('withdraws what waits for a run with its bot, too; another stop leaves it', async () => {
    const outcomes = async (discard: boolean) => {
      const { journal, settled } = journalInMemory(found({ bot: 'zoe' }))
      const { engine } = engineFixture({ journal })
      engine.restore()
      await engine.stop({ discard })
      return [...settled.values()]
    }
    expect(await outcomes(true)).toMatchObject([{ kind: 'withdrawn', by: 'streamer' }])
    expect(await outcomes(false)).toEqual([])
  })
})

describe('what is redriven', () => {
  it('while nothing else is owed expires, too, when its bot stays away', async () => {
    const { journal, find, settled } = journalInMemory()
    const { clock, engine } = engineFixture({ journal, answerWithinMs: 60 * SECOND, blocked: () => 'parked' })
    engine.restore()
    const record = found()
    find(record)
    await clock.advance(70 * SECOND)
    expect(settled.get(record.task.id)).toMatchObject({ kind: 'expired' })
  })

  it.each(['drain', 'stop'] as const)('after a %s has begun is left to the next run', async (end) => {
    const { journal, find, settled } = journalInMemory()
    const fixture = engineFixture({ journal })
    const restored = taken(fixture)
    const { clock, engine, started } = fixture
    engine.restore()
    void engine[end]()
    find(found())
    await settle()
    expect([engine.metrics().global, restored, started, settled.size]).toEqual([
      { size: 0, pending: 0 },
      [],
      [],
      0,
    ])
    await engine.stop()
    expect(clock.pendingTimers).toBe(0)
  })
})

it('a reply that a process may have died of expires, too, when its bot stays away', async () => {
  const record: ReplyRecord = { ...found(), progress: { kind: 'working' } }
  const { journal, settled } = journalInMemory(record)
  const { clock, engine } = engineFixture({ journal, answerWithinMs: 60 * SECOND, blocked: () => 'parked' })
  engine.restore()
  await clock.advance(70 * SECOND)
  expect(settled.get(record.task.id)).toMatchObject({ kind: 'expired' })
})
