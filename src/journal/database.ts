import Libsql from 'libsql'
import { ChorusError } from '../errors.js'

/** A value of a column. */
export type Value = string | number | null
/** A row, by the names of its columns: of unknown shape until it was parsed. */
export type Row = Readonly<Record<string, unknown>>

/**
 * The parameters of a statement: by name where they are named `$like` this, in their order where they are `?`. The driver
 * takes a list in half the time, which is for what a raid writes.
 */
export type Values = Readonly<Record<string, Value>> | readonly Value[]

/** A prepared statement. */
export interface Statement {
  run(values?: Values): { readonly changes: number }
  all(values?: Values): Row[]
}

/** How long a statement waits for another process's write, in milliseconds; the event loop stands still meanwhile. */
const BUSY_MS = 100

/**
 * One connection to an SQLite file. Everything that it throws is a ChorusError: `journal-full`, `journal-damaged`,
 * `journal-busy`, `journal-row` for values that no row can have, or `journal-unwritable`.
 */
export class Database {
  readonly #sqlite: Libsql.Database

  /**
   * Opens the file, which is made where it is missing.
   *
   * @param options.busyMs how long to wait for another process; 100 where it is left out
   */
  constructor(file: string, { busyMs = BUSY_MS }: { readonly busyMs?: number } = {}) {
    this.#sqlite = guarded(() => new Libsql(file, { timeout: busyMs }))
  }

  /** Runs one or more statements that have no parameters. */
  execute(sql: string): void {
    guarded(() => this.#sqlite.exec(sql))
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

function guarded<T>(run: () => T): T {
  try {
    return run()
  } catch (thrown) {
    throw toJournalError(thrown)
  }
}

const CODES = [
  [/^SQLITE_(?:CORRUPT|NOTADB)/, 'journal-damaged'],
  [/^SQLITE_FULL/, 'journal-full'],
  [/^SQLITE_(?:BUSY|LOCKED)/, 'journal-busy'],
  [/^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG)/, 'journal-row'],
] as const

/** Whatever the driver threw. Its messages are SQLite's own and hold no values. */
function toJournalError(thrown: unknown): ChorusError {
  if (thrown instanceof ChorusError) return thrown
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const sqlite = 'code' in error ? String(error.code) : ''
  const message = sqlite && !error.message.includes(sqlite) ? `${error.message} (${sqlite})` : error.message
  const code = CODES.find(([pattern]) => pattern.test(sqlite))?.[1] ?? byMessage(error.message)
  return new ChorusError(code, message, { cause: error })
}

/** Where a file is opened the driver tells no code; where tables are missing SQLite has none. */
function byMessage(message: string) {
  if (/malformed|not a database|no such (?:table|column)/i.test(message)) return 'journal-damaged'
  if (/is full|no space/i.test(message)) return 'journal-full'
  if (/bind/i.test(message)) return 'journal-row'
  return /is locked/i.test(message) ? 'journal-busy' : 'journal-unwritable'
}
