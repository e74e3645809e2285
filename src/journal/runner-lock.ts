import { existsSync } from 'node:fs'
import path from 'node:path'
import { ChorusError } from '../errors.js'
import { Database } from './database.js'
import { inodeOf } from './inode.js'

const FILE = 'runner.lock'
/** Somebody who only looks whether a Chorus runs has the lock for a moment, too: that must keep no start out. */
const LOOK_MS = 250

/** The process that runs on a data folder; `pid` is unset where it can't be told. */
export interface Runner {
  readonly pid: number | undefined
}

/**
 * Who runs on a data folder; `undefined`: nobody. It disturbs neither one that runs nor one that starts.
 *
 * @throws ChorusError `journal-…` when it can't be told
 */
export function findRunner(folder: string): Runner | undefined {
  const file = path.join(folder, FILE)
  if (!existsSync(file)) return undefined
  const database = new Database(file, { busyMs: 0 })
  try {
    database.execute('BEGIN IMMEDIATE; ROLLBACK')
    return undefined
  } catch (error) {
    if (!isBusy(error)) throw error
    const holder = holderOf(database)
    return { pid: typeof holder === 'number' ? holder : undefined }
  } finally {
    database.close()
  }
}

/**
 * Makes one process the only one that runs on a data folder. The lock is SQLite's own on a file that is used for nothing
 * else: the system takes it away with the process, however that ends, so that nothing stale is ever left behind.
 */
export class RunnerLock {
  readonly #file: string
  readonly #database: Database
  readonly #inode: number

  /**
   * @throws ChorusError `data-folder-taken` when another process has it; `journal-…` when the folder takes no lock
   */
  constructor(folder: string, pid: number) {
    this.#file = path.join(folder, FILE)
    this.#database = new Database(this.#file, { busyMs: LOOK_MS })
    try {
      this.#take(pid)
      this.#inode = inodeOf(this.#file)
    } catch (error) {
      const holder = holderOf(this.#database)
      this.#database.close()
      if (isBusy(error)) throw taken(folder, holder)
      throw error
    }
  }

  /** Whether others still find it: without its file it keeps nobody out. */
  get isThere(): boolean {
    return inodeOf(this.#file) === this.#inode
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
}

function isBusy(error: unknown): boolean {
  return error instanceof ChorusError && error.code === 'journal-busy'
}

function holderOf(database: Database): unknown {
  try {
    return database.value('SELECT pid FROM holder')
  } catch {
    return undefined
  }
}

function taken(folder: string, holder: unknown): ChorusError {
  const whose = typeof holder === 'number' ? ` (process ${holder})` : ''
  return new ChorusError('data-folder-taken', `Another Chorus runs on ${folder}${whose}.`)
}
