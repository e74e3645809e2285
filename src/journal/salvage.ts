import { existsSync, renameSync, rmSync } from 'node:fs'
import { ChorusError } from '../errors.js'
import { Database, type Row, type Statement, type Value } from './database.js'
import { migrate } from './schema.js'

/** What became of a damaged journal. */
export interface Salvaged {
  /** Where the damaged file is now. */
  readonly aside: string
  /** Rows that could be read and stand in the new file: open replies, dead letters, lines of chat. */
  readonly rows: number
}

/** What a later run goes on with; the rest is history, which stays in the damaged file. */
const SOURCES = [
  { table: 'open_reply', key: ['number'], where: '1' },
  { table: 'settled_reply', key: ['number'], where: "outcome = 'dead'" },
  { table: 'chat_line', key: ['channel', 'place'], where: '1' },
  { table: 'heartbeat', key: ['only'], where: '1' },
  { table: 'token_use', key: ['only'], where: '1' },
] as const
type Source = (typeof SOURCES)[number]

/** SQLite's own companions of a file. */
const SUFFIXES = ['', '-wal', '-shm']

/**
 * Puts a damaged journal aside and a new one in its place, with everything in it that can still be read. The damaged one
 * stays where it is until the new one is whole: where that fails, as on a full disk, it can be tried again.
 *
 * @throws ChorusError of {@link Database} when the new file can't be written; what the file system says
 */
export function salvage(file: string, wallMs: number): Salvaged {
  const mended = `${file}.mended`
  const rows = copyOrRemove(file, mended)
  const aside = freeName(`${file}.damaged-${Math.round(wallMs)}`)
  for (const suffix of SUFFIXES)
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${aside}${suffix}`)
  renameSync(mended, file)
  return { aside, rows }
}

/** Nothing of a new file is left behind that could not be made whole: it would take the room that is needed. */
function copyOrRemove(file: string, mended: string): number {
  remove(mended)
  try {
    return copyReadable(file, mended)
  } catch (error) {
    remove(mended)
    throw error
  }
}

function remove(file: string): void {
  for (const suffix of [...SUFFIXES, '-journal']) rmSync(`${file}${suffix}`, { force: true })
}

function copyReadable(file: string, mended: string): number {
  const rows = readAll(file)
  const to = new Database(mended)
  try {
    to.execute('PRAGMA auto_vacuum = INCREMENTAL')
    migrate(to)
    return to.transaction(() => [...rows].reduce((sum, [table, found]) => sum + insert(to, table, found), 0))
  } finally {
    to.close()
  }
}

/** What can be read of each table. */
function readAll(file: string): ReadonlyMap<string, readonly Row[]> {
  let from: Database | undefined
  try {
    const damaged = new Database(file)
    from = damaged
    return new Map(SOURCES.map((source) => [source.table, read(damaged, source)]))
  } catch {
    // Not even its first page can be read.
    return new Map()
  } finally {
    from?.close()
  }
}

/** From both ends: a damaged page in the middle hides what lies behind it. */
function read(from: Database, source: Source): Row[] {
  return [...new Map([...readable(source, from, 'ASC'), ...readable(source, from, 'DESC')]).values()]
}

/** Returns how many went in; the values of the others are damaged, too. */
function insert(to: Database, table: string, rows: readonly Row[]): number {
  const names = Object.keys(rows[0] ?? {})
  if (names.length === 0) return 0
  const statement = to.prepare(
    `INSERT OR IGNORE INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  )
  return rows.filter((row) => isInserted(statement, Object.values(row) as Value[])).length
}

function isInserted(statement: Statement, values: readonly Value[]): boolean {
  try {
    statement.run(values)
    return true
  } catch (error) {
    if (error instanceof ChorusError && error.code === 'journal-row') return false
    throw error
  }
}

/** Rows one by one from one end, until one can't be read; each under its key. */
function* readable(
  { table, key, where }: Source,
  from: Database,
  order: 'ASC' | 'DESC',
): Generator<[string, Row]> {
  const keys = key.map((name) => `${name} ${order}`).join(', ')
  const behind = `(${key.join(', ')}) ${order === 'ASC' ? '>' : '<'} (${key.map((name) => `$${name}`).join(', ')})`
  const query = (condition: string) =>
    from.prepare(`SELECT * FROM ${table} WHERE ${where} AND ${condition} ORDER BY ${keys} LIMIT 1`)
  try {
    let [row] = query('1').all()
    const next = query(behind)
    while (row) {
      const found = row
      yield [JSON.stringify(key.map((name) => found[name])), found]
      ;[row] = next.all(Object.fromEntries(key.map((name) => [name, found[name] as Value])))
    }
  } catch {
    // Here the damage begins, seen from this end.
  }
}

function freeName(name: string): string {
  return existsSync(name) ? freeName(`${name}+`) : name
}
