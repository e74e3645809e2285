import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { DAY, MINUTE, SECOND } from '../../src/clock.js'
import type { Outcome, ReplyTask } from '../../src/domain.js'
import { ChorusError } from '../../src/errors.js'
import { Journal } from '../../src/journal/journal.js'
import type { Progress, ReplyRecord } from '../../src/reply-journal.js'
import type { WorkContext } from '../../src/reply-queue.js'
import { engineFixture } from '../queue/engine-fixture.js'
import type { ManualClock } from '../support/manual-clock.js'
import { replyTask } from '../support/reply-task.js'
import { dataFolders, openJournal, query, record } from './journal-fixture.js'

/*
 * Goal: a run goes on where the one before it ended. Method: a journal is filled by hand as a process leaves it that died,
 * and the real queue is started on it.
 */

const folder = dataFolders()
const SENT: Outcome = { kind: 'sent' }
const LINE = { channel: 'mychannel', text: 'hi' }

/** What a process that died now leaves behind. */
async function leave(records: readonly ReplyRecord[], clock?: ManualClock): Promise<ManualClock> {
  const before = openJournal(folder.current, clock && { clock })
  await Promise.all(records.map((left) => before.journal.put(left)))
  before.journal.close()
  return before.clock
}

type FixtureOptions = Parameters<typeof engineFixture>[0]

/** A queue that takes over what is there. */
function takeOver(clock: ManualClock, options: FixtureOptions = {}) {
  const contexts: WorkContext[] = []
  const given: { task: ReplyTask; line: unknown; context: Pick<WorkContext, 'writtenAtMs'> }[] = []
  const opened = openJournalOnly(clock)
  const queue = engineFixture({
    journal: opened,
    clock,
    reply: async (_task, context) => {
      contexts.push(context)
      return 'hi'
    },
    deliver: async (task, line, context) => {
      given.push({ task, line, context })
      return SENT
    },
    ...options,
  })
  const restored: ReplyTask[] = []
  queue.events.on('reply:restored', ({ task }) => restored.push(task))
  const count = queue.engine.restore()
  return { ...queue, journal: opened, contexts, given, restored, count }
}

function openJournalOnly(clock: ManualClock): Journal {
  const { events } = engineFixture({ clock })
  const journal = new Journal({ folder: folder.current, keptMs: DAY, clock, events })
  journal.open()
  return journal
}

const working: Progress = { kind: 'working' }
const outcomes = () =>
  Object.fromEntries(
    query(folder.current, 'SELECT id, outcome, details FROM settled_reply').map(
      ({ id, outcome, details }) => [id, { kind: outcome, ...JSON.parse(String(details)) }],
    ),
  )

describe('what an earlier run left', () => {
  it('is answered in the order of arrival, with the attempts it had', async () => {
    const late = record(replyTask({ arrivedAtMs: 2 }), { attempts: 3 })
    const early = record(replyTask({ arrivedAtMs: 1 }))
    const clock = await leave([late, early])
    const { count, contexts, given, restored } = takeOver(clock, { limits: { global: 1, perBot: 1 } })
    await clock.advance(SECOND)
    expect(count).toBe(2)
    expect(restored).toHaveLength(2)
    expect(given.map(({ task }) => task.id)).toEqual([early.task.id, late.task.id])
    expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 4])
  })

  it('is taken over once, by the first message at the latest', async () => {
    const left = record(replyTask())
    const clock = await leave([left])
    const { engine, given } = takeOver(clock)
    await engine.accept([replyTask()])
    expect(engine.restore()).toBe(0)
    await clock.advance(SECOND)
    expect(given).toHaveLength(2)
  })

  it('goes to the bot of that name, however it is spelled today, and waits for one that is gone', async () => {
    const [ava, gone] = [record(replyTask({ bot: 'AVA' })), record(replyTask({ bot: 'zoe' }))]
    const clock = await leave([ava, gone])
    const { given, journal } = takeOver(clock)
    await clock.advance(SECOND)
    expect(given.map(({ task }) => task.bot)).toEqual(['ava'])
    journal.close()
    expect(query(folder.current, 'SELECT id FROM open_reply')).toEqual([{ id: gone.task.id }])
  })

  it('hands the line that was made to whoever makes the next one', async () => {
    const clock = await leave([record(replyTask(), { progress: { kind: 'ready', line: LINE } })])
    const { contexts } = takeOver(clock)
    await clock.advance(SECOND)
    expect(contexts.map(({ made }) => made)).toEqual([LINE])
  })

  it('is told again by nobody: what is settled is not accepted a second time', async () => {
    const task = replyTask()
    const before = openJournal(folder.current)
    await before.journal.put(record(task))
    await before.journal.settle(record(task), SENT)
    before.journal.close()
    const { engine, given } = takeOver(before.clock)
    await engine.accept([task])
    await before.clock.advance(SECOND)
    expect(given).toEqual([])
  })
})

