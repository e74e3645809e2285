import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { checkJournal } from '../../src/commands/journal-checks.js'
import { dataFolders, openJournal, query, record } from '../journal/journal-fixture.js'
import { replyTask } from '../support/reply-task.js'

const folder = dataFolders()
const found = () => checkJournal(folder.current)

test('before the first start nobody runs, and there is no journal', () => {
  expect(found()).toEqual([
    { state: 'ok', text: 'no Chorus runs on the data folder' },
    { state: 'ok', text: 'there is no journal yet: the first start makes it' },
  ])
  expect(checkJournal(undefined)).toEqual([])
})

test('beside a Chorus it tells its process, what has no outcome, and how many dead letters wait', async () => {
  const { journal } = openJournal(folder.current, { pid: 4711 })
  const dead = replyTask()
  await Promise.all([journal.put(record(replyTask())), journal.put(record(dead))])
  await journal.settle(record(dead), { kind: 'dead', code: 'model-empty', reason: '' })
  expect(found()).toMatchObject([
    { state: 'ok', text: expect.stringContaining('process 4711') },
    { state: 'ok', text: expect.stringMatching(/journal\.db: \d+ KB, 1 reply without an outcome$/) },
    {
      state: 'note',
      text: '1 dead letter: replies whose attempts are spent',
      advice: expect.stringContaining('chorus dead-letters'),
    },
  ])
})

test('a journal of a newer Chorus fails, and stays as it is', () => {
  openJournal(folder.current).journal.close()
  query(folder.current, 'PRAGMA user_version = 99')
  expect(found()[1]).toMatchObject({ state: 'failed', text: expect.stringContaining('99') })
  expect(query(folder.current, 'PRAGMA user_version')).toEqual([{ user_version: 99 }])
})

test('a damaged one fails, with what becomes of it; one that was put aside is noted', async () => {
  const file = path.join(folder.current, 'journal.db')
  writeFileSync(file, 'this is no database '.repeat(500))
  expect(found()[1]).toMatchObject({ state: 'failed', advice: expect.stringContaining('at its next start') })
  openJournal(folder.current)
  expect(found()).toMatchObject([
    { state: 'ok' },
    { state: 'ok', text: expect.stringContaining('0 replies') },
    { state: 'note', text: expect.stringContaining('journal.db.damaged-'), advice: expect.any(String) },
  ])
})

test('damage in the middle of the file is found', async () => {
  const { journal } = openJournal(folder.current)
  await Promise.all(
    Array.from({ length: 200 }, () => journal.put(record(replyTask({ text: 'x'.repeat(400) })))),
  )
  journal.close()
  const file = path.join(folder.current, 'journal.db')
  writeFileSync(file, readFileSync(file).fill(0xff, 3 * 4096, 6 * 4096))
  expect(found()[1]).toMatchObject({ state: 'failed' })
})
