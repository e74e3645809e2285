import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { ChorusError } from '../errors.js'
import { Database } from './database.js'
import { JOURNAL_FILE } from './journal-file.js'
import { requireKnownVersion } from './schema.js'

/** What the journal of a data folder looks like from outside. */
export interface JournalState {
  readonly file: string
  /** With the write-ahead log. */
  readonly bytes: number
  /** Replies without an outcome. */
  readonly open: number
  readonly dead: number
}

/**
 * Looks at a journal and leaves it as it is; also beside a Chorus that runs on it. `undefined` where there is none.
 *
 * @throws ChorusError `journal-newer`, `journal-damaged`, and what {@link Database} throws
 */
export function inspectJournal(folder: string): JournalState | undefined {
  const file = path.join(folder, JOURNAL_FILE)
  const bytes = sizeOf(file)
  if (bytes === undefined) return undefined
  const database = new Database(file)
  try {
    const version = requireKnownVersion(database)
    requireWhole(database)
    // Begun and left by somebody who died at once: the next start goes on with it.
    const count = (from: string) =>
      version === 0 ? 0 : Number(database.value(`SELECT count(*) FROM ${from}`))
    return {
      file,
      bytes: bytes + (sizeOf(`${file}-wal`) ?? 0),
      open: count('open_reply'),
      dead: count("settled_reply WHERE outcome = 'dead'"),
    }
  } finally {
    database.close()
  }
}

/** Damaged journals that were put aside, by their names. */
export function damagedJournals(folder: string): string[] {
  try {
    return readdirSync(folder).filter(
      (name) => name.startsWith(`${JOURNAL_FILE}.damaged-`) && !/-(wal|shm)$/.test(name),
    )
  } catch {
    return []
  }
}

function requireWhole(database: Database): void {
  const found = database.value('PRAGMA quick_check(1)')
  if (found !== 'ok') throw new ChorusError('journal-damaged', String(found))
}

function sizeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.size
}
