import type { Outcome, TaskId } from '../domain.js'
import type { ReplyRecord } from '../reply-journal.js'
import type { Database, Row, Statement } from './database.js'
import {
  OPEN_COLUMNS,
  parseOpenRow,
  type RowClocks,
  SETTLED_COLUMNS,
  TASK_COLUMNS,
  toOpenValues,
  toSettledValues,
} from './reply-row.js'

/** A reply that has no outcome, under the number that it has in the file. */
export interface OpenReply {
  readonly number: number
  /** Unset where the row can't be read any more. */
  readonly record: ReplyRecord | undefined
  /** Somebody took it out of the dead letters, and nobody has taken it up yet. */
  readonly isRedriven: boolean
}

const PUT = `
  INSERT INTO open_reply (${OPEN_COLUMNS.join(', ')}) VALUES (${OPEN_COLUMNS.map(() => '?').join(', ')})
  ON CONFLICT (number) DO UPDATE SET
    arrived_ms = excluded.arrived_ms, state = excluded.state, line = excluded.line,
    written_clock_ms = excluded.written_clock_ms, written_wall_ms = excluded.written_wall_ms,
    attempts = excluded.attempts, crashes = excluded.crashes, unserved_ms = excluded.unserved_ms,
    joint = excluded.joint, is_redriven = 0`

const SETTLE = `
  INSERT OR REPLACE INTO settled_reply (${SETTLED_COLUMNS.join(', ')})
  VALUES (${SETTLED_COLUMNS.map(() => '?').join(', ')})`

// The inner query reads no more than it may remove: else a look that finds nothing would walk past a million rows.
const PRUNE = `
  DELETE FROM settled_reply WHERE number IN (
    SELECT number FROM (
      SELECT number, settled_ms FROM settled_reply WHERE outcome <> 'dead' ORDER BY settled_ms LIMIT $most
    ) WHERE settled_ms < $before OR number < $floor
  )`

const UNREADABLE = JSON.stringify({ code: 'journal-row', reason: 'its row in the journal can’t be read' })

/** Replies in the file: the open ones, and those that have their outcome. */
export class ReplyTable {
  readonly #database: Database
  readonly #clocks: RowClocks
  readonly #put: Statement
  readonly #settle: Statement
  readonly #remove: Statement
  readonly #redriven: Statement
  readonly #prune: Statement

  constructor(database: Database, clocks: RowClocks) {
    this.#database = database
    this.#clocks = clocks
    this.#put = database.prepare(PUT)
    this.#settle = database.prepare(SETTLE)
    this.#remove = database.prepare('DELETE FROM open_reply WHERE number = ?')
    this.#redriven = database.prepare('SELECT * FROM open_reply WHERE is_redriven = 1 ORDER BY number')
    this.#prune = database.prepare(PRUNE)
  }

  put(number: number, record: ReplyRecord): void {
    this.#put.run(toOpenValues(number, record, this.#clocks))
  }

  /** Moves a reply to the settled ones. */
  settle(number: number, record: ReplyRecord, outcome: Outcome): void {
    this.remove(number)
    this.#settle.run(toSettledValues(number, record, outcome, this.#clocks))
  }

  /** Ends a reply that nobody can read any more. */
  giveUp(number: number): void {
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO settled_reply (${TASK_COLUMNS.join(', ')}, settled_ms, outcome, details)
        SELECT ${TASK_COLUMNS.map((name) => (name === 'message' ? 'NULL' : name)).join(', ')}, ?, 'dead', ?
        FROM open_reply WHERE number = ?`,
      )
      .run([this.#clocks.time.toJournal(this.#clocks.clock.now()), UNREADABLE, number])
    this.remove(number)
  }

  /** Takes an open reply out. */
  remove(number: number): void {
    this.#remove.run([number])
  }

  /** All that have no outcome, in the order in which they were accepted. */
  open(): OpenReply[] {
    return this.#toOpen(this.#database.prepare('SELECT * FROM open_reply ORDER BY number').all())
  }

  /** Those of them that somebody redrove since they were last put. */
  redriven(): OpenReply[] {
    return this.#toOpen(this.#redriven.all())
  }

  /** The ids of those that were settled last, newest first. */
  settledIds(most: number): TaskId[] {
    const rows = this.#database
      .prepare('SELECT id FROM settled_reply ORDER BY number DESC LIMIT $most')
      .all({ most })
    return rows.map(({ id }) => String(id) as TaskId)
  }

  /** The highest number given out; 0 where there is none. */
  newestNumber(): number {
    return Number(
      this.#database.value(
        'SELECT max(coalesce((SELECT max(number) FROM open_reply), 0), coalesce((SELECT max(number) FROM settled_reply), 0))',
      ),
    )
  }

  deadCount(): number {
    return Number(this.#database.value("SELECT count(*) FROM settled_reply WHERE outcome = 'dead'"))
  }

  /**
   * Removes settled replies, oldest first: those settled before a moment of the journal's time, and those numbered below
   * `floor`. Dead letters stay. Returns how many went, `most` at most.
   */
  prune(limits: { readonly before: number; readonly floor: number; readonly most: number }): number {
    return this.#prune.run(limits).changes
  }

  #toOpen(rows: readonly Row[]): OpenReply[] {
    return rows.map((row) => ({
      number: Number(row.number),
      record: parseOpenRow(row, this.#clocks),
      isRedriven: row.is_redriven === 1,
    }))
  }
}
