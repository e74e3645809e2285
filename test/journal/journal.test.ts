import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { DAY, MINUTE, SECOND } from '../../src/clock.js'
import type { KeptLine } from '../../src/kept-line.js'
import { ManualClock } from '../support/manual-clock.js'
import { replyTask } from '../support/reply-task.js'
import { dataFolders, openJournal, query, record } from './journal-fixture.js'

const folder = dataFolders()

const SENT = { kind: 'sent' } as const
const LINE = { channel: 'mychannel', text: 'hi', replyTo: 'm-1' }

describe('a reply in the journal', () => {
  it('is in the file when put resolves, and comes back to the next run as it stood', async () => {
    const first = openJournal(folder.current)
    const task = replyTask({ arrivedAtMs: 0, delayMs: 1500, text: '@ava how are you?' })
    await first.journal.put(record(task, { attempts: 2, crashes: 1 }))
    expect(query(folder.current, 'SELECT id, state, attempts, crashes FROM open_reply')).toEqual([
      { id: task.id, state: 'accepted', attempts: 2, crashes: 1 },
    ])
    first.journal.close()
    const { given } = openJournal(folder.current, { clock: first.clock })
    expect(given).toEqual([record(task, { attempts: 2, crashes: 1, unservedSinceMs: 0 })])
  })

  it.each([
    { kind: 'working' } as const,
    { kind: 'ready', line: LINE } as const,
    { kind: 'sending', line: LINE, writtenAtMs: 0 } as const,
  ])('remembers how far it had come: $kind', async (progress) => {
    const first = openJournal(folder.current)
    first.journal.putNow(record(replyTask(), { progress }))
    first.journal.close()
    const { given } = openJournal(folder.current, { clock: first.clock })
    expect(given[0]?.progress).toEqual(progress)
  })

  it('is written before putNow returns', () => {
    const { journal } = openJournal(folder.current)
    journal.putNow(record(replyTask()))
    expect(query(folder.current, 'SELECT * FROM open_reply')).toHaveLength(1)
  })

  it('keeps its age: a run later it arrived as long ago as it did', async () => {
    const clock = new ManualClock()
    await clock.advance(10 * SECOND)
    const first = openJournal(folder.current, { clock })
    await first.journal.put(record(replyTask({ arrivedAtMs: 4 * SECOND })))
    first.journal.close()
    await clock.advance(30 * SECOND)
    const { given } = openJournal(folder.current, { clock })
    expect(given[0]?.task.message.arrivedAtMs).toBe(4 * SECOND)
  })

  it('that has its outcome does not come back, is remembered, and none of its words is kept', async () => {
    const first = openJournal(folder.current)
    const task = replyTask({ text: '@ava my secret' })
    await first.journal.put(record(task))
    await first.journal.settle(record(task), { ...SENT, inDoubt: true })
    first.journal.close()
    const second = openJournal(folder.current, { clock: first.clock })
    expect(second.given).toEqual([])
    expect(second.journal.hasSettled(task.id)).toBe(true)
    const [row] = query(folder.current, 'SELECT * FROM settled_reply')
    expect(row).toMatchObject({ id: task.id, outcome: 'sent', details: '{"inDoubt":true}', message: null })
    expect(query(folder.current, 'SELECT * FROM open_reply')).toEqual([])
  })

  it('comes back in the order of acceptance', async () => {
    const first = openJournal(folder.current)
    const tasks = Array.from({ length: 500 }, () => replyTask())
    await Promise.all(tasks.map((task) => first.journal.put(record(task))))
    first.journal.close()
    const { given } = openJournal(folder.current, { clock: first.clock })
    expect(given.map(({ task }) => task.id)).toEqual(tasks.map(({ id }) => id))
  })

  it('that is new is in the file before what becomes of a thousand others: nobody’s mention waits for a flood', async () => {
    const { journal } = openJournal(folder.current)
    const flood = Array.from({ length: 1000 }, () => replyTask())
    await Promise.all(flood.map((task) => journal.put(record(task))))
    for (const task of flood) void journal.put(record(task, { progress: { kind: 'working' } }))
    const late = replyTask()
    await journal.put(record(late))
    const rows = query(folder.current, 'SELECT id, state FROM open_reply')
    expect(rows).toContainEqual({ id: late.id, state: 'accepted' })
    // One commit’s.
    expect(rows.filter(({ state }) => state === 'working').length).toBeLessThan(200)
  })

  it('of a shape that no row can have is told of and keeps no other one out', async () => {
    const { journal, told } = openJournal(folder.current)
    const odd = replyTask({ arrivedAtMs: Number.NaN })
    const good = replyTask()
    await Promise.all([journal.put(record(odd)), journal.put(record(good))])
    expect(query(folder.current, 'SELECT id FROM open_reply')).toEqual([{ id: good.id }])
    expect(told.map(({ event }) => event)).toEqual(['error'])
  })
})