describe('a line that was being written', () => {
  const sending = (writtenAtMs: number): Progress => ({ kind: 'sending', line: LINE, writtenAtMs })

  it('goes to whoever says it, unchanged, with the moment it was written, before anything else does', async () => {
    const other = record(replyTask())
    const left = record(replyTask(), { progress: sending(0) })
    const clock = await leave([other, left])
    await clock.advance(5 * SECOND)
    const { given, contexts } = takeOver(clock)
    await clock.advance(SECOND)
    expect(given[0]).toMatchObject({ task: { id: left.task.id }, line: LINE, context: { writtenAtMs: 0 } })
    expect(contexts).toHaveLength(1)
  })

  it('is in doubt where the same one makes and says it', async () => {
    const left = record(replyTask(), { progress: sending(0) })
    const clock = await leave([left])
    const { journal, settled } = takeOver(clock, { deliver: 'none' })
    await clock.advance(SECOND)
    journal.close()
    expect(settled.map(({ outcome }) => outcome)).toEqual([{ kind: 'sent', inDoubt: true }])
  })

  it('is as old as the clock says that makes it older', async () => {
    const clock = await leave([record(replyTask(), { progress: sending(0) })])
    await clock.advance(5 * SECOND)
    const wall = clock.wall()
    clock.wall = () => wall + 10 * SECOND
    const { given } = takeOver(clock)
    await clock.advance(SECOND)
    expect(given[0]?.context.writtenAtMs).toBe(-10 * SECOND)
  })

  it('is as old as can be where a clock says that it was written later', async () => {
    const clock = await leave([record(replyTask(), { progress: sending(0) })])
    const wall = clock.wall()
    clock.wall = () => wall - SECOND
    const { given } = takeOver(clock)
    await clock.advance(SECOND)
    expect(given[0]?.context.writtenAtMs).toBe(Number.NEGATIVE_INFINITY)
  })
})

describe('a line that may be in chat', () => {
  it('and was repeated counts from its first write: Twitch remembers it from then on', async () => {
    const { clock, journal: before } = openJournal(folder.current)
    before.close()
    const { engine, journal } = takeOver(clock, {
      deliver: async (_task, _line, context) => {
        context.inFlight(true)
        await new Promise<void>((resolve) => clock.after(20 * SECOND, resolve))
        context.inFlight(true)
        return new Promise(() => {})
      },
    })
    await engine.accept([replyTask()])
    await clock.advance(25 * SECOND)
    expect(query(folder.current, 'SELECT state, written_clock_ms FROM open_reply')).toEqual([
      { state: 'sending', written_clock_ms: 0 },
    ])
    await engine.stop()
    journal.close()
  })

  it.each([
    ['of an earlier run', { kind: 'sending', line: LINE, writtenAtMs: 0 } as const],
    ['of this run', { kind: 'accepted' } as const],
  ])('%s is in doubt when saying it fails, and no other one is made', async (_when, progress) => {
    const clock = await leave([record(replyTask(), { progress })])
    const { contexts, settled } = takeOver(clock, {
      deliver: async (_task, _line, context) => {
        if (context.writtenAtMs === undefined) context.inFlight(true)
        throw new Error('the line can’t be read')
      },
    })
    await clock.advance(MINUTE)
    expect(settled.map(({ outcome }) => outcome)).toEqual([{ kind: 'sent', inDoubt: true }])
    expect(contexts.length).toBe(progress.kind === 'sending' ? 0 : 1)
  })
})

