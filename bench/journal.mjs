import { median } from './median.mjs'
import { startWorker } from './worker.mjs'

/** @import { Accepted, Load } from './accepter.mjs' */
/** @import { JournalKind } from './accepting.mjs' */

const ROUNDS = 3
const P99_MAX_MS = 5
const COMMIT_MAX_MS = 10
const COMMITS_MAX = 12
/** What a bound is instead, in times of the bare disk's p99: nothing is faster than a disk that others keep busy. */
const DISK_MAX = 4

/**
 * @typedef {object} Size
 * @property {string} name
 * @property {Load} load
 * @property {boolean} isQuick whether a single accept has a bound: not where thousands wait for their turn
 */

/** A frame from Twitch holds some 20 lines, and a socket brings several at once. @type {readonly Size[]} */
const SIZES = [
  { name: '1 at a time', load: { bursts: 500, mentions: 1, perTurn: 1 }, isQuick: true },
  { name: '100 at once', load: { bursts: 20, mentions: 100, perTurn: 100 }, isQuick: true },
  { name: '10000 at once', load: { bursts: 1, mentions: 10_000, perTurn: 100 }, isQuick: false },
]

/** @type {readonly (readonly [kind: JournalKind, name: string])[]} */
const KINDS = [
  ['none', 'no journal'],
  ['grouped', 'Chorus'],
  ['each', 'a commit each'],
]

/** What one process found: by size, and of the bare disk. @typedef {{ found: Accepted[], sync: Syncs }} Round */
/** @typedef {{ p50: number, p99: number }} Syncs milliseconds */

/**
 * What it costs to write mentions down before they are queued.
 *
 * @returns {Promise<import('./table.mjs').Table>}
 */
export async function journal() {
  const found = await measure()
  const disk = toMedians([...found.values()].flat().map(({ sync }) => sync))
  return {
    name: 'journal',
    title: 'Journal: what a mention costs to accept',
    notes: [
      'handleIncomingMessage with router, queue and a journal on the disk of the temp folder, from the call to the promise',
      'resolved: then a crash can’t lose the mention. Before each burst 19 other lines, which are context to be kept.',
      `${ROUNDS} fresh processes each, in turns, after 2000 mentions to warm up: medians of their figures. 10000 come 100 a turn.`,
      'Turn: the longest time between two looks by setImmediate, with the router’s work, garbage collection and other programs;',
      'commit p99: the part of it that is the journal’s. A commit each: the same rows, not grouped. Bare disk: 4 KB appended and',
      `synced, less than which nothing can cost that outlives a crash; ${DISK_MAX} times its p99 is the bound where that is more than`,
      `${P99_MAX_MS} ms, or ${COMMIT_MAX_MS} ms for the commit: then other programs keep disk and processor busy. Real time (clock 1x).`,
    ],
    columns: [
      'mentions, journal',
      'clock',
      'p50 ms',
      'p99 ms',
      'bound',
      'each µs',
      'by CPU',
      'turn ms',
      'commit p99 ms',
      'bound',
      'commits/1000',
      'bound',
    ],
    rows: [toSyncRow(disk), ...toRows(found, DISK_MAX * disk.p99)],
  }
}

/** In turns, so that whatever else goes on on the machine meets all kinds. */
async function measure() {
  const found = new Map(KINDS.map(([kind]) => [kind, /** @type {Round[]} */ ([])]))
  for (let round = 0; round < ROUNDS; round++)
    for (const [kind, rounds] of found) rounds.push(await measureRound(kind))
  return found
}

/**
 * @param {JournalKind} kind
 * @returns {Promise<Round>}
 */
async function measureRound(kind) {
  const accepter = startWorker('accepter')
  try {
    return await accepter.ask({ kind, loads: SIZES.map(({ load }) => load) })
  } finally {
    await accepter.end()
  }
}

/**
 * Figure by figure.
 *
 * @template {Record<string, number>} Figures
 * @param {readonly Figures[]} all
 * @returns {Figures}
 */
function toMedians(all) {
  const entries = Object.keys(all[0] ?? {}).map((name) => [
    name,
    median(all.map((one) => one[name] ?? Number.NaN)),
  ])
  return Object.fromEntries(entries)
}

/** @param {Syncs} found */
function toSyncRow({ p50, p99 }) {
  return { cells: ['bare disk', '1x', p50.toFixed(2), p99.toFixed(2), ...Array(8).fill('')] }
}

/**
 * @param {Map<JournalKind, Round[]>} found
 * @param {number} leastBoundMs
 */
function toRows(found, leastBoundMs) {
  return SIZES.flatMap((size, at) =>
    KINDS.map(([kind, name]) => {
      const rounds = found.get(kind) ?? []
      const figures = toMedians(rounds.flatMap((round) => round.found[at] ?? []))
      return kind === 'grouped'
        ? toOurRow(size, name, figures, leastBoundMs)
        : { cells: toCells(`${size.name}, ${name}`, figures, {}) }
    }),
  )
}

/**
 * @param {Size} size
 * @param {string} name
 * @param {Accepted} figures
 * @param {number} leastBoundMs
 * @returns {import('./table.mjs').Row}
 */
function toOurRow({ name: size, isQuick, load }, name, figures, leastBoundMs) {
  const bounds = {
    p99: isQuick ? Math.max(P99_MAX_MS, leastBoundMs) : undefined,
    commitP99: Math.max(COMMIT_MAX_MS, leastBoundMs),
    commits: load.mentions > 1 ? COMMITS_MAX : undefined,
  }
  const isOk =
    figures.p99 <= (bounds.p99 ?? Number.POSITIVE_INFINITY) &&
    figures.commitP99 <= bounds.commitP99 &&
    figures.commitsPer1000 <= (bounds.commits ?? Number.POSITIVE_INFINITY)
  return { cells: toCells(`${size}, ${name}`, figures, bounds), isOk }
}

/**
 * @param {string} name
 * @param {Accepted} figures
 * @param {{ p99?: number | undefined, commitP99?: number, commits?: number | undefined }} bounds
 */
function toCells(name, { p50, p99, eachUs, cpuUs, longestTurn, commitP99, commitsPer1000 }, bounds) {
  return [
    name,
    '1x',
    p50.toFixed(2),
    p99.toFixed(2),
    atMost(bounds.p99),
    eachUs.toFixed(0),
    cpuUs.toFixed(0),
    longestTurn.toFixed(1),
    commitsPer1000 === 0 ? '' : commitP99.toFixed(1),
    atMost(bounds.commitP99),
    commitsPer1000 === 0 ? '' : commitsPer1000.toFixed(1),
    atMost(bounds.commits),
  ]
}

/** @param {number | undefined} bound */
function atMost(bound) {
  return bound === undefined ? '' : `<= ${Number(bound.toFixed(1))}`
}
