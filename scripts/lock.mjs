import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

const TOUCH_EVERY_MS = 5_000
/** A holder touches its lock; one untouched for this long is dead, wherever it ran. */
const STALE_AFTER_MS = 60_000
const LOOK_EVERY_MS = 100

/**
 * Runs `work` while no other process of this project does. Waits as long as the other one is alive.
 *
 * @template T
 * @param {string} file the lock file, absolute
 * @param {() => Promise<T>} work
 * @param {{ onWait?: () => void, staleAfterMs?: number }} [options] `onWait` is called once when it has to wait
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { onWait, staleAfterMs = STALE_AFTER_MS } = {}) {
  for (let isFirst = true; !take(file); isFirst = false) {
    if (isFirst) onWait?.()
    if (isStale(file, staleAfterMs)) breakStale(file, staleAfterMs)
    else await pause(LOOK_EVERY_MS)
  }
  const touching = setInterval(() => touch(file), TOUCH_EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(touching)
    rmSync(file, { force: true })
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * Two waiters may both find a dead holder. Only the one that takes this second lock removes the first, and it
 * looks again before: else the slower one would remove the lock that the faster one has just taken.
 *
 * @param {string} file
 * @param {number} staleAfterMs
 */
function breakStale(file, staleAfterMs) {
  const guard = `${file}.break`
  if (!take(guard)) {
    if (ageMs(guard) > staleAfterMs) rmSync(guard, { force: true })
    return
  }
  try {
    if (isStale(file, staleAfterMs)) rmSync(file, { force: true })
  } finally {
    rmSync(guard, { force: true })
  }
}

/**
 * @param {string} file
 * @param {number} staleAfterMs
 */
function isStale(file, staleAfterMs) {
  const age = ageMs(file)
  if (age > staleAfterMs) return true
  const holder = holderOf(file)
  return holder !== undefined && holder.host === hostname() && !isAlive(holder.pid)
}

/**
 * @param {string} file
 * @returns {{ pid: number, host: string } | undefined} undefined while it is being written or is gone
 */
function holderOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** @param {string} file */
function ageMs(file) {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}

/** @param {string} file */
function touch(file) {
  try {
    const now = new Date()
    utimesSync(file, now, now)
  } catch {
    // Someone removed it by hand; the work goes on.
  }
}

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code
