import path from 'node:path'
import { ChorusError } from '../errors.js'
import { Database } from './database.js'

const FILE = 'runner.lock'

/**
 * Makes one process the only one that runs on a data folder. The lock is SQLite's own on a file that is used for nothing
 * else: the system takes it away with the process, however that ends, so that nothing stale is ever left behind.
 */
export class RunnerLock {
  readonly #database: Database

  /**
   * @throws ChorusError `data-folder-taken` when another process has it; `journal-…` when the folder takes no lock
   */
  constructor(folder: string, pid: number) {
    this.#database = new Database(path.join(folder, FILE), { busyMs: 0 })
    try {
      this.#take(pid)
    } catch (error) {
      const holder = this.#holder()
      this.#database.close()
      if (error instanceof ChorusError && error.code === 'journal-busy') throw taken(folder, holder)
      throw error
    }
  }

  /** Gives the folder free. Safe to call twice. */
  release(): void {
    this.#database.close()
  }

  #take(pid: number): void {
    this.#database.execute('CREATE TABLE IF NOT EXISTS holder (pid INTEGER)')
    this.#database.transaction(() => {
      this.#database.execute(`DELETE FROM holder; INSERT INTO holder VALUES (${pid})`)
    })
    // Begun and never ended: others may read who holds it, and none may write.
    this.#database.execute('BEGIN IMMEDIATE')
  }

  #holder(): unknown {
    try {
      return this.#database.value('SELECT pid FROM holder')
    } catch {
      return undefined
    }
  }
}

function taken(folder: string, holder: unknown): ChorusError {
  const whose = typeof holder === 'number' ? ` (process ${holder})` : ''
  return new ChorusError('data-folder-taken', `Another Chorus runs on ${folder}${whose}.`)
}
