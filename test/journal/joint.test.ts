import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { Database } from '../../src/journal/database.js'
import { replyTask } from '../support/reply-task.js'
import { dataFolders, openJournal, query, record } from './journal-fixture.js'

const folder = dataFolders()

/** As the first version of Chorus that kept a journal made it; never to be edited. */
const VERSION_1 = `
  CREATE TABLE open_reply (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    bot TEXT NOT NULL,
    cause TEXT NOT NULL,
    channel TEXT NOT NULL,
    viewer TEXT NOT NULL,
    message TEXT NOT NULL,
    delay_ms REAL NOT NULL,
    arrived_ms REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('accepted', 'working', 'ready', 'sending')),
    line TEXT,
    written_clock_ms REAL,
    written_wall_ms REAL,
    attempts INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    unserved_ms REAL,
    is_redriven INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX redriven ON open_reply (number) WHERE is_redriven = 1;

  CREATE TABLE settled_reply (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    bot TEXT NOT NULL,
    cause TEXT NOT NULL,
    channel TEXT NOT NULL,
    viewer TEXT NOT NULL,
    message TEXT,
    delay_ms REAL NOT NULL,
    arrived_ms REAL NOT NULL,
    settled_ms REAL NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('sent', 'withdrawn', 'expired', 'dead')),
    details TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    crashes INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX settled_at ON settled_reply (settled_ms) WHERE outcome <> 'dead';
  CREATE INDEX dead ON settled_reply (id) WHERE outcome = 'dead';

  CREATE TABLE chat_line (
    channel TEXT NOT NULL,
    place INTEGER NOT NULL,
    id TEXT,
    user_id TEXT,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (channel, place)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE heartbeat (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    journal_ms REAL NOT NULL,
    clock_ms REAL NOT NULL,
    wall_ms REAL NOT NULL
  ) STRICT;

  CREATE TABLE token_use (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    day TEXT NOT NULL,
    tokens INTEGER NOT NULL
  ) STRICT;
  PRAGMA user_version = 1;
  PRAGMA application_id = 1128812370;
`

/** A file of the first version that holds a reply which waits, one whose line was being written, and a settled one. */
function writeVersion1(): void {
  const database = new Database(path.join(folder.current, 'journal.db'))
  try {
    database.execute(VERSION_1)
    const open = database.prepare(
      `INSERT INTO open_reply (number, id, bot, cause, channel, viewer, message, delay_ms, arrived_ms, state, line,
        written_clock_ms, written_wall_ms, attempts) VALUES (?, ?, 'ava', 'mention', 'mychannel', ?, ?, 1000, 0, ?, ?, ?, ?, 2)`,
    )
    const messageOf = (id: string, login: string) => {
      const { message } = replyTask({ login })
      return JSON.stringify({ ...message, id, arrivedAtMs: undefined })
    }
    open.run([1, 'ava/one', 'ann', messageOf('one', 'ann'), 'accepted', null, null, null])
    open.run([2, 'ava/two', 'bob', messageOf('two', 'bob'), 'sending', '"hi"', 0, 0])
    database
      .prepare(
        `INSERT INTO settled_reply (number, id, bot, cause, channel, viewer, delay_ms, arrived_ms, settled_ms, outcome,
          details, attempts, crashes) VALUES (3, 'ava/three', 'ava', 'mention', 'mychannel', 'cid', 0, 0, 0, 'sent', '{}', 0, 0)`,
      )
      .run([])
  } finally {
    database.close()
  }
}

describe('a journal of the first version', () => {
  it('is brought to this one with all that is open, and remembers what was settled', () => {
    writeVersion1()
    const { journal, given, told } = openJournal(folder.current)
    expect(told).toEqual([])
    expect(
      given.map(({ task, progress, joint, attempts }) => [task.id, progress.kind, joint, attempts]),
    ).toEqual([
      ['ava/one', 'accepted', undefined, 2],
      ['ava/two', 'sending', undefined, 2],
    ])
    expect(given[1]?.progress).toMatchObject({ line: 'hi' })
    expect(given[0]?.task).toMatchObject({ bot: 'ava', delayMs: 1000, message: { login: 'ann' } })
    expect(journal.hasSettled('ava/three' as never)).toBe(true)
    expect(query(folder.current, 'PRAGMA user_version')).toEqual([{ user_version: 2 }])
  })

  it('takes joint replies from then on', async () => {
    writeVersion1()
    const { journal, given } = openJournal(folder.current)
    await journal.put({ ...given[0], joint: 'together' } as never)
    expect(query(folder.current, 'SELECT id, joint FROM open_reply ORDER BY number')).toEqual([
      { id: 'ava/one', joint: 'together' },
      { id: 'ava/two', joint: null },
    ])
  })
})

describe('replies that one line answers', () => {
  it('are told together to the next run, and apart once they have parted', async () => {
    const first = openJournal(folder.current)
    const [ann, bob, cid] = [replyTask(), replyTask(), replyTask()]
    const joint = 'together'
    await Promise.all([ann, bob, cid].map((task) => first.journal.put(record(task, { joint }))))
    const progress = { kind: 'sending', line: 'for all', writtenAtMs: -SECOND } as const
    first.journal.putNow(record(cid, { joint, progress }))
    await first.journal.put(record(ann))
    first.journal.close()
    const { given } = openJournal(folder.current, { clock: first.clock })
    expect(given.map(({ task, joint: with_, progress: { kind } }) => [task.id, with_, kind])).toEqual([
      [ann.id, undefined, 'accepted'],
      [bob.id, joint, 'accepted'],
      [cid.id, joint, 'sending'],
    ])
  })
})
