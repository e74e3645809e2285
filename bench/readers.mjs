import { median } from './median.mjs'
import { SECOND } from './product.mjs'
import { quantile } from './quantile.mjs'
import { startWorker } from './worker.mjs'

/** @import { Worker } from './worker.mjs' */
/** @import { Taken } from './onlookers.mjs' */
/** @import { Watched } from './watched.mjs' */

const READERS = 50
/** How much longer an answer may take with readers. */
const RATIO_MAX = 1.05
/** How much later the same mention may be answered with readers, for 95 of 100. */
const LATER_MAX_MS = 25
/** Frames a second that a reader gets at most, beside the one it gets at once. */
const FRAMES_MAX = 10
const LINES_PER_SECOND = 1000
const MENTIONED = ['stickyman1776', 'genejacqueman']
/** Has been asked and may not answer: so the longest section of the stream is full, on both sides. */
const MUTED = 'captain_quill'
/** As many replies as that section shows at once. */
const WAITING = 100
/** A quick one: what readers cost is a larger share then. */
const MODEL_MS = 0.2 * SECOND
const PAIRS = 4
/**
 * Each of the two answers every 1.66 s, 19 lines at most in Twitch's 30 s: none waits for the account. No multiple of the time
 * between two frames: so mentions come at all distances from them.
 */
const CHAT = { linesPerSecond: LINES_PER_SECOND, mentioned: MENTIONED, mentionEveryMs: 0.83 * SECOND }
/** Chat goes on until the last mention is answered. */
const RUN = { forMs: 25 * SECOND, mentionsUntilMs: 24 * SECOND }
const WARM_UP = { forMs: 12 * SECOND, mentionsUntilMs: 11 * SECOND }

/**
 * One run of chat, with readers or without.
 *
 * @typedef {Watched & { waitsMs: readonly number[], lines: number, seconds: number, taken: Taken | undefined }} Run
 */

/** @typedef {{ crowd: Worker, watched: Worker, onlookers: Worker, stream: { url: string, token: string } }} Stage */

/**
 * What readers of the control room cost the viewers: the time to an answer with fifty of them and without.
 *
 * @returns {Promise<import('./table.mjs').Table>}
 */
export async function readers() {
  const pairs = await measure()
  const alone = pairs.map((pair) => pair.alone)
  const read = pairs.map((pair) => pair.read)
  return {
    name: 'readers',
    title: `Readers of the control room: seconds to answer with ${READERS} of /api/events and without`,
    notes: [
      `Chat of ${LINES_PER_SECOND} lines a second. ${MENTIONED.length} bots are mentioned in turns, every ${CHAT.mentionEveryMs / SECOND} s, and answer without a pause; a third one is muted, and ${WAITING} mentions wait`,
      `for it all the time. The model takes ${MODEL_MS / SECOND} s. Chorus with its control room, the built-in Twitch with chat and model, and the readers`,
      `are a process each. Real time (clock 1x). ${PAIRS} pairs of runs after one to warm up, who goes first in turns; both runs of a pair ask the same.`,
      'Seconds are from a mention to its answer, as the built-in Twitch has seen both. Ratio: with readers over without, for',
      'p50 and p95. Later: what the same mention waited longer with readers. Frames: writes to a reader, counted at the server,',
      'and after the first. CPU: of one core, by the process of Chorus.',
    ],
    columns: [
      'readers',
      'clock',
      'answers',
      'p50 s',
      'p95 s',
      'ratio p50',
      'p95',
      'bound',
      'later p50 ms',
      'p95 ms',
      'bound',
      'frames/s',
      'bound',
      'KB/s each',
      'lines/s',
      'CPU',
    ],
    rows: [toRow(alone), toRow(read, alone)],
  }
}

