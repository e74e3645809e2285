import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, expect, test } from 'vitest'
import { withLock } from '../../scripts/lock.mjs'
import { tempFolder } from '../support/temp-folder.js'

let folder: string
let lock: string

beforeEach(() => {
  folder = tempFolder()
  lock = path.join(folder, 'lock')
})

/** The id of a process that has ended. */
async function deadProcessId(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}

test('many processes at once take turns, also when they find a dead holder’s lock', async () => {
  writeFileSync(lock, JSON.stringify({ pid: await deadProcessId(), host: hostname() }))
  const diary = path.join(folder, 'diary')
  const work = `
    import { appendFileSync } from 'node:fs'
    import { setTimeout as pause } from 'node:timers/promises'
    import { withLock } from ${JSON.stringify(pathToFileURL(path.resolve('scripts/lock.mjs')).href)}
    // All at the same moment, however long each took to start.
    while (Date.now() < ${Date.now() + 700});
    await withLock(${JSON.stringify(lock)}, async () => {
      appendFileSync(${JSON.stringify(diary)}, 'in ')
      await pause(20)
      appendFileSync(${JSON.stringify(diary)}, 'out ')
    })`
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '--eval', work], { stdio: 'inherit' }),
  )
  await Promise.all(children.map((child) => once(child, 'exit')))
  expect(readFileSync(diary, 'utf8')).toBe('in out '.repeat(6))
  expect(existsSync(lock)).toBe(false)
})

test('the lock is given back when the work fails', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(withLock(lock, async () => 'mine')).resolves.toBe('mine')
})

test('a living holder is waited for, and whoever waits is told once', async () => {
  const told: string[] = []
  let second: Promise<string> | undefined
  await withLock(lock, async () => {
    second = withLock(lock, async () => 'second', { onWait: () => told.push('waiting') })
    await new Promise(setImmediate)
    expect(told).toEqual(['waiting'])
  })
  await expect(second).resolves.toBe('second')
  expect(told).toEqual(['waiting'])
})

test('a lock of another machine is broken only when nobody has touched it for long', async () => {
  writeFileSync(lock, JSON.stringify({ pid: await deadProcessId(), host: 'elsewhere' }))
  let hasRun = false
  const run = withLock(lock, async () => {
    hasRun = true
  })
  await new Promise(setImmediate)
  expect(hasRun).toBe(false)
  utimesSync(lock, new Date(0), new Date(0))
  await run
  expect(hasRun).toBe(true)
})
