import { SECOND } from './product.mjs'
import { lineBound } from './raid-bound.mjs'
import { startWorker } from './worker.mjs'

/** @import { Drained, RaidOrder } from './raider.mjs' */
/** @import { Row } from './table.mjs' */

/** Least share of the bound: on one and two normal accounts, and elsewhere. */
const RATIO_MIN_FEW = 0.95
const RATIO_MIN = 0.9
/** Mentions come within this long: before the first window is used up. */
const OVER_MS = 10 * SECOND
/** How long lines take to the bots where the way is usual, long, and longer than Chorus makes up for. */
const USUAL_WAY_MS = 0.2 * SECOND
const LONG_WAY_MS = 0.5 * SECOND
const VERY_LONG_WAY_MS = SECOND
/** A model that is never what limits. */
const FAST_MODEL_MS = 0.2 * SECOND

/** @typedef {Omit<RaidOrder, 'overMs' | 'seed' | 'maxViewers'> & { isWithoutBound?: boolean }} Run */

/**
 * Each list is run one after the other, the lists side by side: their processes do little but wait. None ends with a
 * window: there the plateau would hide that a burst came late.
 *
 * @type {readonly (readonly Run[])[]}
 */
const RUNS = [
  [
    { bots: 1, mentions: 170, factor: 5 },
    { bots: 1, mentions: 170, factor: 5, chatLatencyMs: USUAL_WAY_MS },
    { bots: 1, mentions: 100, factor: 5, chatLatencyMs: VERY_LONG_WAY_MS, isWithoutBound: true },
  ],
  [
    { bots: 2, mentions: 340, factor: 5 },
    { bots: 5, mentions: 850, factor: 3 },
  ],
  [{ bots: 2, mentions: 260, factor: 1 }],
  [
    { bots: 1, isModerator: true, mentions: 200, factor: 3 },
    { bots: 2, isModerator: true, mentions: 400, factor: 3 },
    { bots: 5, isModerator: true, mentions: 500, factor: 3 },
  ],
  [{ bots: 5, isModerator: true, mentions: 500, factor: 1 }],
  [
    { bots: 1, isModerator: true, mentions: 650, factor: 2, modelLatency: FAST_MODEL_MS },
    {
      bots: 1,
      isModerator: true,
      mentions: 350,
      factor: 3,
      modelLatency: FAST_MODEL_MS,
      chatLatencyMs: LONG_WAY_MS,
    },
  ],
]

/**
 * How many lines a backlog gets into chat, beside the most that limits, slots and round trips allow.
 *
 * @returns {Promise<import('./table.mjs').Table>}
 */
export async function lines() {
  return {
    name: 'lines',
    title: 'Lines in a raid: the whole of Chorus on the built-in Twitch and the built-in model',
    notes: [
      'Counted: lines that reached chat from the first one, which counts, to the last moment at which a reply waited in its lane.',
      'Bound: the smallest of three counts over that span s. Limits: what windows and gaps with the margins of Chorus allow to all',
      'accounts, each starting with the first line (20 lines in 30.5 s, 1.1 s apart; moderators 100, 0.1 s). Slots: 1 + slots x span /',
      "model's mean time in this run, as its server saw it. Round trips: accounts x (1 + span / way); the way is the mean time",
      `from a line's write to the word that it is in chat, in this run. Mentions come within ${OVER_MS / SECOND} s, each gets a line of its own; queue 5 in all, 2 per bot.`,
      'Product, built-in Twitch and built-in model share the clock, and seconds are its own; 1x is real time.',
    ],
    columns: [
      'accounts',
      'clock',
      'model s',
      'way s',
      'span s',
      'limits',
      'slots',
      'round trips',
      'lines',
      'ratio',
      'bound',
      'answered',
      'breaches',
      'in doubt',
    ],
    rows: (await Promise.all(RUNS.map(inTurn))).flat(),
  }
}

/** @param {readonly Run[]} runs */
async function inTurn(runs) {
  const rows = []
  for (const run of runs) {
    const raider = startWorker('raider')
    try {
      // A line for each viewer: how many lines go through is the question here.
      const order = { ...run, maxViewers: 1, overMs: OVER_MS, seed: run.mentions + run.bots }
      rows.push(toRow(run, await raider.ask(order)))
    } finally {
      await raider.end()
    }
  }
  return rows
}

/**
 * @param {Run} run
 * @param {Drained} drained
 * @returns {Row}
 */
function toRow({ bots, factor, isModerator = false, isWithoutBound = false, mentions }, drained) {
  const { answered, backlog, breaches, inDoubt, modelMs, roundTripMs } = drained
  const bound = lineBound({ bots, isModerator, spanMs: backlog.spanMs, modelMs, roundTripMs })
  const ratio = backlog.lines / bound.lines
  const ratioMin = !isModerator && bots <= 2 ? RATIO_MIN_FEW : RATIO_MIN
  const isAllSaidOnce = answered === mentions && drained.lines === mentions && drained.again === 0
  const cells = [
    `${bots} ${isModerator ? 'moderator' : 'normal'}`,
    `${factor}x`,
    (modelMs / SECOND).toFixed(2),
    (roundTripMs / SECOND).toFixed(3),
    (backlog.spanMs / SECOND).toFixed(1),
    ...[bound.limits, bound.slots, bound.roundTrips].map((lines) => `${Math.floor(lines)}`),
    `${backlog.lines}`,
    ratio.toFixed(3),
    isWithoutBound ? '' : `>= ${ratioMin.toFixed(2)}`,
    `${answered}/${mentions}`,
    `${breaches}`,
    `${inDoubt}`,
  ]
  const isClean = isAllSaidOnce && breaches === 0 && inDoubt === 0
  // A row without a bound must still be clean.
  if (isWithoutBound && isClean) return { cells }
  return { cells, isOk: isClean && ratio >= ratioMin }
}
