import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import type { Outcome, TaskId } from '../../src/domain.js'
import type { ReplyJournal, ReplyRecord } from '../../src/reply-journal.js'
import type { ReplyShare, WorkContext } from '../../src/reply-queue.js'
import { settle } from '../support/manual-clock.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture, jointLine } from './engine-fixture.js'

/**
 * A journal in memory: `find` gives replies to the queue, as a redrive or a file that can be read again does; `open` is what
 * a later run would find.
 */
function journalInMemory(...first: readonly ReplyRecord[]) {
  const settled = new Map<TaskId, Outcome>()
  const open = new Map<TaskId, ReplyRecord>(first.map((record) => [record.task.id, record]))
  const put = (record: ReplyRecord) => void open.set(record.task.id, record)
  let find: (records: readonly ReplyRecord[]) => void = () => {}
  const journal: ReplyJournal = {
    isDurable: true,
    put: async (record) => put(record),
    putNow: put,
    settle: async ({ task }, outcome) => {
      open.delete(task.id)
      settled.set(task.id, outcome)
    },
    hasSettled: (id) => settled.has(id),
    restore(take) {
      find = take
      take(first)
    },
  }
  return { journal, open, settled, find: (...records: readonly ReplyRecord[]) => find(records) }
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

describe('a line of a bot that takes no part, written when its process died', () => {
  const written = (): ReplyRecord => ({
    ...found({ bot: 'zoe' }),
    progress: { kind: 'sending', line: 'hi', writtenAtMs: -SECOND },
  })

  it('is in doubt when nobody would wait for it any longer, for it may be in chat', async () => {
    const [line, question] = [written(), found({ bot: 'zoe' })]
    const { journal, settled } = journalInMemory(line, question)
    const { clock, engine } = engineFixture({ journal, answerWithinMs: 60 * SECOND })
    engine.restore()
    await clock.advance(59 * SECOND)
    expect(settled.size).toBe(0)
    await clock.advance(6 * SECOND)
    expect(settled.get(line.task.id)).toEqual({ kind: 'sent', inDoubt: true })
    expect(settled.get(question.task.id)).toMatchObject({ kind: 'expired' })
  })

  it('is in doubt, too, when moderators clear away what it answers', () => {
    const line = written()
    const { journal, settled } = journalInMemory(line)
    const { engine } = engineFixture({ journal })
    engine.restore()
    expect(engine.takeBack(() => true, { kind: 'withdrawn', by: 'moderation', reason: 'cleared' })).toBe(1)
    expect([...settled]).toEqual([[line.task.id, { kind: 'sent', inDoubt: true }]])
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

/** What a run that ended had begun to write: one line for so many viewers, of which the last row tells. */
function writtenJointly(viewers: number, parts: Parameters<typeof replyTask>[0] = {}): ReplyRecord[] {
  const records = Array.from({ length: viewers }, (_, at) => found({ login: `viewer${at}`, ...parts }))
  const line = records.map(({ task }) => task.id).join(' ')
  return records.map((record, at) => ({
    ...record,
    joint: 'a joint',
    progress: at === viewers - 1 ? { kind: 'sending', line, writtenAtMs: -SECOND } : { kind: 'accepted' },
  }))
}

/** A queue on what a run has left, whose handler tells what it was asked to make and to say. */
function afterRun(
  records: readonly ReplyRecord[],
  say: (context: WorkContext) => Outcome | Promise<Outcome> = () => ({ kind: 'sent' }),
) {
  const memory = journalInMemory(...records)
  const made: TaskId[] = []
  const said: { readonly line: unknown; readonly writtenAtMs: number | undefined }[] = []
  const fixture = engineFixture({
    bots: ['ava'],
    journal: memory.journal,
    rules: { whenWaitOverMs: SECOND, maxViewers: 6 },
    sendForecast: (_bot, _channel, lines) => lines * SECOND,
    async reply({ id }) {
      made.push(id)
      return id
    },
    async joint(shares: readonly ReplyShare[]) {
      made.push(...shares.map(({ id }) => id))
      return jointLine(shares)
    },
    async deliver(_task, line, context) {
      said.push({ line, writtenAtMs: context.writtenAtMs })
      return say(context)
    },
  })
  return { ...fixture, ...memory, made, said, settledInOrder: fixture.settled }
}

describe('a line for several viewers that was being written when its run ended', () => {
  it('is one line again: said once more as it was, and the outcome of all of them', async () => {
    const records = writtenJointly(4)
    const { clock, engine, made, said, settled, open } = afterRun(records, () => ({
      kind: 'sent',
      id: 'line' as never,
    }))
    expect(engine.restore()).toBe(4)
    await clock.advance(SECOND)
    const line = records.map(({ task }) => task.id).join(' ')
    expect(said).toEqual([{ line, writtenAtMs: -SECOND }])
    expect(made).toEqual([])
    expect([...settled.keys()].sort()).toEqual(records.map(({ task }) => task.id).sort())
    expect([...settled.values()]).toEqual(Array(4).fill({ kind: 'sent', id: 'line', viewers: 4 }))
    expect(open.size).toBe(0)
  })

  it.each([
    ['told at once', (context: WorkContext) => context.settled({ kind: 'sent', inDoubt: true })],
    ['told later', () => {}],
  ])(
    'that can’t be repeated is in doubt for all of them, %s, and the journal keeps none open',
    async (_when, tell) => {
      const { engine, open, settled, clock } = afterRun(writtenJointly(3), (context) => {
        tell(context)
        return { kind: 'sent', inDoubt: true }
      })
      engine.restore()
      await clock.advance(SECOND)
      expect([...settled.values()]).toEqual(Array(3).fill({ kind: 'sent', inDoubt: true, viewers: 3 }))
      expect(open.size).toBe(0)
    },
  )

  it('is found again whole by the run after the next one, whenever this one ends', () => {
    const { engine, open } = afterRun(writtenJointly(3), () => new Promise<Outcome>(() => {}))
    engine.restore()
    expect([...open.values()].map(({ progress }) => progress.kind)).toEqual(['sending', 'sending', 'sending'])
    expect(new Set([...open.values()].map(({ joint }) => joint)).size).toBe(1)
  })

  it('settles the one last of whom the journal tells that it was written, whatever viewers asked beside', async () => {
    const [ann, bob, carrier] = writtenJointly(3)
    if (!ann || !bob || !carrier) throw new Error('there are three')
    // The carrier's viewer has asked before everybody else, too.
    const before: ReplyRecord = { ...ann, task: replyTask({ login: carrier.task.message.login }) }
    const { clock, engine, settledInOrder } = afterRun([before, carrier, ann, bob])
    engine.restore()
    await clock.advance(SECOND)
    expect(settledInOrder.map(({ task }) => task.id).at(-1)).toBe(carrier.task.id)
    expect(settledInOrder).toHaveLength(4)
  })

  it('that a stop cuts short again is in doubt for all of them', async () => {
    const { engine, settled } = afterRun(writtenJointly(2), () => new Promise<Outcome>(() => {}))
    engine.restore()
    await engine.stop()
    expect([...settled.values()]).toEqual(Array(2).fill({ kind: 'sent', inDoubt: true, viewers: 2 }))
  })
})

describe('a line for several viewers that was not written when its run ended', () => {
  const unwritten = (kind: 'accepted' | 'working', viewers = 4) =>
    writtenJointly(viewers).map((record): ReplyRecord => ({ ...record, progress: { kind } }))

  it('is nobody’s: each viewer is answered anew, together with others perhaps', async () => {
    const records = unwritten('accepted', 12)
    const { clock, engine, made, said, settled } = afterRun(records)
    engine.restore()
    await clock.advance(60 * SECOND)
    const ids = records.map(({ task }) => task.id).sort()
    expect([...made].sort()).toEqual(ids)
    expect(said.flatMap(({ line }) => String(line).split(' ')).sort()).toEqual(ids)
    expect(said.length).toBeLessThan(12)
    expect(said.every(({ writtenAtMs }) => writtenAtMs === undefined)).toBe(true)
    expect([...settled.values()].every(({ kind }) => kind === 'sent')).toBe(true)
  })

  it('and that its run may have died of is made for each viewer alone, whoever else waits', async () => {
    const suspects = unwritten('working', 6)
    const others = unwritten('accepted', 12).map((record) => ({ ...record, joint: undefined }))
    const later = others.map(({ task, ...record }, at) => ({
      ...record,
      task: replyTask({ login: `later${at}`, arrivedAtMs: 1 }),
    }))
    const { clock, engine, said } = afterRun([...suspects, ...later])
    engine.restore()
    await clock.advance(60 * SECOND)
    const lines = said.map(({ line }) => String(line))
    for (const { task } of suspects) expect(lines).toContain(task.id)
    expect(lines.length).toBeLessThan(18)
    expect(lines.flatMap((line) => line.split(' '))).toHaveLength(18)
  })

  it('is in the journal as if nobody had made it', async () => {
    const { clock, engine, made, open } = afterRun([], () => new Promise<Outcome>(() => {}))
    await engine.accept(Array.from({ length: 12 }, (_, at) => replyTask({ login: `viewer${at}` })))
    await clock.advance(10 * SECOND)
    const joint = [...open.values()].filter((record) => record.joint !== undefined)
    expect(joint.length).toBeGreaterThan(1)
    expect(joint.every(({ task }) => made.includes(task.id))).toBe(true)
    expect(joint.every(({ progress }) => progress.kind === 'accepted')).toBe(true)
  })
})
