import type { Clock } from '../clock.js'
import { Database } from './database.js'
import { DeadLetterTable } from './dead-letter-table.js'
import { JournalTime } from './journal-time.js'
import { LineTable } from './line-table.js'
import { ReplyTable } from './reply-table.js'
import { migrate } from './schema.js'
import { StateTable } from './state-table.js'

/** Commits, and rows, that fill the write-ahead log with some hundred pages: to take it in then costs a few milliseconds. */
const LOG_COMMITS = 30
const LOG_ROWS = 600
/** Pages from which SQLite takes the log in by itself, in the midst of a commit: only where nobody calls for it. */
const CHECKPOINT_PAGES = 1000

/** The journal's file, open, with all its tables. */
export class Store {
  readonly replies: ReplyTable
  readonly lines: LineTable
  readonly state: StateTable
  readonly deadLetters: DeadLetterTable
  readonly time: JournalTime
  /** The last sign of life before it was opened, in clock milliseconds; `undefined` where there was none. */
  readonly downSinceMs: number | undefined
  readonly #database: Database
  /** Since the log was taken in. */
  readonly #logged = { commits: 0, rows: 0 }

  /**
   * Opens the file, which is made where it is missing, and brings it to this version.
   *
   * @throws ChorusError `journal-…`; then nothing is left open
   */
  constructor(file: string, clock: Clock) {
    this.#database = new Database(file)
    try {
      // Before the first table: later on it would have no effect.
      this.#database.execute('PRAGMA auto_vacuum = INCREMENTAL')
      this.#database.execute(
        `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
         PRAGMA secure_delete = FAST`,
      )
      migrate(this.#database)
      this.state = new StateTable(this.#database)
      const isEmpty = Number(this.#database.value('SELECT count(*) FROM open_reply')) === 0
      const last = this.state.lastBeat()
      // Where nothing waits, nothing depends on the time of earlier runs: the one on the wall is put right.
      this.time = new JournalTime(clock, isEmpty ? undefined : last)
      this.downSinceMs = last && this.time.toClock(last.journalMs)
      this.replies = new ReplyTable(this.#database, { clock, time: this.time })
      this.lines = new LineTable(this.#database)
      this.deadLetters = new DeadLetterTable(this.#database)
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** Runs `work`, which writes so many rows, so that all of it is in the file when this returns, or nothing. */
  transaction<T>(rows: number, work: () => T): T {
    const result = this.#database.transaction(work)
    this.#logged.commits += 1
    this.#logged.rows += rows
    return result
  }

  /** How full the write-ahead log is: from 1 on it is time to take it in. */
  get logFill(): number {
    return this.#logged.commits / LOG_COMMITS + this.#logged.rows / LOG_ROWS
  }

  /** Takes the write-ahead log into the file, as far as no other process reads it. */
  checkpoint(): void {
    this.#database.prepare('PRAGMA wal_checkpoint(PASSIVE)').all()
    Object.assign(this.#logged, { commits: 0, rows: 0 })
  }

  /** From now on waits so long for another process, in milliseconds. */
  waitFor(busyMs: number): void {
    this.#database.waitFor(busyMs)
  }

  /** Changes whenever another connection has written. */
  foreignVersion(): unknown {
    return this.#database.value('PRAGMA data_version')
  }

  /** Gives a few free pages back to the disk. */
  shrink(): void {
    this.#database.prepare('PRAGMA incremental_vacuum(100)').all()
  }

  /** Takes everything into the one file and lets go of it. Safe to call twice. */
  close(): void {
    try {
      this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all()
    } catch {
      // The log stays beside the file, and whoever opens it next takes it in.
    }
    this.#database.close()
  }
}
