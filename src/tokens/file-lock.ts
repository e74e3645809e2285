import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { type Clock, SECOND, sleep } from '../clock.js'

/** Between two looks at a lock that somebody else has. */
const LOOK_EVERY_MS = 20
/**
 * A lock is held for one write of a small file. One that has stood unchanged for this long belongs to a process that
 * hangs, or that died on another machine.
 */
const STALE_AFTER_MS = 10 * SECOND
/** Locks may change hands for this long before a waiter gives up. */
const GIVE_UP_AFTER_MS = 30 * SECOND

interface Holder {
  readonly pid: number
  readonly host: string
}

/**
 * Runs `work` while no other process runs one under the same lock file. The lock of a process that died is broken, at
 * once where that can be seen. Time is measured by the waiter’s own clock: file times may be another machine’s.
 *
 * @throws what `work` throws, what the file system says, and an error when the lock can’t be had
 */
export async function withFileLock<T>(file: string, clock: Clock, work: () => T): Promise<T> {
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })
  await take(file, mine, clock)
  try {
    return work()
  } finally {
    // Somebody who thought us dead may have it by now.
    if (textOf(file) === mine) rmSync(file, { force: true })
  }
}

async function take(file: string, mine: string, clock: Clock): Promise<void> {
  const startedMs = clock.now()
  let seen: string | undefined
  let seenSinceMs = startedMs
  while (!create(file, mine)) {
    const text = textOf(file)
    const now = clock.now()
    if (text !== seen) {
      seen = text
      seenSinceMs = now
    }
    if (now - startedMs > GIVE_UP_AFTER_MS) throw new Error(`${file} is held by another process`)
    const isStale = text !== undefined && (isDead(text) || now - seenSinceMs > STALE_AFTER_MS)
    if (isStale) breakLock(file, text, mine)
    await sleep(clock, LOOK_EVERY_MS)
  }
}

/**
 * Two waiters may both find a dead holder. Only the one that takes this second lock removes the first, and it looks
 * again before: else the slower one would remove the lock that the faster one has just taken.
 */
function breakLock(file: string, stale: string, mine: string): void {
  const guard = `${file}.break`
  if (!create(guard, mine)) {
    if (isDead(textOf(guard) ?? '')) rmSync(guard, { force: true })
    return
  }
  try {
    if (textOf(file) === stale) rmSync(file, { force: true })
  } finally {
    rmSync(guard, { force: true })
  }
}

function create(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** undefined: it is gone. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Whether the holder can be seen to be dead. A lock that is being written has no holder yet. */
function isDead(text: string): boolean {
  const holder = parseHolder(text)
  if (holder?.host !== hostname()) return false
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(text)
    return Number.isInteger(pid) && pid > 0 && typeof host === 'string' ? { pid, host } : undefined
  } catch {
    return undefined
  }
}
