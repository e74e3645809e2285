import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type DeadLettersOptions, deadLettersCommand, faultOf } from '../../src/commands/dead-letters.js'
import type { ReplyTask } from '../../src/domain.js'
import { Database } from '../../src/journal/database.js'
import type { Journal } from '../../src/journal/journal.js'
import { dataFolders, openJournal, query, record } from '../journal/journal-fixture.js'
import { replyTask } from '../support/reply-task.js'

const folder = dataFolders()
const SECRET = 'sk-opensesame0123456789'
const ESC = '\u001b'
/** What a terminal would obey. */
const STEERS = /(?!\n)\p{Cc}|\p{Bidi_Control}/u

async function kill(journal: Journal, parts: Parameters<typeof replyTask>[0] = {}): Promise<ReplyTask> {
  const task = replyTask(parts)
  await journal.put(record(task))
  const reason = `the model said "${SECRET}"\nand ${ESC}[2J nothing`
  await journal.settle(record(task, { attempts: 6, crashes: 1 }), {
    kind: 'dead',
    code: 'model-empty',
    reason,
  })
  return task
}

interface Ran {
  readonly printed: string
  /** What it throws at last, as `chorus` would tell it. */
  readonly error: { readonly code?: string; readonly message?: string; readonly advice?: string } | undefined
}

function run(options: Partial<DeadLettersOptions> & { columns?: number } = {}): Ran {
  let printed = ''
  const write = (text: string) => {
    printed += text
  }
  const { columns, ...request } = options
  const env = { CHORUS_DATA_DIR: folder.current, OPENAI_API_KEY: SECRET }
  const output = { write, ...(columns !== undefined && { isTTY: true, columns }) }
  try {
    deadLettersCommand({ action: 'list', ids: [], env, cwd: folder.current, output, ...request })
    return { printed, error: undefined }
  } catch (error) {
    return { printed, error: error as Ran['error'] }
  }
}

describe('chorus dead-letters list', () => {
  it('says that there is no journal yet, or no dead letter', () => {
    expect(run().printed).toBe(`There are no dead letters: there is no journal in ${folder.current} yet.\n`)
    openJournal(folder.current)
    expect(run()).toEqual({ printed: 'There are no dead letters.\n', error: undefined })
  })

  it('tells of each one who asked what, why it was given up, and what to do', async () => {
    const { journal } = openJournal(folder.current)
    const { id } = await kill(journal, { login: 'ann', text: '@ava how are you?' })
    await kill(journal)
    const { printed } = run()
    const [head, first] = printed.split('\n\n')
    expect(head).toMatch(/^2 dead letters: /)
    expect(first?.split('\n')).toEqual([
      id,
      expect.stringMatching(
        /^ {2}asked {5}20\d\d-\d\d-\d\dT\d\d:00:00[+-]\d\d:\d\d by ann in #mychannel, of ava$/,
      ),
      '  words     @ava how are you?',
      expect.stringMatching(
        /^ {2}given up {2}\S+ after 6 failed tries; Chorus ended 1 time while it worked on it$/,
      ),
      '  because   model-empty: the model said "[secret]" and [2J nothing',
      '  advice    The model said nothing; raise model.maxTokens if it is a reasoning model.',
    ])
    expect(printed).toContain('chorus dead-letters redrive ID…')
  })

  it('lets nothing that was written in chat steer the terminal, and cuts it to its width', async () => {
    const { journal } = openJournal(folder.current)
    const hostile = `@ava ${ESC}]0;owned\u0007${ESC}[31m\u009b2J\u202E\u2066 ${'ナ👩‍👩‍👧'.repeat(80)}`
    const { id } = await kill(journal, { text: hostile })
    const { printed } = run({ columns: 60 })
    const own = [`${ESC}[1m`, `${ESC}[22m`].reduce((text, code) => text.replaceAll(code, ''), printed)
    expect(own).not.toMatch(STEERS)
    expect(own).toContain(`${id}\n`)
    const words = own.split('\n').find((line) => line.includes('words')) ?? ''
    // Each of the two is two columns wide.
    const wide = [...new Intl.Segmenter().segment(words)].filter(({ segment }) => /ナ|👩/u.test(segment))
    const narrow = words.replace(/ナ|👩‍👩‍👧/gu, '').length
    expect(words).toMatch(/…$/)
    expect(2 * wide.length + narrow).toBeOneOf([59, 60])
  })

  it('gives programs one JSON array, in which nothing steers the terminal either', async () => {
    const { journal } = openJournal(folder.current)
    expect(JSON.parse(run({ json: true }).printed)).toEqual([])
    const { id } = await kill(journal, { text: '@ava \u009b2J\u202E"hi"' })
    const { printed } = run({ json: true })
    expect(printed).not.toMatch(STEERS)
    expect(JSON.parse(printed)).toEqual([
      expect.objectContaining({
        id,
        bot: 'ava',
        text: '@ava \u009b2J\u202E"hi"',
        code: 'model-empty',
        attempts: 6,
        arrivedAt: '2026-01-01T00:00:00.000Z',
        advice: expect.stringContaining('model.maxTokens'),
      }),
    ])
  })

  it('shows one of a code and a time that nobody knows', async () => {
    const { journal } = openJournal(folder.current)
    const { id } = await kill(journal)
    journal.close()
    query(folder.current, `UPDATE settled_reply SET details = '{}', settled_ms = 9e18 RETURNING id`)
    const { error, printed } = run()
    expect(error).toBeUndefined()
    expect(printed).toContain(id)
    expect(printed).toContain('at an unknown time')
    expect(printed).not.toContain('advice')
  })
})

