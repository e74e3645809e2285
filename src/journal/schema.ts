import { ChorusError } from '../errors.js'
import type { Database } from './database.js'

/** Marks the file as a journal of Chorus: "CHOR". */
const APPLICATION_ID = 0x43484f52

/**
 * What each version added, oldest first; never edited, only appended to. docs/journal.md tells what the columns mean.
 *
 * What is open and what is settled are two tables, because a raid must be written down fast: the open one stays small,
 * the settled one only grows at its end, and neither has an index whose pages lie anywhere in a large file.
 */
const MIGRATIONS: readonly string[] = [
  `
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
  `,
  'ALTER TABLE open_reply ADD COLUMN joint TEXT',
]

/**
 * Brings the file to the newest version, from none or an older one.
 *
 * @throws ChorusError `journal-newer` when a newer Chorus has written it, `journal-damaged` when it is no journal, and what
 * {@link Database} throws
 */
export function migrate(database: Database): void {
  const version = requireKnownVersion(database)
  if (version === MIGRATIONS.length) return
  database.transaction(() => {
    for (const step of MIGRATIONS.slice(version)) database.execute(step)
    database.execute(`PRAGMA user_version = ${MIGRATIONS.length}; PRAGMA application_id = ${APPLICATION_ID}`)
  })
}

/**
 * The version of a file that is a journal, or can become one: 0 where nothing is in it yet.
 *
 * @throws ChorusError as {@link migrate}
 */
export function requireKnownVersion(database: Database): number {
  const version = Number(database.value('PRAGMA user_version'))
  if (version > MIGRATIONS.length)
    throw new ChorusError(
      'journal-newer',
      `the journal has version ${version}, and this Chorus knows ${MIGRATIONS.length}`,
    )
  if (version === 0 && Number(database.value('SELECT count(*) FROM sqlite_schema')) > 0)
    throw new ChorusError('journal-damaged', 'the file holds tables that are not a journal’s')
  return version
}