describe('the lines of chat', () => {
  it('go after a day, and beyond the newest 500', async () => {
    const clock = new ManualClock()
    const lines: KeptLine[] = [{ place: clock.wall() - DAY, name: 'ann', text: 'long ago' }]
    for (let index = 0; index < 600; index++)
      lines.push({ place: clock.wall() + index, name: 'ann', text: 'now' })
    const { journal } = openJournal(folder.current, { clock, linesUpTo: () => lines })
    await journal.put(record(replyTask()))
    await clock.advance(2 * MINUTE)
    const kept = query(folder.current, 'SELECT place FROM chat_line ORDER BY place').map(({ place }) => place)
    expect(kept).toEqual(lines.slice(-500).map(({ place }) => place))
    await clock.advance(0)
    clock.sleep(DAY)
    await clock.advance(2 * MINUTE)
    expect(query(folder.current, 'SELECT place FROM chat_line')).toEqual([])
  })
})

it('a journal is for its owner alone', async () => {
  const place = path.join(folder.current, 'data')
  openJournal(place)
  const modes = readdirSync(place).map((name) => statSync(path.join(place, name)).mode & 0o077)
  expect(new Set(modes)).toEqual(new Set([0]))
  expect(statSync(place).mode & 0o077).toBe(0)
})

it('a run that could not read what the model has cost today makes it no less', async () => {
  const { clock, journal } = openJournal(folder.current)
  const save = async (day: string, tokens: number) => {
    journal.tokenUse.save({ day, tokens })
    await clock.advance(0)
  }
  await save('2026-01-01', 9000)
  await save('2026-01-01', 500)
  expect(journal.tokenUse.load()).toEqual({ day: '2026-01-01', tokens: 9000 })
  await save('2026-01-02', 1)
  expect(journal.tokenUse.load()).toEqual({ day: '2026-01-02', tokens: 1 })
})

it('a dead letter outlasts a disk that refuses for long, whatever else is forgotten', async () => {
  const place = path.join(folder.current, 'data')
  writeFileSync(place, '')
  const { clock, journal } = openJournal(place)
  const dead = replyTask()
  await journal.put(record(dead))
  await journal.settle(record(dead), { kind: 'dead', code: 'model-empty', reason: 'nothing' })
  for (let count = 0; count < 10_100; count++) {
    const task = replyTask()
    void journal.put(record(task))
    void journal.settle(record(task), SENT)
  }
  rmSync(place)
  await clock.advance(3000)
  for (let turn = 0; turn < 60; turn++) await clock.advance(0)
  expect(query(place, "SELECT id FROM settled_reply WHERE outcome = 'dead'")).toEqual([{ id: dead.id }])
  expect(query(place, 'SELECT count(*) AS count FROM settled_reply')).toEqual([{ count: 10_001 }])
})

describe('the settled replies', () => {
  it('go when they are older than they are kept, dead letters stay', async () => {
    const { clock, journal } = openJournal(folder.current, { keptMs: 10 * MINUTE })
    const dead = replyTask()
    await Promise.all([...Array(450)].map(() => settled(journal, SENT)))
    await journal.put(record(dead))
    await journal.settle(record(dead), { kind: 'dead', code: 'model-empty', reason: 'it said nothing' })
    await clock.advance(9 * MINUTE)
    expect(count('settled_reply')).toBe(451)
    await clock.advance(3 * MINUTE)
    await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(MINUTE)
    expect(query(folder.current, 'SELECT id FROM settled_reply')).toEqual([{ id: dead.id }])
  })

  const count = (table: string) => query(folder.current, `SELECT * FROM ${table}`).length
  const settled = async (journal: ReturnType<typeof openJournal>['journal'], outcome: typeof SENT) => {
    const task = replyTask()
    await journal.put(record(task))
    await journal.settle(record(task), outcome)
  }
})

describe('whether replies outlive the process', () => {
  it('is told while it runs, and of how it ended afterwards', async () => {
    const { journal } = openJournal(folder.current)
    expect(journal.isDurable).toBe(true)
    void journal.put(record(replyTask()))
    journal.close()
    expect(journal.isDurable).toBe(true)
    journal.close()
    expect(journal.isDurable).toBe(true)
  })

  it('is denied while the file refuses, and when it did so to the end', () => {
    // A folder in its place keeps everybody out, whoever runs the test.
    mkdirSync(path.join(folder.current, 'journal.db'))
    const { journal, told } = openJournal(folder.current)
    void journal.put(record(replyTask()))
    expect(told).toMatchObject([{ event: 'journal:refusing' }])
    expect(journal.isDurable).toBe(false)
    journal.close()
    expect(journal.isDurable).toBe(false)
  })
})