describe('a reply that a process was working on when it died', () => {
  it('is tried again, and goes to the dead letters after the fourth time', async () => {
    const [third, fourth] = [
      record(replyTask(), { progress: working, crashes: 2 }),
      record(replyTask(), { progress: working, crashes: 3 }),
    ]
    const clock = await leave([third, fourth])
    const { given, journal } = takeOver(clock)
    await clock.advance(SECOND)
    journal.close()
    expect(given.map(({ task }) => task.id)).toEqual([third.task.id])
    expect(outcomes()).toMatchObject({
      [third.task.id]: { kind: 'sent' },
      [fourth.task.id]: { kind: 'dead', code: 'process-died' },
    })
  })

  it('is worked on alone among its like, so that they are not found guilty with it', async () => {
    const suspects = Array.from({ length: 4 }, (_, index) =>
      record(replyTask({ bot: ['ava', 'bob'][index % 2] as string, arrivedAtMs: index }), {
        progress: working,
      }),
    )
    const clock = await leave(suspects)
    let [atOnce, most] = [0, 0]
    const { settled } = takeOver(clock, {
      reply: async () => {
        atOnce += 1
        most = Math.max(most, atOnce)
        await new Promise<void>((resolve) => clock.after(2 * SECOND, resolve))
        atOnce -= 1
        return 'hi'
      },
    })
    await clock.advance(20 * SECOND)
    expect(most).toBe(1)
    expect(settled).toHaveLength(4)
  })

  it('keeps the others waiting while it waits for its next try', async () => {
    const suspects = ['ava', 'bob', 'cleo'].map((bot, index) =>
      record(replyTask({ bot, arrivedAtMs: index }), { progress: working }),
    )
    const clock = await leave(suspects)
    const bots: string[] = []
    takeOver(clock, {
      reply: async ({ bot }) => {
        bots.push(bot)
        if (bots.length < 3) throw new ChorusError('model-bad-answer', 'odd')
        return 'hi'
      },
    })
    await clock.advance(30 * SECOND)
    expect(bots).toEqual(['ava', 'ava', 'ava', 'bob', 'cleo'])
  })

  it('keeps no other one waiting while it can’t be worked on', async () => {
    const suspects = ['bob', 'ava'].map((bot, index) =>
      record(replyTask({ bot, arrivedAtMs: index }), { progress: working }),
    )
    const clock = await leave(suspects)
    const { given } = takeOver(clock, { blocked: (bot) => (bot === 'bob' ? 'parked' : undefined) })
    await clock.advance(SECOND)
    expect(given.map(({ task }) => task.bot)).toEqual(['ava'])
  })

  it('is marked before the work begins, and no more when the process is stopped', async () => {
    const { clock, journal: before } = openJournal(folder.current)
    before.close()
    const states = () => query(folder.current, 'SELECT state, crashes FROM open_reply')
    const { engine, journal } = takeOver(clock, {
      reply: async (_task, { signal }) => {
        expect(states()).toEqual([{ state: 'working', crashes: 0 }])
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        )
      },
    })
    await engine.accept([replyTask()])
    await clock.advance(SECOND)
    expect(states()).toEqual([{ state: 'working', crashes: 0 }])
    await engine.stop()
    journal.close()
    expect(states()).toEqual([{ state: 'accepted', crashes: 0 }])
  })
})

describe('a reply of a bot that takes no part', () => {
  it('expires, over however many runs, when nobody would wait for it any longer', async () => {
    const clock = await leave([record(replyTask({ bot: 'zoe' }))])
    for (const minutes of [6, 6]) {
      await clock.advance(minutes * MINUTE)
      const { engine, journal } = takeOver(clock, { answerWithinMs: 15 * MINUTE })
      await engine.stop()
      journal.close()
      expect(outcomes()).toEqual({})
    }
    const { journal } = takeOver(clock, { answerWithinMs: 15 * MINUTE })
    await clock.advance(4 * MINUTE)
    journal.close()
    expect(Object.values(outcomes())).toMatchObject([{ kind: 'expired' }])
  })
})

