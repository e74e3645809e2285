import { median } from './median.mjs'
import { startWorker } from './worker.mjs'

/** @import { Accepted, Load } from './accepter.mjs' */
/** @import { JournalKind } from './accepting.mjs' */

const ROUNDS = 3
const P99_MAX_MS = 5
const COMMIT_MAX_MS = 10
const COMMITS_MAX = 25
/** Of what a mention costs with a commit each. */
const SHARE_MAX = 0.5
/** Where the controls are slower, others have disk or processor, and milliseconds tell of them. */
const QUIET_MS = 2

/**
 * @typedef {object} Size
 * @property {string} name
 * @property {Load} load
 * @property {boolean} isQuick whether an accept has a bound: not where a hundred share a turn, which all of them wait for
 */

/** A frame from Twitch holds some 20 lines, and a socket brings several at once. @type {readonly Size[]} */
const SIZES = [
  { name: '1 at a time', load: { bursts: 500, mentions: 1, perTurn: 1 }, isQuick: true },
  { name: '100 at once', load: { bursts: 20, mentions: 100, perTurn: 100 }, isQuick: false },
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
  const isQuiet = disk.p99 < QUIET_MS && figuresOf(found, 'none', 1).p99 < QUIET_MS
  return {
    name: 'journal',
    title: 'Journal: what a mention costs to accept',
    notes: [
      'handleIncomingMessage with router, queue and a journal on the disk of the temp folder, from the call to the promise',
      'resolved: then a crash can’t lose the mention. Before each burst 19 other lines, which are context to be kept.',
      `${ROUNDS} fresh processes each, in turns, after 2000 mentions to warm up: medians of their figures. 10000 come 100 a turn.`,
      'Turn: the longest time between two looks by setImmediate, with the router’s work, garbage collection and other programs;',
      'commit p99: the part of it that is the journal’s. A commit each: the same rows, not grouped; share: beside it. Bare disk:',
      '4 KB appended and synced, less than which nothing can cost that outlives a crash. Bounds in ms are judged where its p99 and',
      `that of 100 mentions without a journal are below ${QUIET_MS} ms; else others have the machine, and they stand in brackets.`,
      'Real time (clock 1x).',
    ],
    columns: [
      'mentions, journal',
      'clock',
      'p50 ms',
      'p99 ms',
      'bound',
      'each µs',
      'share',
      'bound',
      'by CPU',
      'turn ms',
      'commit p99 ms',
      'bound',
      'commits/1000',
      'bound',
    ],
    rows: [
      toSyncRow(disk),
      ...SIZES.flatMap((size, at) => toRows(size, (kind) => figuresOf(found, kind, at), isQuiet)),
    ],
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
  return { cells: ['bare disk', '1x', p50.toFixed(2), p99.toFixed(2), ...Array(10).fill('')] }
}

/**
 * @param {Map<JournalKind, Round[]>} found
 * @param {JournalKind} kind
 * @param {number} at which size
 * @returns {Accepted}
 */
function figuresOf(found, kind, at) {
  return toMedians((found.get(kind) ?? []).flatMap((round) => round.found[at] ?? []))
}

/**
 * @param {Size} size
 * @param {(kind: JournalKind) => Accepted} figuresOf
 * @param {boolean} isQuiet
 * @returns {import('./table.mjs').Row[]}
 */
function toRows(size, figuresOf, isQuiet) {
  return KINDS.map(([kind, name]) => {
    const figures = figuresOf(kind)
    const label = `${size.name}, ${name}`
    if (kind !== 'grouped') return { cells: toCells(label, figures) }
    const share = figures.eachUs / figuresOf('each').eachUs
    return toOurRow(label, figures, { share, isQuiet, ...size })
  })
}

/**
 * @param {string} label
 * @param {Accepted} figures
 * @param {Size & { share: number, isQuiet: boolean }} context
 */
function toOurRow(label, figures, { share, isQuiet, load, isQuick }) {
  const isGroup = load.mentions > 1
  const isFast = (!isQuick || figures.p99 < P99_MAX_MS) && figures.commitP99 < COMMIT_MAX_MS
  const isCheap = share <= SHARE_MAX && figures.commitsPer1000 <= COMMITS_MAX
  const inMs = (/** @type {string} */ bound) => (isQuiet ? bound : `(${bound})`)
  const bounds = {
    p99: isQuick ? inMs(`< ${P99_MAX_MS}`) : '',
    commit: inMs(`< ${COMMIT_MAX_MS}`),
    ...(isGroup && { share: `<= ${SHARE_MAX}`, commits: `<= ${COMMITS_MAX}` }),
  }
  const cells = toCells(label, figures, { share: share.toFixed(2), bounds })
  // Alone, and on a busy machine, nothing is judged.
  return isGroup || isQuiet ? { cells, isOk: (!isGroup || isCheap) && (!isQuiet || isFast) } : { cells }
}

/**
 * @param {string} label
 * @param {Accepted} figures
 * @param {{ share?: string, bounds?: { p99?: string, share?: string, commit?: string, commits?: string } }} [ours]
 */
function toCells(label, figures, { share = '', bounds = {} } = {}) {
  const { p50, p99, eachUs, cpuUs, longestTurn, commitP99, commitsPer1000 } = figures
  const hasCommits = commitsPer1000 > 0
  return [
    label,
    '1x',
    p50.toFixed(2),
    p99.toFixed(2),
    bounds.p99 ?? '',
    eachUs.toFixed(0),
    share,
    bounds.share ?? '',
    cpuUs.toFixed(0),
    longestTurn.toFixed(1),
    hasCommits ? commitP99.toFixed(1) : '',
    bounds.commit ?? '',
    hasCommits ? commitsPer1000.toFixed(1) : '',
    bounds.commits ?? '',
  ]
}