describe('chorus dead-letters redrive', () => {
  it('says that the running Chorus takes them up, or the next start', async () => {
    const { journal } = openJournal(folder.current, { pid: 4711 })
    const [first, second, third] = [await kill(journal), await kill(journal), await kill(journal)]
    expect(run({ action: 'redrive', ids: [first.id] })).toEqual({
      printed:
        '1 reply is to be tried again: the running Chorus (process 4711) takes it up within 2 seconds.\n',
      error: undefined,
    })
    journal.close()
    expect(run({ action: 'redrive', ids: [second.id, third.id, third.id] }).printed).toBe(
      `2 replies are to be tried again: no Chorus runs on ${folder.current}, the next start will take them up.\n`,
    )
    expect(query(folder.current, 'SELECT id FROM open_reply WHERE is_redriven = 1')).toHaveLength(3)
  })

  it('does those that there are, and names the others', async () => {
    const { journal } = openJournal(folder.current)
    const { id } = await kill(journal)
    const { error, printed } = run({ action: 'redrive', ids: ['ava/gone', id, `${ESC}x`, 'ava/gone'] })
    expect(printed).toMatch(/^1 reply is to be tried again: /)
    expect(error).toMatchObject({
      code: 'no-dead-letter',
      message: 'No dead letter has the id "ava/gone", "x".',
      advice: expect.stringContaining('chorus dead-letters'),
    })
    expect(run({ action: 'redrive', ids: [id] }).error).toMatchObject({ code: 'no-dead-letter' })
  })

  it('--all means all there are, and none are no fault', async () => {
    const { journal } = openJournal(folder.current)
    await kill(journal)
    await kill(journal)
    expect(run({ action: 'redrive', ids: [], all: true }).printed).toMatch(/^2 replies are to be tried again/)
    expect(run({ action: 'redrive', ids: [], all: true })).toEqual({
      printed: 'There are no dead letters.\n',
      error: undefined,
    })
  })

  it('notes which bots are not there to answer, by the configuration that was named', async () => {
    const { journal } = openJournal(folder.current)
    await kill(journal, { bot: 'ava' })
    await kill(journal, { bot: 'ben' })
    writeFileSync(path.join(folder.current, 'my.yaml'), 'channels: [c]\nbots: [{ login: Ava }]\n')
    const { printed } = run({ action: 'redrive', ids: [], all: true, file: 'my.yaml' })
    expect(printed.match(/^Note: .*$/gm)).toEqual([
      'Note: ben is no bot of the configuration now: what it owes waits until it is.',
    ])
    expect(run({ file: 'gone.yaml' }).error).toMatchObject({ code: 'file-missing' })
  })
})

describe('chorus dead-letters discard', () => {
  it('gives up those that are named, and no other', async () => {
    const { journal } = openJournal(folder.current)
    const [first, second] = [await kill(journal), await kill(journal)]
    expect(run({ action: 'discard', ids: [first.id] })).toEqual({
      printed: '1 reply discarded: nobody will answer it.\n',
      error: undefined,
    })
    expect(JSON.parse(run({ json: true }).printed)).toMatchObject([{ id: second.id }])
  })
})

describe('a journal that can’t be used is told of, with what to do', () => {
  const file = () => path.join(folder.current, 'journal.db')

  it('written by a newer Chorus', () => {
    openJournal(folder.current).journal.close()
    query(folder.current, 'PRAGMA user_version = 99')
    expect(run().error).toMatchObject({
      code: 'journal-newer',
      message: `The journal ${file()} can’t be used: the journal has version 99, and this Chorus knows 2`,
      advice: expect.stringContaining('newer Chorus'),
    })
  })

  it('damaged', () => {
    writeFileSync(file(), 'this is no database '.repeat(500))
    expect(run().error).toMatchObject({
      code: 'journal-damaged',
      message: expect.stringContaining(file()),
      advice: expect.stringContaining('at its next start'),
    })
  })

  it('locked by another program', async () => {
    const { journal } = openJournal(folder.current)
    const { id } = await kill(journal)
    journal.close()
    const other = new Database(file())
    other.execute('BEGIN IMMEDIATE')
    try {
      // Reading it is no trouble.
      expect(run().error).toBeUndefined()
      expect(run({ action: 'discard', ids: [id] }).error).toMatchObject({ code: 'journal-busy' })
    } finally {
      other.close()
    }
  })
})

describe('asked wrongly', () => {
  it.each([
    [{ action: 'list', ids: ['ava/m-1'] }, 'takes no ids'],
    [{ action: 'list', ids: [], all: true }, 'no --all'],
    [{ action: 'redrive', ids: [] }, 'wants the ids'],
    [{ action: 'discard', ids: ['a'], all: true }, 'not both'],
    [{ action: 'discard', ids: ['a'], json: true }, '--json is for dead-letters list'],
  ] as const)('%j: it says so', (request, expected) => {
    expect(faultOf(request)).toContain(expected)
  })
})
