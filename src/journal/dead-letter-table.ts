import { assertNever, type Clearing, type TaskId } from '../domain.js'
import { isRecord } from '../json-record.js'
import type { Database, Row, Statement } from './database.js'

/** A reply whose attempts are spent. It waits for somebody to redrive or to discard it. */
export interface DeadLetter {
  readonly id: TaskId
  readonly bot: string
  readonly channel: string
  /** Who asked, by login. */
  readonly viewer: string
  /** What was asked, as it came: hostile until it is made fit for where it is shown. */
  readonly text: string
  readonly code: string
  readonly reason: string
  /** Failures that the reply itself was to blame for. */
  readonly attempts: number
  /** Processes that died while they worked on it. */
  readonly crashes: number
  /** Milliseconds since 1970. */
  readonly arrivedAtMs: number
  readonly diedAtMs: number
}

const REDRIVE = `
  INSERT INTO open_reply (
    number, id, bot, cause, channel, viewer, message, delay_ms, arrived_ms, state, is_redriven
  )
  SELECT number, id, bot, cause, channel, viewer, message, delay_ms, arrived_ms, 'accepted', 1
  FROM settled_reply WHERE outcome = 'dead' AND id = $id AND message IS NOT NULL`

const WITHDRAW = `
  UPDATE settled_reply SET outcome = 'withdrawn', message = NULL, details = $details
  WHERE outcome = 'dead'`

/** The settled replies that are dead. */
export class DeadLetterTable {
  readonly #database: Database
  readonly #redrive: Statement
  readonly #remove: Statement
  readonly #discard: Statement

  constructor(database: Database) {
    this.#database = database
    this.#redrive = database.prepare(REDRIVE)
    this.#remove = database.prepare("DELETE FROM settled_reply WHERE outcome = 'dead' AND id = $id")
    this.#discard = database.prepare(`${WITHDRAW} AND id = $id`)
  }

  /** All of them, the one that died first in front. */
  list(): DeadLetter[] {
    return this.#database
      .prepare("SELECT * FROM settled_reply WHERE outcome = 'dead' ORDER BY settled_ms")
      .all()
      .map(toDeadLetter)
  }

  /** Makes it an open reply again, its attempts unspent; false where there is no such dead letter. To be run in a transaction. */
  redrive(id: string): boolean {
    return this.#redrive.run({ id }).changes > 0 && this.#remove.run({ id }).changes > 0
  }

  /** The streamer does not want it any more; false where there is no such dead letter. */
  discard(id: string): boolean {
    return this.#discard.run({ id, details: withdrawn('streamer', 'discarded') }).changes > 0
  }

  /** What moderators cleared away is not to be answered, now or later. */
  withdraw(clearing: Clearing): void {
    const { channel } = clearing
    const update = (condition: string, values = {}) =>
      this.#database
        .prepare(`${WITHDRAW} AND channel = $channel ${condition}`)
        .run({ channel, details: withdrawn('moderation', 'it was cleared away'), ...values })
    switch (clearing.kind) {
      case 'message':
        return void update("AND json_valid(message) AND json_extract(message, '$.id') = $id", {
          id: clearing.id,
        })
      case 'user':
        return void update("AND json_valid(message) AND json_extract(message, '$.userId') = $userId", {
          userId: clearing.userId,
        })
      case 'chat':
        return void update('')
      default:
        assertNever(clearing)
    }
  }
}

function withdrawn(by: 'moderation' | 'streamer', reason: string): string {
  return JSON.stringify({ by, reason })
}

function toDeadLetter(row: Row): DeadLetter {
  const { code, reason } = recordOf(row.details)
  return {
    id: String(row.id) as TaskId,
    bot: String(row.bot),
    channel: String(row.channel),
    viewer: String(row.viewer),
    text: String(recordOf(row.message).text ?? ''),
    code: String(code ?? ''),
    reason: String(reason ?? ''),
    attempts: Number(row.attempts),
    crashes: Number(row.crashes),
    arrivedAtMs: Number(row.arrived_ms),
    diedAtMs: Number(row.settled_ms),
  }
}

function recordOf(json: unknown): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(json))
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}
