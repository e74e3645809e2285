import { existsSync, renameSync } from 'node:fs'
import { Database, type Row, type Value } from './database.js'
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
 * Puts a damaged journal aside and a new one in its place, with everything in it that can still be read.
 *
 * @throws ChorusError of {@link Database} when the folder takes no new file; what the file system says when the old one can't be moved
 */
export function salvage(file: string, wallMs: number): Salvaged {
  const aside = freeName(`${file}.damaged-${Math.round(wallMs)}`)
  for (const suffix of SUFFIXES)
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${aside}${suffix}`)
  const fresh = new Database(file)
  try {
    fresh.execute('PRAGMA auto_vacuum = INCREMENTAL')
    migrate(fresh)
    return { aside, rows: copyReadable(aside, fresh) }
  } finally {
    fresh.close()
  }
}

function copyReadable(aside: string, fresh: Database): number {
  let damaged: Database | undefined
  try {
    const from = new Database(aside)
    damaged = from
    return fresh.transaction(() => SOURCES.reduce((rows, source) => rows + copyTable(source, from, fresh), 0))
  } catch {
    // Not even its first page can be read.
    return 0
  } finally {
    damaged?.close()
  }
}

function copyTable(source: Source, from: Database, to: Database): number {
  // From both ends: a damaged page in the middle hides what lies behind it.
  const rows = new Map([...readable(source, from, 'ASC'), ...readable(source, from, 'DESC')])
  let copied = 0
  for (const row of rows.values()) {
    try {
      const names = Object.keys(row)
      to.prepare(
        `INSERT OR IGNORE INTO ${source.table} (${names.join(', ')}) VALUES (${names.map((name) => `$${name}`).join(', ')})`,
      ).run(row as Record<string, Value>)
      copied += 1
    } catch {
      // Its values are damaged, too.
    }
  }
  return copied
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
