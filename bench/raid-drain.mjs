import { SECOND } from './product.mjs'
import { raidBound } from './raid-bound.mjs'
import { startWorker } from './worker.mjs'

/** @import { Drained } from './raider.mjs' */
/** @import { Row } from './table.mjs' */

/**
 * Over the bound: this share, because slots stand idle while every account waits for its window, and because the
 * program's own work does not shrink with the clock;
 */
const RATIO_MAX = 1.15
/** and the longest pause before the first answer with the making of the last one (the model's 95th percentile). */
const ENDS_MS = 6 * SECOND

/** @typedef {{ mentions: number, bots: number, overMs: number, factor: number }} Raid */

/**
 * Each list is run one after the other, the lists side by side: their processes do little but wait.
 *
 * @type {readonly (readonly Raid[])[]}
 */
const RAIDS = [
  [
    { mentions: 100, bots: 2, overMs: 2 * SECOND, factor: 5 },
    { mentions: 100, bots: 5, overMs: 2 * SECOND, factor: 5 },
    { mentions: 100, bots: 5, overMs: 2 * SECOND, factor: 1 },
  ],
  [{ mentions: 1000, bots: 2, overMs: 10 * SECOND, factor: 10 }],
  [{ mentions: 1000, bots: 5, overMs: 10 * SECOND, factor: 5 }],
]

/**
 * How long it takes until every mention of a raid is answered, beside what no program could beat.
 *
 * @returns {Promise<import('./table.mjs').Table>}
 */
export async function raidDrain() {
  return {
    name: 'raid',
    title: 'Raid drain: the whole of Chorus on the built-in Twitch and the built-in model, normal accounts',
    notes: [
      'Mentions come within 2 s (100) or 10 s (1,000); queue 5 in all, 2 per bot; the model takes 1.2 s (median), 3 s (95th percentile).',
      'Bound, from the last mention on: the larger of what the accounts may send (20 lines in 30.5 s, 1.1 s apart) and of what',
      "the slots can make (mentions x the model's mean time in this run / slots), less the time the raid took to come.",
      `Measured: from the last mention to the last answer in chat. Allowed: bound x ${RATIO_MAX} + ${ENDS_MS / SECOND} s, for the pause before the first`,
      'answer and the making of the last. Seconds are those of the clock, which product, Twitch and model share; 1x is real time.',
    ],
    columns: [
      'raid',
      'clock',
      'model s',
      'limits s',
      'slots s',
      'bound s',
      'measured s',
      'ratio',
      'allowed s',
      'answered',
      'breaches',
    ],
    rows: (await Promise.all(RAIDS.map(inTurn))).flat(),
  }
}

/** @param {readonly Raid[]} raids */
async function inTurn(raids) {
  const rows = []
  for (const raid of raids) {
    const raider = startWorker('raider')
    try {
      rows.push(toRow(raid, await raider.ask({ ...raid, seed: raid.mentions + raid.bots })))
    } finally {
      await raider.end()
    }
  }
  return rows
}

/**
 * @param {Raid} raid
 * @param {Drained} drained
 * @returns {Row}
 */
function toRow({ mentions, bots, overMs, factor }, { tookMs, answered, lines, breaches, modelMs }) {
  const { limitsMs, slotsMs } = raidBound({ mentions, bots, modelMs })
  const boundMs = Math.max(limitsMs, slotsMs) - overMs
  const allowedMs = boundMs * RATIO_MAX + ENDS_MS
  const isAllSaidOnce = answered === mentions && lines === mentions
  return {
    cells: [
      `${mentions} mentions, ${bots} bots`,
      `${factor}x`,
      (modelMs / SECOND).toFixed(2),
      ...[limitsMs, slotsMs, boundMs, tookMs].map(inSeconds),
      (tookMs / boundMs).toFixed(2),
      inSeconds(allowedMs),
      `${answered}/${mentions}`,
      `${breaches}`,
    ],
    isOk: tookMs <= allowedMs && isAllSaidOnce && breaches === 0,
  }
}

/** @param {number} ms */
function inSeconds(ms) {
  return (ms / SECOND).toFixed(1)
}
