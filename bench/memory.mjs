import { feed } from './feeding.mjs'
import { median } from './median.mjs'
import { startWorker } from './worker.mjs'

/** @import { Worker } from './worker.mjs' */

const KB = 1024
const MB = 1024 * KB
const ROUNDS = 3
const EACH_MAX = 2 * KB
const ALL_MAX = 50 * MB
/** How much dearer a reply may be than in the row before: maps grow in steps. */
const GROWTH_MAX = 1.5
/** More than what remembers lines can hold: after them, further lines fill nothing but the queue. */
const WARM_UP_LINES = 22_000
/** Lines fed at once: less than the server holds back for a slow reader. */
const FEED_LINES = 20_000
const CHANNEL = 'memory_channel'
const LOGINS = ['stickyman1776', 'genejacqueman']

/**
 * `mentionShare` below 1: the mentions come in frames that hold other lines, too.
 *
 * @typedef {{ waiting: number, mentionShare: number }} Size
 */

/** Below it, a few KB that the rest of the process takes or gives back would decide. */
const GROWTH_FROM = 10_000

/** @type {readonly Size[]} */
const SIZES = [
  { waiting: 100, mentionShare: 1 },
  { waiting: 10_000, mentionShare: 1 },
  { waiting: 10_000, mentionShare: 0.2 },
  { waiting: 100_000, mentionShare: 1 },
]

/** @typedef {{ each: number, rss: number }} Found bytes */
/** @typedef {{ size: Size, rounds: readonly Found[], each: number }} Measured */

/**
 * What a waiting reply costs, from raw line to queue.
 *
 * @returns {Promise<import('./table.mjs').Table>}
 */
export async function memory() {
  /** @type {Measured[]} */
  const found = []
  for (const size of SIZES) {
    const rounds = []
    while (rounds.length < ROUNDS) rounds.push(await measure(size))
    found.push({ size, rounds, each: median(rounds.map(({ each }) => each)) })
  }
  return {
    name: 'memory',
    title: 'Memory per waiting reply',
    notes: [
      'Mentions of two bots by different viewers, read over real sockets, 20 lines to a frame, decided, accepted and left',
      `waiting. A fresh process each time, warmed up with ${WARM_UP_LINES} lines; bytes in use after collecting garbage, against those`,
      `before the first mention: median of ${ROUNDS} processes (smallest and largest behind it). Growth: beside the row before;`,
      'near 1 it is linear. Process: growth of its whole resident set, told for the first size. Real time (clock 1x).',
    ],
    columns: ['waiting', 'clock', 'bytes each', '(range)', 'bound', 'growth', 'bound', 'process MB', 'bound'],
    rows: found.map((one, at) => toRow(one, found[at - 1])),
  }
}

/**
 * @param {Size} size
 * @returns {Promise<Found>}
 */
async function measure({ waiting, mentionShare }) {
  const feeder = startWorker('feeder')
  const holder = startWorker('holder', { execArgv: ['--expose-gc'] })
  try {
    const { url } = await feeder.ask({ kind: 'url' })
    await holder.ask({ kind: 'listen', url, channel: CHANNEL, logins: LOGINS })
    await feedAll(feeder, holder, { lines: WARM_UP_LINES, seed: 1, mentionShare: 0.03 })
    // Not before the second look in rest is everything gone that was only in use.
    while ((await holder.ask({ kind: 'usage' })).accepted > 0);
    await holder.ask({ kind: 'usage' })
    const before = await holder.ask({ kind: 'usage' })
    await holder.ask({ kind: 'hold' })
    await feedAll(feeder, holder, { lines: waiting / mentionShare, seed: 2, mentionShare })
    const after = await holder.ask({ kind: 'usage' })
    return { each: (after.heap - before.heap) / after.accepted, rss: after.rss - before.rss }
  } finally {
    await Promise.all([feeder.end(), holder.end()])
  }
}

/**
 * Resolves when every line was read.
 *
 * @param {Worker} feeder
 * @param {Worker} holder
 * @param {{ lines: number, seed: number, mentionShare: number }} mix
 */
async function feedAll(feeder, holder, { lines, seed, mentionShare }) {
  for (let fed = 0; fed < lines; fed += FEED_LINES) {
    const count = Math.min(FEED_LINES, lines - fed)
    await feed(feeder, holder, { channel: CHANNEL, bots: LOGINS, seed: seed + fed, count, mentionShare })
  }
}

/**
 * @param {Measured} measured
 * @param {Measured | undefined} before
 * @returns {import('./table.mjs').Row}
 */
function toRow({ size, rounds, each }, before) {
  const { waiting, mentionShare } = size
  const all = rounds.map((round) => Math.round(round.each))
  const rss = median(rounds.map((round) => round.rss))
  const growth = before && before.size.waiting >= GROWTH_FROM ? each / before.each : undefined
  return {
    cells: [
      mentionShare === 1 ? `${waiting}` : `${waiting} of ${waiting / mentionShare} lines`,
      '1x',
      each.toFixed(0),
      `(${Math.min(...all)} to ${Math.max(...all)})`,
      `< ${EACH_MAX}`,
      growth?.toFixed(2) ?? '',
      growth === undefined ? '' : `<= ${GROWTH_MAX.toFixed(2)}`,
      (rss / MB).toFixed(1),
      before ? '' : `< ${ALL_MAX / MB}`,
    ],
    isOk: each < EACH_MAX && (growth ?? 1) <= GROWTH_MAX && (before !== undefined || rss < ALL_MAX),
  }
}
