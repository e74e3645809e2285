import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import type { ReplyTask } from '../../src/domain.js'
import { Database } from '../../src/journal/database.js'
import { replyTask } from '../support/reply-task.js'
import { dataFolders, type OpenJournal, openJournal, query, record } from './journal-fixture.js'

/*
 * Goal: whatever happens to the file, no accepted reply is forgotten while the process lives, what can be read is taken
 * over, and the streamer is told once. Method: real files, damaged, locked and taken away.
 */

const folder = dataFolders()

const file = () => path.join(folder.current, 'journal.db')
const idsInFile = (place = folder.current) =>
  query(place, 'SELECT id FROM open_reply ORDER BY number').map(({ id }) => id)
const events = ({ told }: OpenJournal) => told.map(({ event }) => event)

/** Another program that has begun to write and does not end it. Returns the way to end it. */
function lockOut(): () => void {
  const other = new Database(file())
  onTestFinished(() => other.close())
  other.execute('BEGIN IMMEDIATE')
  return () => other.close()
}

async function putAll({ journal }: OpenJournal, tasks: readonly ReplyTask[]): Promise<void> {
  await Promise.all(tasks.map((task) => journal.put(record(task))))
}

const many = (count: number) => Array.from({ length: count }, () => replyTask())

describe('a file that refuses for a while', () => {
  it('keeps nobody waiting, is told of once, and has everything when it takes writes again', async () => {
    const open = openJournal(folder.current)
    const { clock, journal } = open
    const [before, settled, during] = [replyTask(), replyTask(), replyTask()]
    await putAll(open, [before, settled])
    const end = lockOut()
    await putAll(open, [during])
    journal.putNow(record(before, { progress: { kind: 'working' } }))
    await journal.settle(record(settled), { kind: 'sent' })
    await clock.advance(MINUTE)
    expect(journal.isDurable).toBe(false)
    expect(open.told).toMatchObject([{ event: 'journal:refusing', payload: { code: 'journal-busy' } }])
    end()
    await clock.advance(2 * SECOND)
    await journal.put(record(during))
    expect(journal.isDurable).toBe(true)
    expect(events(open)).toEqual(['journal:refusing', 'journal:recovered'])
    expect(query(folder.current, 'SELECT id, state FROM open_reply ORDER BY id')).toEqual(
      [
        { id: before.id, state: 'working' },
        { id: during.id, state: 'accepted' },
      ].sort((a, b) => (a.id < b.id ? -1 : 1)),
    )
    expect(query(folder.current, 'SELECT id FROM settled_reply')).toEqual([{ id: settled.id }])
  })

  it('for a moment only is not worth a word', async () => {
    const open = openJournal(folder.current)
    const end = lockOut()
    await putAll(open, many(1))
    end()
    await open.clock.advance(SECOND)
    expect(open.told).toEqual([])
    expect(open.journal.isDurable).toBe(true)
  })

  it('from the start on is opened later, and what it held goes on then', async () => {
    const first = openJournal(folder.current)
    const left = replyTask()
    await putAll(first, [left])
    first.journal.close()
    const end = lockOut()
    const second = openJournal(folder.current, { clock: first.clock })
    const asked = replyTask()
    await putAll(second, [asked])
    expect(second.given).toEqual([])
    end()
    await second.clock.advance(2 * SECOND)
    expect(second.given.map(({ task }) => task.id)).toEqual([left.id])
    await second.journal.put(record(asked))
    expect(idsInFile()).toEqual([left.id, asked.id])
  })
})

describe('a folder that can’t be', () => {
  it('is told of, and replies are kept in memory until it can', async () => {
    const place = path.join(folder.current, 'data')
    writeFileSync(place, 'a file where the folder should be')
    const open = openJournal(place)
    const task = replyTask()
    await putAll(open, [task])
    await open.clock.advance(MINUTE)
    expect(open.told).toMatchObject([
      {
        event: 'journal:refusing',
        payload: { code: 'journal-unwritable', advice: expect.stringContaining('CHORUS_DATA_DIR') },
      },
    ])
    rmSync(place)
    await open.clock.advance(3 * SECOND)
    await open.journal.put(record(task))
    expect(query(place, 'SELECT id FROM open_reply')).toEqual([{ id: task.id }])
  })
})

describe('a file that is taken away', () => {
  it('is written anew with all that is open', async () => {
    const open = openJournal(folder.current)
    const tasks = many(3)
    await putAll(open, tasks)
    for (const name of readdirSync(folder.current)) rmSync(path.join(folder.current, name))
    await open.clock.advance(10 * SECOND)
    await open.journal.put(record(tasks[0] as ReplyTask))
    expect(idsInFile().sort()).toEqual(tasks.map(({ id }) => id).sort())
    expect(events(open)).toEqual(['journal:refusing', 'journal:recovered'])
  })
})

