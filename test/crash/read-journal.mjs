import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Libsql from 'libsql'

/**
 * @typedef {object} OpenRow
 * @property {string} id
 * @property {string} state
 * @property {string} [joint] the same for all that one line is to answer
 */

/**
 * @typedef {object} SettledRow
 * @property {string} id
 * @property {string} outcome
 * @property {boolean} isInDoubt
 * @property {string} [line] the id of the line that has answered it
 * @property {string} details as they stand there
 */

/** @typedef {{ open: readonly OpenRow[], settled: readonly SettledRow[] }} JournalRows */

/**
 * What any SQLite tool sees in the journal of a data folder that no process runs on. It looks at a copy: taking in the log
 * that a killed process has left is for the next process to do.
 *
 * @param {string} folder
 * @returns {JournalRows}
 */
export function readJournal(folder) {
  if (!existsSync(path.join(folder, 'journal.db'))) return { open: [], settled: [] }
  const copy = mkdtempSync(path.join(tmpdir(), 'chorus-journal-copy-'))
  try {
    for (const name of ['journal.db', 'journal.db-wal']) {
      if (existsSync(path.join(folder, name))) copyFileSync(path.join(folder, name), path.join(copy, name))
    }
    return readRows(path.join(copy, 'journal.db'))
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/**
 * @param {string} file
 * @returns {JournalRows}
 */
function readRows(file) {
  const database = new Libsql(file)
  const all = (/** @type {string} */ sql) =>
    /** @type {Record<string, string | undefined>[]} */ (database.prepare(sql).all())
  try {
    // Killed before it had made them.
    if (all("SELECT name FROM sqlite_schema WHERE name = 'settled_reply'").length === 0)
      return { open: [], settled: [] }
    return {
      open: all('SELECT id, state, joint FROM open_reply').map(({ id = '', state = '', joint }) => ({
        id,
        state,
        ...(joint && { joint }),
      })),
      settled: all('SELECT id, outcome, details FROM settled_reply').map(
        ({ id = '', outcome = '', details = '' }) => ({ id, outcome, details, ...parseDetails(details) }),
      ),
    }
  } finally {
    database.close()
  }
}

/** @param {string} details */
function parseDetails(details) {
  const { id, inDoubt } = JSON.parse(details)
  return { isInDoubt: inDoubt === true, ...(typeof id === 'string' && { line: id }) }
}
