import { existsSync } from 'node:fs'
import path from 'node:path'
import { Database } from './database.js'
import { type DeadLetter, DeadLetterTable } from './dead-letter-table.js'
import { JOURNAL_FILE } from './journal-file.js'
import { migrate } from './schema.js'

/** Changed in one commit: a running Chorus waits for it, and it must not wait for long. */
const SLICE = 200

/** What became of the dead letters that were named. */
export interface DeadLetterChange {
  readonly changed: readonly string[]
  /** No dead letter has these ids. */
  readonly unknown: readonly string[]
}

/**
 * The dead letters of a data folder. Works beside a Chorus that runs on it, which takes up a redrive within two seconds,
 * and without one, which does so at its next start.
 *
 * Every call throws a ChorusError `journal-…` when the journal can't be read or written.
 */
export class DeadLetters {
  readonly #file: string

  constructor(folder: string) {
    this.#file = path.join(folder, JOURNAL_FILE)
  }

  /** The one that died first in front. */
  list(): DeadLetter[] {
    return this.#with((table) => table.list()) ?? []
  }

  /** Has them tried again, their age and attempts anew. */
  redrive(ids: readonly string[]): DeadLetterChange {
    return this.#change(ids, (table, id) => table.redrive(id))
  }

  /** Ends them as withdrawn by the streamer. */
  discard(ids: readonly string[]): DeadLetterChange {
    return this.#change(ids, (table, id) => table.discard(id))
  }

  #change(ids: readonly string[], change: (table: DeadLetterTable, id: string) => boolean): DeadLetterChange {
    const changed = new Set<string>()
    const meant = [...new Set(ids)]
    this.#with((table, database) => {
      for (let from = 0; from < meant.length; from += SLICE)
        database.transaction(() => {
          for (const id of meant.slice(from, from + SLICE)) if (change(table, id)) changed.add(id)
        })
    })
    return { changed: [...changed], unknown: ids.filter((id) => !changed.has(id)) }
  }

  /** Nothing where there is no journal yet. */
  #with<T>(work: (table: DeadLetterTable, database: Database) => T): T | undefined {
    if (!existsSync(this.#file)) return undefined
    const database = new Database(this.#file, { busyMs: 5000 })
    try {
      migrate(database)
      return work(new DeadLetterTable(database), database)
    } finally {
      database.close()
    }
  }
}