/** The files as a power cut leaves them, where no connection of this process knows them. */
function cutOff(): { readonly place: string; readonly main: string; readonly log: string } {
  const place = mkdtempSync(path.join(folder.current, 'after-'))
  const [main, log] = [path.join(place, 'journal.db'), path.join(place, 'journal.db-wal')]
  copyFileSync(file(), main)
  copyFileSync(`${file()}-wal`, log)
  return { place, main, log }
}

/** Two pages where the replies are. */
function damageMiddle(main: string): void {
  const bytes = readFileSync(main)
  bytes.fill(0xff, 4096 * 20, 4096 * 22)
  writeFileSync(main, bytes)
}

describe('a damaged file', () => {
  const damagedFiles = (place: string) =>
    readdirSync(place).filter(
      (name) => name.includes('damaged') && !name.includes('-wal') && !name.includes('-shm'),
    )

  it.each([
    ['holds something else', (main: string) => writeFileSync(main, 'not a database at all. '.repeat(500))],
    ['is empty', (main: string) => truncateSync(main, 0)],
    ['has lost its end', (main: string) => truncateSync(main, 4096)],
  ])('that %s does not keep Chorus from starting', async (_how, damage) => {
    const first = openJournal(folder.current)
    await putAll(first, many(200))
    first.journal.close()
    const { place, main } = cutOff()
    damage(main)
    const second = openJournal(place, { clock: first.clock })
    const task = replyTask()
    await putAll(second, [task])
    expect(idsInFile(place)).toContain(task.id)
    expect(second.journal.isDurable).toBe(true)
  })

  it('is put aside, and what can be read of it goes on', async () => {
    const first = openJournal(folder.current)
    await putAll(first, many(300))
    first.journal.close()
    const { place, main } = cutOff()
    damageMiddle(main)
    const second = openJournal(place, { clock: first.clock })
    expect(second.told).toMatchObject([
      { event: 'journal:damaged', payload: { aside: expect.stringContaining('damaged') } },
    ])
    expect(damagedFiles(place)).toHaveLength(1)
    const given = new Set(second.given.map(({ task }) => task.id))
    expect(given.size).toBeGreaterThan(250)
    expect(given.size).toBeLessThan(300)
    expect(idsInFile(place)).toHaveLength(given.size)
  })

  it('on a disk that breaks every file is put aside once, and replies stay in memory', async () => {
    const open = openJournal(folder.current)
    const tasks = many(10)
    await putAll(open, tasks)
    for (let round = 0; round < 2; round++) {
      // Locked for a moment: then it is opened again, and found damaged.
      const end = lockOut()
      await putAll(open, many(1))
      end()
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${file()}${suffix}`, { force: true })
      writeFileSync(file(), 'a broken disk. '.repeat(2000))
      await open.clock.advance(20 * SECOND)
    }
    expect(damagedFiles(folder.current)).toHaveLength(1)
    expect(events(open)).toEqual(['journal:damaged', 'journal:refusing'])
    rmSync(file())
    await open.clock.advance(20 * SECOND)
    await putAll(open, tasks)
    expect(idsInFile()).toHaveLength(12)
  })

  it('whose write-ahead log is torn loses at most its end', async () => {
    const first = openJournal(folder.current)
    for (const task of many(50)) await putAll(first, [task])
    const { place, log } = cutOff()
    const bytes = readFileSync(log)
    writeFileSync(log, bytes.subarray(0, bytes.length - 2000))
    const second = openJournal(place, { clock: first.clock })
    expect(second.given).toHaveLength(49)
    expect(second.told).toEqual([])
  })

  it('of a newer Chorus is left alone', () => {
    const first = openJournal(folder.current)
    first.journal.close()
    const database = new Database(file())
    database.execute('PRAGMA user_version = 99')
    database.close()
    expect(() => openJournal(folder.current)).toThrow(expect.objectContaining({ code: 'journal-newer' }))
  })
})

describe('a second run on the folder', () => {
  it('is refused while the first one lives, with its process named', () => {
    const first = openJournal(folder.current, { pid: 4711 })
    expect(() => openJournal(folder.current)).toThrow(
      expect.objectContaining({ code: 'data-folder-taken', message: expect.stringContaining('4711') }),
    )
    first.journal.close()
    expect(openJournal(folder.current).journal.isDurable).toBe(true)
  })
})

describe('what waits for the file when it is found to refuse', () => {
  it('by the heartbeat, waits no longer', async () => {
    const { clock, journal } = openJournal(folder.current)
    await journal.put(record(replyTask()))
    for (const name of readdirSync(folder.current)) rmSync(path.join(folder.current, name))
    let isDone = false
    clock.after(5 * SECOND, () => {
      void journal.put(record(replyTask())).then(() => {
        isDone = true
      })
    })
    // A file where the folder should be: it can't be made again.
    rmSync(folder.current, { recursive: true })
    writeFileSync(folder.current, '')
    await clock.advance(6 * SECOND)
    expect(isDone).toBe(true)
  })
})

describe('a row that can’t be written', () => {
  it.each([
    ['a word where a number should be', { delayMs: 'soon' as unknown as number }],
    ['a number where a word should be', { bot: 7 as unknown as ReplyTask['bot'] }],
    ['a list where a word should be', { bot: [] as unknown as ReplyTask['bot'] }],
  ])('for %s is told of and keeps no other one out', async (_what, parts) => {
    const { journal, told } = openJournal(folder.current)
    const good = replyTask()
    await Promise.all([journal.put(record({ ...replyTask(), ...parts })), journal.put(record(good))])
    expect(idsInFile()).toContain(good.id)
    expect(journal.isDurable).toBe(true)
    expect(told.filter(({ event }) => event === 'journal:refusing')).toEqual([])
  })
})

describe('a file that goes back in time', () => {
  it('as one that was put back from a copy, has nothing said a second time', async () => {
    const open = openJournal(folder.current)
    const task = replyTask()
    await putAll(open, [task])
    const { main, log } = cutOff()
    await open.journal.settle(record(task), { kind: 'sent' })
    for (const name of ['journal.db', 'journal.db-wal', 'journal.db-shm'])
      rmSync(path.join(folder.current, name), { force: true })
    copyFileSync(main, file())
    copyFileSync(log, `${file()}-wal`)
    await open.clock.advance(10 * SECOND)
    expect(open.given).toEqual([])
    expect(idsInFile()).toEqual([])
    expect(query(folder.current, 'SELECT id, outcome FROM settled_reply')).toEqual([
      { id: task.id, outcome: 'sent' },
    ])
  })
})

describe('the lock', () => {
  it('that somebody has deleted is taken again: still no second one comes in', async () => {
    const first = openJournal(folder.current)
    rmSync(path.join(folder.current, 'runner.lock'))
    await first.clock.advance(10 * SECOND)
    expect(first.journal.isDurable).toBe(true)
    expect(() => openJournal(folder.current)).toThrow(expect.objectContaining({ code: 'data-folder-taken' }))
  })

  it('that another one has taken meanwhile is told of', async () => {
    const first = openJournal(folder.current)
    rmSync(path.join(folder.current, 'runner.lock'))
    openJournal(folder.current)
    await first.clock.advance(10 * SECOND)
    expect(first.journal.isDurable).toBe(false)
    expect(first.told).toMatchObject([
      { event: 'journal:refusing', payload: { code: 'journal-unwritable' } },
      { event: 'journal:refusing', payload: { code: 'data-folder-taken' } },
    ])
  })
})

describe('the end of a run', () => {
  it('writes what is left when the file was locked until a moment ago', async () => {
    const open = openJournal(folder.current)
    const end = lockOut()
    const task = replyTask()
    await putAll(open, [task])
    end()
    open.journal.close()
    expect(open.journal.isDurable).toBe(true)
    expect(idsInFile()).toEqual([task.id])
  })
})

describe('a row that can’t be read', () => {
  it('is a dead letter that nobody can redrive, and is told of once', async () => {
    const first = openJournal(folder.current)
    const task = replyTask()
    await putAll(first, [task])
    first.journal.close()
    const database = new Database(file())
    database.execute("UPDATE open_reply SET message = '{'")
    database.close()
    const second = openJournal(folder.current, { clock: first.clock })
    await second.journal.put(record(replyTask()))
    second.journal.close()
    expect(second.told.map(({ event }) => event)).toContain('error')
    expect(query(folder.current, 'SELECT id, outcome FROM settled_reply')).toEqual([
      { id: task.id, outcome: 'dead' },
    ])
    const third = openJournal(folder.current, { clock: first.clock })
    expect(third.told.filter(({ event }) => event === 'error')).toEqual([])
  })
})

describe('a full disk', () => {
  it('that keeps a damaged journal from being mended leaves it as it is until there is room', async () => {
    const first = openJournal(folder.current)
    await putAll(first, many(300))
    first.journal.close()
    const { place, main } = cutOff()
    damageMiddle(main)
    // Nothing can be written where the mended one should be.
    mkdirSync(`${main}.mended`)
    const second = openJournal(place, { clock: first.clock })
    expect(second.given).toEqual([])
    expect(events(second)).toEqual(['journal:refusing'])
    rmSync(`${main}.mended`, { recursive: true })
    await second.clock.advance(5 * SECOND)
    expect(second.given.length).toBeGreaterThan(250)
  })
})
