import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { findRunner, RunnerLock } from '../../src/journal/runner-lock.js'
import { dataFolders, openJournal } from './journal-fixture.js'

const folder = dataFolders()

describe('who runs on a data folder', () => {
  it('is nobody before the first start, and looking leaves nothing behind', () => {
    expect(findRunner(folder.current)).toBeUndefined()
    expect(existsSync(path.join(folder.current, 'runner.lock'))).toBe(false)
  })

  it('is told by the process’s id, and nobody any more when it has ended', () => {
    const lock = new RunnerLock(folder.current, 4711)
    expect(findRunner(folder.current)).toEqual({ pid: 4711 })
    lock.release()
    expect(findRunner(folder.current)).toBeUndefined()
  })

  it('can be asked again and again without disturbing the one that runs, nor the next start', () => {
    const { journal } = openJournal(folder.current, { pid: 4711 })
    for (let count = 0; count < 50; count++) expect(findRunner(folder.current)).toEqual({ pid: 4711 })
    expect(journal.isDurable).toBe(true)
    expect(() => new RunnerLock(folder.current, 1)).toThrow(
      expect.objectContaining({ code: 'data-folder-taken', message: expect.stringContaining('4711') }),
    )
    journal.close()
    openJournal(folder.current, { pid: 12 })
    expect(findRunner(folder.current)).toEqual({ pid: 12 })
  })

  it('can’t be told where the lock is none', () => {
    writeFileSync(
      path.join(folder.current, 'runner.lock'),
      'not a database, and long enough to be read as one'.repeat(20),
    )
    expect(() => findRunner(folder.current)).toThrow(expect.objectContaining({ code: 'journal-damaged' }))
  })
})
