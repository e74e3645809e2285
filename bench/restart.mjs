import { statSync } from 'node:fs'
import path from 'node:path'
import { median } from './median.mjs'
import { inTempFolder } from './temp-folder.mjs'
import { startWorker } from './worker.mjs'

const MB = 1024 * 1024
const ROUNDS = 5
const WAITING = 10_000
const RATIO_MAX = 1.5
const SETTLED = [0, 1_000_000]

/** @typedef {{ openMs: number, restoreMs: number, rss: number }} Found `rss` in bytes */
/** @typedef {{ settled: number, bytes: number, found: readonly Found[], ms: number }} Measured */

/**
 * How long a start takes until everything that waited stands in its lane again.
 *
 * @returns {Promise<import('./table.mjs').Table>}
 */
export async function restart() {
  const measured = await inTempFolder(measure)
  const [before] = measured
  return {
    name: 'restart',
    title: `Restart: ${WAITING} replies that waited, beside none and a million settled ones`,
    notes: [
      `A fresh process each time opens the journal, and takes over what it has without an outcome until ${WAITING} replies are`,
      `in their lanes. Medians of ${ROUNDS} processes for each file, in turns; the files lie in the system's cache. Ratio: beside`,
      'the file without settled replies. One in a hundred of the settled ones is a dead letter. Process: growth of its whole',
      'resident set. Real time (clock 1x).',
    ],
    columns: [
      'settled replies',
      'clock',
      'file MB',
      'open ms',
      'restore ms',
      'all ms',
      'ratio',
      'bound',
      'process MB',
    ],
    rows: measured.map((one) => toRow(one, before)),
  }
}

/**
 * @param {string} folder
 * @returns {Promise<Measured[]>}
 */
async function measure(folder) {
  const files = []
  for (const settled of SETTLED) {
    const own = path.join(folder, `${settled}`)
    await inWorker({ kind: 'fill', folder: own, settled, waiting: WAITING })
    files.push({ settled, folder: own, bytes: statSync(path.join(own, 'journal.db')).size })
  }
  const found = files.map(() => /** @type {Found[]} */ ([]))
  for (let round = 0; round < ROUNDS; round++)
    for (const [at, file] of files.entries())
      found[at]?.push(await inWorker({ kind: 'restart', folder: file.folder, waiting: WAITING }))
  return files.map(({ settled, bytes }, at) => {
    const rounds = found[at] ?? []
    return {
      settled,
      bytes,
      found: rounds,
      ms: median(rounds.map(({ openMs, restoreMs }) => openMs + restoreMs)),
    }
  })
}

/** @param {object} request */
async function inWorker(request) {
  const restarter = startWorker('restarter')
  try {
    return await restarter.ask(request)
  } finally {
    await restarter.end()
  }
}

/**
 * @param {Measured} measured
 * @param {Measured | undefined} before
 * @returns {import('./table.mjs').Row}
 */
function toRow({ settled, bytes, found, ms }, before) {
  const ratio = before && before.settled !== settled ? ms / before.ms : undefined
  return {
    cells: [
      `${settled}`,
      '1x',
      (bytes / MB).toFixed(1),
      median(found.map(({ openMs }) => openMs)).toFixed(0),
      median(found.map(({ restoreMs }) => restoreMs)).toFixed(0),
      ms.toFixed(0),
      ratio?.toFixed(2) ?? '',
      ratio === undefined ? '' : `<= ${RATIO_MAX.toFixed(2)}`,
      (median(found.map(({ rss }) => rss)) / MB).toFixed(1),
    ],
    ...(ratio !== undefined && { isOk: ratio <= RATIO_MAX }),
  }
}