describe('after a time in which Chorus was down', () => {
  it('counts that time and what follows as one', async () => {
    const clock = await leave([record(replyTask())])
    await clock.advance(10 * MINUTE)
    const model = { away: () => ({ reason: 'it is away', sinceMs: 10 * MINUTE }), servedAtMs: () => 0 }
    const { settled } = takeOver(clock, { answerWithinMs: 15 * MINUTE, model })
    await clock.advance(4 * MINUTE)
    expect(settled).toEqual([])
    await clock.advance(2 * MINUTE)
    expect(settled.map(({ outcome }) => outcome)).toEqual([{ kind: 'expired', reason: 'it is away' }])
  })

  it('expires what could not be served for too long', async () => {
    const left = record(replyTask())
    const clock = await leave([left])
    await clock.advance(16 * MINUTE)
    const { journal, settled } = takeOver(clock, { answerWithinMs: 15 * MINUTE })
    journal.close()
    expect(settled.map(({ outcome }) => outcome)).toEqual([
      { kind: 'expired', reason: 'Chorus was not running' },
    ])
    expect(outcomes()).toMatchObject({ [left.task.id]: { kind: 'expired' } })
  })

  it.each([
    ['an hour ahead', 60 * MINUTE],
    ['an hour back', -60 * MINUTE],
  ])('expires nothing because the clock on the wall was put %s', async (_where, byMs) => {
    const clock = await leave([record(replyTask())])
    const wall = clock.wall.bind(clock)
    clock.wall = () => wall() + byMs
    await clock.advance(MINUTE)
    const { given } = takeOver(clock, { answerWithinMs: 15 * MINUTE })
    await clock.advance(SECOND)
    expect(given).toHaveLength(1)
  })

  it('does not expire what waited in a long lane before, as long as that was', async () => {
    const { clock, journal } = openJournal(folder.current)
    const task = replyTask({ arrivedAtMs: 0 })
    await journal.put(record(task))
    await clock.advance(60 * MINUTE)
    journal.close()
    await clock.advance(5 * SECOND)
    const { given } = takeOver(clock, { answerWithinMs: 15 * MINUTE })
    await clock.advance(SECOND)
    expect(given.map(({ task: { id } }) => id)).toEqual([task.id])
  })
})

describe('a queue with a journal that is told to stop', () => {
  it('writes down during a drain what is asked then, for the next run', async () => {
    const { clock, journal: before } = openJournal(folder.current)
    before.close()
    const { engine, journal, given } = takeOver(clock, {
      reply: () => new Promise<string>((resolve) => clock.after(3 * SECOND, () => resolve('hi'))),
    })
    const [first, second] = [replyTask(), replyTask()]
    await engine.accept([first])
    const drained = engine.drain()
    await engine.accept([second])
    await clock.advance(5 * SECOND)
    expect(await drained).toEqual({ done: 1, left: 1 })
    await engine.stop()
    journal.close()
    expect(given.map(({ task }) => task.id)).toEqual([first.id])
    expect(query(folder.current, 'SELECT id, state FROM open_reply')).toEqual([
      { id: second.id, state: 'accepted' },
    ])
  })

  it('takes nothing during a drain while nothing can be written down: it would be lost', async () => {
    const { clock, journal: before } = openJournal(folder.current)
    before.close()
    const { engine, journal } = takeOver(clock, { blocked: () => 'parked' })
    await engine.accept([replyTask()])
    for (const name of readdirSync(folder.current)) rmSync(path.join(folder.current, name))
    rmSync(folder.current, { recursive: true })
    writeFileSync(folder.current, '')
    await clock.advance(6 * SECOND)
    expect(journal.isDurable).toBe(false)
    void engine.drain({ deadlineMs: 5 * SECOND })
    await expect(engine.accept([replyTask()])).rejects.toMatchObject({ code: 'stopping' })
  })

  it('withdraws what waits where that is to be discarded', async () => {
    const { clock, journal: before } = openJournal(folder.current)
    before.close()
    const { engine, journal } = takeOver(clock, { blocked: () => 'parked' })
    const task = replyTask()
    await engine.accept([task])
    await engine.stop({ discard: true })
    journal.close()
    expect(outcomes()).toMatchObject({ [task.id]: { kind: 'withdrawn', by: 'streamer' } })
    expect(engine.metrics().global).toEqual({ size: 0, pending: 0 })
  })
})
