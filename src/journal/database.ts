import { closeSync, openSync } from 'node:fs'
import Libsql from 'libsql'
import { ChorusError, type ErrorCode } from '../errors.js'

/** A value of a column. */
export type Value = string | number | null
/** A row, by the names of its columns: of unknown shape until it was parsed. */
export type Row = Readonly<Record<string, unknown>>

/**
 * The parameters of a statement: by name where they are named `$like` this, in their order where they are `?`. The driver
 * takes a list faster, which is for what a raid writes.
 */
export type Values = Readonly<Record<string, Value>> | readonly Value[]

/** A prepared statement. */
export interface Statement {
  run(values?: Values): { readonly changes: number }
  all(values?: Values): Row[]
}

/** How long a statement waits for another process's write, in milliseconds; the event loop stands still meanwhile. */
const BUSY_MS = 25

/**
 * One connection to an SQLite file. Everything that it throws is a ChorusError: `journal-full`, `journal-damaged`,
 * `journal-busy`, `journal-row` for values that no row can have, or `journal-unwritable`.
 */
export class Database {
  readonly #sqlite: Libsql.Database

  /**
   * Opens the file, which is made for this user alone where it is missing.
   *
   * @param options.busyMs how long to wait for another process; 25 where it is left out
   */
  constructor(file: string, { busyMs = BUSY_MS }: { readonly busyMs?: number } = {}) {
    this.#sqlite = guarded(() => {
      makeMissing(file)
      return new Libsql(file, { timeout: busyMs })
    }, 'journal-unwritable')
  }

  /** Runs one or more statements that have no parameters. */
  execute(sql: string): void {
    guarded(() => this.#sqlite.exec(sql))
  }

  /** From now on waits so long for another process, in milliseconds. */
  waitFor(busyMs: number): void {
    this.execute(`PRAGMA busy_timeout = ${busyMs}`)
  }

  /** The one value that a pragma or a query comes to; `undefined` where it comes to none. */
  value(sql: string): unknown {
    const [row] = this.prepare(sql).all()
    return row && Object.values(row)[0]
  }

  prepare(sql: string): Statement {
    const statement = guarded(() => this.#sqlite.prepare(sql))
    return {
      run: (values = {}) => guarded(() => statement.run(values)),
      all: (values = {}) => guarded(() => statement.all(values)) as Row[],
    }
  }

  /** Runs `work` so that all of it is in the file when this returns, or nothing. Throws what it throws. */
  transaction<T>(work: () => T): T {
    this.execute('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.execute('COMMIT')
      return result
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  /** Safe to call twice. */
  close(): void {
    try {
      this.#sqlite.close()
    } catch {
      // It is closed, or so damaged that nothing can be put in order any more.
    }
  }

  #rollBack(): void {
    try {
      if (this.#sqlite.inTransaction) this.#sqlite.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
  }
}

/**
 * SQLite would make it for everybody to read; what lies beside it takes after it. A file that is there must not even be
 * opened: to close it again would take this process's locks away.
 */
function makeMissing(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch {
    // It is there, or it can't be: then SQLite says so.
  }
}

function guarded<T>(run: () => T, strange: ErrorCode = 'journal-row'): T {
  try {
    return run()
  } catch (thrown) {
    throw toJournalError(thrown, strange)
  }
}

/** SQLite's own codes, by the byte that says the kind: the driver has no name for the rest of some. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  5: 'journal-busy',
  6: 'journal-busy',
  11: 'journal-damaged',
  13: 'journal-full',
  18: 'journal-row',
  19: 'journal-row',
  20: 'journal-row',
  26: 'journal-damaged',
}

/**
 * Whatever the driver threw. Its messages are SQLite's own and hold no values.
 *
 * @param strange what an error is that does not come from SQLite: the driver refuses values before it asks
 */
function toJournalError(thrown: unknown, strange: ErrorCode): ChorusError {
  if (thrown instanceof ChorusError) return thrown
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const { code, rawCode } = error as { readonly code?: unknown; readonly rawCode?: unknown }
  const message = code && !error.message.includes(String(code)) ? `${error.message} (${code})` : error.message
  return new ChorusError(kindOf(error.message, rawCode) ?? strange, message, { cause: error })
}

function kindOf(message: string, rawCode: unknown): ErrorCode | undefined {
  // For a table that is missing SQLite has no code of its own.
  if (/no such (?:table|column)/i.test(message)) return 'journal-damaged'
  if (typeof rawCode === 'number') return CODES[rawCode & 0xff] ?? 'journal-unwritable'
  return /not open/i.test(message) ? 'journal-unwritable' : undefined
}