async function measure() {
  const [crowd, watched, onlookers] = [startWorker('crowd'), startWorker('watched'), startWorker('onlookers')]
  try {
    const logins = [...MENTIONED, MUTED]
    const standIns = await crowd.ask({ kind: 'open', logins, modelLatencyMs: MODEL_MS })
    const stream = await watched.ask({ kind: 'open', logins, muted: MUTED, ...standIns })
    await crowd.ask({ kind: 'ask', login: MUTED, count: WAITING })
    await watched.ask({ kind: 'owe', count: WAITING })
    const stage = { crowd, watched, onlookers, stream }
    let number = 1
    await live(stage, { ...WARM_UP, run: number++, isRead: true })
    const pairs = []
    for (let pair = 0; pair < PAIRS; pair++) {
      const isReadFirst = pair % 2 === 1
      const first = await live(stage, { ...RUN, run: number++, isRead: isReadFirst })
      const second = await live(stage, { ...RUN, run: number++, isRead: !isReadFirst })
      pairs.push(isReadFirst ? { read: first, alone: second } : { alone: first, read: second })
    }
    return pairs
  } finally {
    await Promise.all([crowd.end(), watched.end(), onlookers.end()])
  }
}

/**
 * @param {Stage} stage
 * @param {typeof RUN & { run: number, isRead: boolean }} order
 * @returns {Promise<Run>}
 */
async function live({ crowd, watched, onlookers, stream }, { isRead, ...order }) {
  if (isRead) await onlookers.ask({ kind: 'read', count: READERS, ...stream })
  await Promise.all([watched.ask({ kind: 'begin' }), onlookers.ask({ kind: 'begin' })])
  const startMs = performance.now()
  const { lines, waitsMs } = await crowd.ask({ kind: 'talk', ...CHAT, ...order })
  const found = /** @type {Watched} */ (await watched.ask({ kind: 'end' }))
  const seconds = (performance.now() - startMs) / SECOND
  const taken = /** @type {Taken} */ (await onlookers.ask({ kind: 'leave' }))
  await watched.ask({ kind: 'left' })
  const count = isRead ? READERS : 0
  if (found.writes.length !== count || taken.lost > 0)
    throw new Error(`${found.writes.length - taken.lost} readers until the end, not ${count}`)
  if (found.waiting !== WAITING) throw new Error(`${found.waiting} replies wait, not ${WAITING}`)
  if (found.decided < lines) throw new Error(`Chorus has decided about ${found.decided} of ${lines} lines`)
  return { ...found, waitsMs, lines, seconds, taken: isRead ? taken : undefined }
}

/**
 * @param {readonly Run[]} runs
 * @param {readonly Run[]} [alone] the same without readers
 * @returns {import('./table.mjs').Row}
 */
function toRow(runs, alone) {
  const waits = runs.flatMap(({ waitsMs }) => waitsMs)
  const cells = (/** @type {readonly string[]} */ ...between) => [
    alone ? `${READERS}` : '0',
    '1x',
    `${waits.length}`,
    ...[0.5, 0.95].map((share) => (quantile(waits, share) / SECOND).toFixed(3)),
    ...between,
    median(runs.map(({ decided, seconds }) => decided / seconds)).toFixed(0),
    median(runs.map(({ cpuShare }) => cpuShare)).toFixed(3),
  ]
  if (!alone) return { cells: cells('', '', '', '', '', '', '', '', '') }
  const aloneWaits = alone.flatMap(({ waitsMs }) => waitsMs)
  const ratios = [0.5, 0.95].map((share) => quantile(waits, share) / quantile(aloneWaits, share))
  const laterMs = waits.map((ms, at) => ms - (aloneWaits[at] ?? Number.NaN))
  const [laterP50, laterP95] = [quantile(laterMs, 0.5), quantile(laterMs, 0.95)]
  // The worst of all readers in the worst of the runs.
  const frames = Math.max(...runs.flatMap(({ writes, seconds }) => writes.map((count) => count / seconds)))
  const bytes = median(runs.map(({ taken, seconds }) => (taken?.bytes ?? Number.NaN) / READERS / seconds))
  return {
    cells: cells(
      ...ratios.map((ratio) => ratio.toFixed(3)),
      `< ${RATIO_MAX.toFixed(2)}`,
      ...[laterP50, laterP95].map((ms) => ms.toFixed(1)),
      `< ${LATER_MAX_MS}`,
      frames.toFixed(2),
      `<= ${FRAMES_MAX}`,
      (bytes / 1024).toFixed(1),
    ),
    isOk: ratios.every((ratio) => ratio < RATIO_MAX) && laterP95 < LATER_MAX_MS && frames <= FRAMES_MAX,
  }
}
