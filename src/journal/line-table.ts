import {
  assertNever,
  type ChannelName,
  type Clearing,
  toChannelName,
  toMessageId,
  toUserId,
} from '../domain.js'
import type { KeptLine } from '../kept-line.js'
import type { Database, Row, Statement } from './database.js'

const PRUNE = `
  DELETE FROM chat_line WHERE channel = $channel AND (place < $before OR place <= (
    SELECT place FROM chat_line WHERE channel = $channel ORDER BY place DESC LIMIT 1 OFFSET $kept
  ))`

/** Lines of chat that open replies were asked among, once per channel. */
export class LineTable {
  readonly #database: Database
  readonly #put: Statement
  readonly #prune: Statement

  constructor(database: Database) {
    this.#database = database
    this.#put = database.prepare('INSERT OR REPLACE INTO chat_line VALUES (?, ?, ?, ?, ?, ?)')
    this.#prune = database.prepare(PRUNE)
  }

  put(channel: ChannelName, { place, id, userId, name, text }: KeptLine): void {
    this.#put.run([channel, place, id ?? null, userId ?? null, name, text])
  }

  channels(): ChannelName[] {
    const rows = this.#database.prepare('SELECT DISTINCT channel FROM chat_line').all()
    return rows.map(({ channel }) => toChannelName(String(channel)))
  }

  /** The place of the newest line of each channel. */
  newest(): (readonly [ChannelName, number])[] {
    const rows = this.#database
      .prepare('SELECT channel, max(place) AS place FROM chat_line GROUP BY channel')
      .all()
    return rows.map(({ channel, place }) => [toChannelName(String(channel)), Number(place)])
  }

  /** The lines of a channel, oldest first. */
  of(channel: ChannelName): KeptLine[] {
    const rows = this.#database
      .prepare('SELECT * FROM chat_line WHERE channel = $channel ORDER BY place')
      .all({ channel })
    return rows.map(toLine)
  }

  /** Leaves the newest `kept` lines of a channel, and of these the ones whose place is not `before`. */
  prune(channel: ChannelName, limits: { readonly before: number; readonly kept: number }): void {
    this.#prune.run({ channel, ...limits })
  }

  /** Removes what moderators cleared away. */
  forget(clearing: Clearing): void {
    const { channel } = clearing
    const remove = (condition: string, values = {}) =>
      this.#database
        .prepare(`DELETE FROM chat_line WHERE channel = $channel ${condition}`)
        .run({ channel, ...values })
    switch (clearing.kind) {
      case 'message':
        return void remove('AND id = $id', { id: clearing.id })
      case 'user':
        return void remove('AND user_id = $userId', { userId: clearing.userId })
      case 'chat':
        return void remove('')
      default:
        assertNever(clearing)
    }
  }
}

function toLine({ place, id, user_id: userId, name, text }: Row): KeptLine {
  return {
    place: Number(place),
    ...(typeof id === 'string' && { id: toMessageId(id) }),
    ...(typeof userId === 'string' && { userId: toUserId(userId) }),
    name: String(name),
    text: String(text),
  }
}
