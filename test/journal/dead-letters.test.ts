import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import type { ReplyTask } from '../../src/domain.js'
import { DeadLetters } from '../../src/journal/dead-letters.js'
import { replyTask } from '../support/reply-task.js'
import { dataFolders, type OpenJournal, openJournal, query, record } from './journal-fixture.js'

const folder = dataFolders()
const DEAD = { kind: 'dead', code: 'model-empty', reason: 'it said nothing' } as const

async function kill({ journal }: OpenJournal, task: ReplyTask): Promise<ReplyTask> {
  await journal.put(record(task))
  await journal.settle(record(task, { attempts: 6 }), DEAD)
  return task
}

const letters = () => new DeadLetters(folder.current)

describe('the dead letters of a folder', () => {
  it('are none where there is no journal, and asking makes none', () => {
    expect(letters().list()).toEqual([])
    expect(letters().redrive(['ava/m-1'])).toEqual({ changed: [], unknown: ['ava/m-1'] })
    expect(existsSync(`${folder.current}/journal.db`)).toBe(false)
  })

  it('are listed beside the runner with all that is needed to decide, the first that died in front', async () => {
    const open = openJournal(folder.current)
    const first = await kill(open, replyTask({ login: 'ann', text: '@ava why?' }))
    await open.clock.advance(SECOND)
    const second = await kill(open, replyTask())
    expect(letters().list()).toEqual([
      {
        id: first.id,
        bot: 'ava',
        channel: 'mychannel',
        viewer: 'ann',
        text: '@ava why?',
        code: 'model-empty',
        reason: 'it said nothing',
        attempts: 6,
        crashes: 0,
        arrivedAtMs: Date.UTC(2026, 0, 1),
        diedAtMs: Date.UTC(2026, 0, 1),
      },
      expect.objectContaining({ id: second.id, diedAtMs: Date.UTC(2026, 0, 1) + SECOND }),
    ])
  })

  it('that are redriven reach the runner within two seconds, their age and attempts anew', async () => {
    const open = openJournal(folder.current)
    const task = await kill(open, replyTask())
    await open.clock.advance(MINUTE)
    expect(letters().redrive([task.id, 'ava/other'])).toEqual({ changed: [task.id], unknown: ['ava/other'] })
    await open.clock.advance(2 * SECOND)
    expect(open.given).toHaveLength(1)
    expect(open.given[0]).toMatchObject({ attempts: 0, crashes: 0, task: { id: task.id } })
    expect(open.given[0]?.task.message.arrivedAtMs).toBeGreaterThanOrEqual(MINUTE)
    expect(letters().list()).toEqual([])
  })

  it('that are redriven while nobody runs wait for the next start, as young as it', async () => {
    const first = openJournal(folder.current)
    const task = await kill(first, replyTask())
    first.journal.close()
    letters().redrive([task.id])
    await first.clock.advance(60 * MINUTE)
    const { given } = openJournal(folder.current, { clock: first.clock })
    expect(given).toMatchObject([{ task: { id: task.id, message: { arrivedAtMs: 60 * MINUTE } } }])
    expect(given[0]?.unservedSinceMs).toBeUndefined()
  })

  it('that die again wait again, each once', async () => {
    const open = openJournal(folder.current)
    const task = await kill(open, replyTask())
    letters().redrive([task.id])
    await open.clock.advance(2 * SECOND)
    await kill(open, task)
    expect(letters().list()).toMatchObject([{ id: task.id }])
    expect(letters().redrive([task.id]).changed).toEqual([task.id])
  })

  it('may be many: all of them reach the runner', async () => {
    const open = openJournal(folder.current)
    const tasks = Array.from({ length: 450 }, () => replyTask())
    await Promise.all(tasks.map((task) => kill(open, task)))
    const ids = tasks.map(({ id }) => id)
    expect(letters().redrive([...ids, ...ids])).toEqual({ changed: ids, unknown: [] })
    await open.clock.advance(2 * SECOND)
    expect(open.given.map(({ task }) => task.id)).toEqual(ids)
  })

  it('that are discarded end as withdrawn by the streamer, and nothing of their words is kept', async () => {
    const open = openJournal(folder.current)
    const task = await kill(open, replyTask({ text: '@ava my secret' }))
    expect(letters().discard([task.id]).changed).toEqual([task.id])
    expect(letters().list()).toEqual([])
    expect(query(folder.current, 'SELECT outcome, message, details FROM settled_reply')).toEqual([
      { outcome: 'withdrawn', message: null, details: '{"by":"streamer","reason":"discarded"}' },
    ])
    await open.clock.advance(2 * SECOND)
    expect(open.journal.deadCount).toBe(0)
  })
})

describe('moderators who clear something away withdraw the dead letters of it', () => {
  it.each(['message', 'user', 'chat'] as const)('a %s', async (kind) => {
    const open = openJournal(folder.current)
    const task = await kill(open, replyTask({ login: 'ann' }))
    const other = await kill(open, replyTask({ channel: 'other', login: 'bob' }))
    const { channel, id, userId } = task.message
    const clearing = {
      message: { kind, channel, id },
      user: { kind, channel, userId },
      chat: { kind, channel },
    }
    open.journal.forget(clearing[kind] as Parameters<typeof open.journal.forget>[0])
    await open.clock.advance(SECOND)
    expect(letters().list()).toMatchObject([{ id: other.id }])
    expect(letters().redrive([task.id]).unknown).toEqual([task.id])
    const [row] = query(folder.current, `SELECT outcome, message FROM settled_reply WHERE id = '${task.id}'`)
    expect(row).toEqual({ outcome: 'withdrawn', message: null })
  })

  it('and of another channel, viewer or message none', async () => {
    const open = openJournal(folder.current)
    const { id, message } = await kill(open, replyTask({ login: 'ann' }))
    const stranger = replyTask({ channel: 'other', login: 'bob' }).message
    const { channel } = message
    open.journal.forget({ kind: 'chat', channel: stranger.channel })
    open.journal.forget({ kind: 'user', channel, userId: stranger.userId })
    open.journal.forget({ kind: 'message', channel, id: stranger.id })
    await open.clock.advance(SECOND)
    expect(letters().list()).toMatchObject([{ id }])
  })
})

describe('that dead letters wait', () => {
  const counts = ({ told }: OpenJournal) =>
    told.filter(({ event }) => event === 'dead-letters:counted').map(({ payload }) => payload)

  /** Its timers run at the end of it. */
  const pass = async ({ clock }: OpenJournal, ms: number) => {
    clock.sleep(ms)
    await clock.advance(6 * SECOND)
  }

  it('is told when one dies, every hour, and when there are none any more', async () => {
    const open = openJournal(folder.current)
    const task = await kill(open, replyTask())
    await pass(open, 59 * MINUTE)
    expect(counts(open)).toEqual([{ count: 1 }])
    await pass(open, MINUTE)
    expect(counts(open)).toEqual([{ count: 1 }, { count: 1 }])
    letters().discard([task.id])
    for (let hour = 0; hour < 3; hour++) await pass(open, 60 * MINUTE)
    expect(counts(open)).toEqual([{ count: 1 }, { count: 1 }, { count: 0 }])
  })

  it('is told at the start', async () => {
    const first = openJournal(folder.current)
    await kill(first, replyTask())
    first.journal.close()
    expect(counts(openJournal(folder.current, { clock: first.clock }))).toEqual([{ count: 1 }])
  })
})
