import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { replyTask } from '../support/reply-task.js'
import { dataFolders, openJournal, query, record } from './journal-fixture.js'

/** docs/journal.md tells people what is in the file: it must be so. */
const text = readFileSync('docs/journal.md', 'utf8')
const folder = dataFolders()

async function fill(): Promise<void> {
  const { journal } = openJournal(folder.current)
  const [open, sent, dead] = [replyTask(), replyTask(), replyTask()]
  await Promise.all([open, sent, dead].map((task) => journal.put(record(task))))
  await journal.settle(record(sent), { kind: 'sent', inDoubt: true })
  await journal.settle(record(dead), { kind: 'dead', code: 'model-empty', reason: 'it said nothing' })
}

const columnsOf = (table: string) =>
  query(folder.current, `PRAGMA table_info(${table})`).map(({ name }) => String(name))

describe('docs/journal.md', () => {
  it('prints queries that work', async () => {
    await fill()
    const queries = [...text.matchAll(/^sqlite3 -readonly data\/journal\.db "(.*)"$/gm)].map(
      ([, sql]) => sql ?? '',
    )
    expect(queries).toHaveLength(7)
    for (const sql of queries) expect(query(folder.current, sql), sql).not.toEqual([])
  })

  it('explains every table, and every column of the replies', async () => {
    await fill()
    const tables = query(folder.current, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    for (const { name } of tables) expect(text).toContain(`**\`${name}\`**`)
    const explained = [...text.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, names = '']) =>
      names.split(', ').map((name) => name.slice(1, -1)),
    )
    const columns = new Set([...columnsOf('open_reply'), ...columnsOf('settled_reply')])
    expect([...columns].filter((name) => !explained.includes(name))).toEqual([])
  })
})
