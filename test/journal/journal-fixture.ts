import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, onTestFinished } from 'vitest'
import { DAY } from '../../src/clock.js'
import type { ReplyTask } from '../../src/domain.js'
import { ChorusEmitter, type ChorusEvents } from '../../src/events.js'
import { Database } from '../../src/journal/database.js'
import { Journal, type JournalOptions } from '../../src/journal/journal.js'
import type { Progress, ReplyRecord } from '../../src/reply-journal.js'
import { ManualClock } from '../support/manual-clock.js'

/** Gives each test of the file a data folder of its own. */
export function dataFolders(): { readonly current: string } {
  const folder = { current: '' }
  beforeEach(() => {
    folder.current = mkdtempSync(path.join(tmpdir(), 'chorus-journal-'))
  })
  afterEach(() => rmSync(folder.current, { recursive: true, force: true }))
  return folder
}

export interface OpenJournal {
  readonly journal: Journal
  readonly clock: ManualClock
  readonly told: { readonly event: keyof ChorusEvents; readonly payload: unknown }[]
  /** What it has given to its queue, newest last. */
  readonly given: ReplyRecord[]
}

/** A journal on the folder; `clock` is that of the run before, where there was one. It is closed when the test ends. */
export function openJournal(
  folder: string,
  options: Partial<JournalOptions> & { clock?: ManualClock } = {},
): OpenJournal {
  const clock = options.clock ?? new ManualClock()
  const events = new ChorusEmitter()
  const told: OpenJournal['told'] = []
  for (const event of [
    'journal:refusing',
    'journal:recovered',
    'journal:damaged',
    'dead-letters:counted',
    'error',
  ] as const)
    events.on(event, (payload: unknown) => void told.push({ event, payload }))
  const journal = new Journal({ folder, keptMs: 7 * DAY, events, ...options, clock })
  onTestFinished(() => journal.close())
  journal.open()
  const given: ReplyRecord[] = []
  journal.restore((records) => given.push(...records))
  return { journal, clock, told, given }
}

export function record(task: ReplyTask, parts: Partial<ReplyRecord> = {}): ReplyRecord {
  const progress: Progress = { kind: 'accepted' }
  return { task, progress, attempts: 0, crashes: 0, unservedSinceMs: undefined, ...parts }
}

/** What any SQLite tool sees in the file. */
export function query(folder: string, sql: string): Record<string, unknown>[] {
  const database = new Database(path.join(folder, 'journal.db'))
  try {
    return database.prepare(sql).all() as Record<string, unknown>[]
  } finally {
    database.close()
  }
}
