import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { BOT, createAccepting } from './accepting.mjs'
import { watchCommits } from './commits.mjs'
import { viewerLine } from './mention.mjs'
import { quantile } from './quantile.mjs'
import { inTempFolder } from './temp-folder.mjs'
import { serveRequests } from './worker.mjs'

/** @import { Accepting, JournalKind } from './accepting.mjs' */

/**
 * What accepting mentions came to. Milliseconds, but for `eachUs` and `cpuUs`: microseconds per mention.
 *
 * @typedef {object} Accepted
 * @property {number} p50 from the call to the promise resolved
 * @property {number} p99
 * @property {number} eachUs all the time from the first call to the last promise
 * @property {number} cpuUs processor time, of all threads
 * @property {number} longestTurn of the event loop
 * @property {number} commitP99 NaN where there was none
 * @property {number} commitsPer1000 mentions
 */

/**
 * Mentions that come in bursts, and how much of a burst comes in one turn of the event loop.
 *
 * @typedef {{ bursts: number, mentions: number, perTurn: number }} Load
 */

const SPOKEN = 'that was so clean, never seen anyone jump over the wall like this before'
const WARM_UP = { bursts: 20, mentions: 100, perTurn: 100 }
/** Lines that mention nobody, heard before each burst: what the model will be shown with the mention is written, too. */
const OTHERS = 19
const SYNCS = 500

const commits = watchCommits()

/** The worker that accepts mentions into a journal of one kind. */
serveRequests(async ({ kind, loads }) => {
  await inTempFolder((folder) => accept(folder, kind, WARM_UP))
  const found = []
  for (const load of loads) found.push(await inTempFolder((folder) => accept(folder, kind, load)))
  return { found, sync: await inTempFolder(sync) }
})

/**
 * @param {string} folder
 * @param {JournalKind} kind
 * @param {Load} load
 * @returns {Promise<Accepted>}
 */
async function accept(folder, kind, load) {
  const accepting = createAccepting(folder, kind)
  accepting.open()
  accepting.restore()
  const found = await measure(accepting, load)
  await accepting.end()
  return found
}

/**
 * @param {Accepting} accepting
 * @param {Load} load
 * @returns {Promise<Accepted>}
 */
async function measure(accepting, { bursts, mentions, perTurn }) {
  const tookMs = /** @type {number[]} */ ([])
  const spent = { wallMs: 0, cpuUs: 0, longestTurn: 0 }
  commits.tookMs.length = 0
  for (let burst = 0; burst < bursts; burst++) {
    for (let other = 0; other < OTHERS; other++) await hear(accepting, SPOKEN)
    // Nothing of the burst before is left to do.
    await pause(1)
    const turns = watchTurns()
    const [startMs, cpu] = [performance.now(), process.cpuUsage()]
    await handOver(accepting, { mentions, perTurn, tookMs })
    const { user, system } = process.cpuUsage(cpu)
    spent.wallMs += performance.now() - startMs
    spent.cpuUs += user + system
    spent.longestTurn = Math.max(spent.longestTurn, turns.end())
  }
  const all = bursts * mentions
  return {
    p50: quantile(tookMs, 0.5),
    p99: quantile(tookMs, 0.99),
    eachUs: (spent.wallMs * 1000) / all,
    cpuUs: spent.cpuUs / all,
    longestTurn: spent.longestTurn,
    commitP99: quantile(commits.tookMs, 0.99),
    commitsPer1000: (commits.tookMs.length * 1000) / all,
  }
}

/**
 * Hands a burst over; resolves when every mention is accepted.
 *
 * @param {Accepting} accepting
 * @param {{ mentions: number, perTurn: number, tookMs: number[] }} burst
 */
async function handOver(accepting, { mentions, perTurn, tookMs }) {
  const accepted = []
  for (let count = 1; count <= mentions; count++) {
    const startMs = performance.now()
    accepted.push(hear(accepting, `@${BOT} ${SPOKEN}`).then(() => tookMs.push(performance.now() - startMs)))
    if (count % perTurn === 0 && count < mentions) await nextTurn()
  }
  await Promise.all(accepted)
}

/**
 * @param {Accepting} accepting
 * @param {string} text
 */
function hear({ router, clock }, text) {
  return router.handleIncomingMessage(viewerLine(text, clock.now()))
}

/** The longest time between two turns of the event loop, as one setImmediate after the other sees it. */
function watchTurns() {
  let lastMs = performance.now()
  let longestMs = 0
  let hasEnded = false
  const look = () => {
    const nowMs = performance.now()
    longestMs = Math.max(longestMs, nowMs - lastMs)
    lastMs = nowMs
    if (!hasEnded) setImmediate(look)
  }
  setImmediate(look)
  return {
    end() {
      hasEnded = true
      look()
      return longestMs
    },
  }
}

/**
 * What no journal can do without: 4 KB appended to a file and brought to the disk.
 *
 * @param {string} folder
 */
async function sync(folder) {
  const file = openSync(path.join(folder, 'appended'), 'w')
  const page = Buffer.alloc(4096, 1)
  const tookMs = []
  while (tookMs.length < SYNCS) {
    const startMs = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    tookMs.push(performance.now() - startMs)
  }
  closeSync(file)
  return { p50: quantile(tookMs, 0.5), p99: quantile(tookMs, 0.99) }
}
