import { inPool } from './in-pool.mjs'
import { SECOND } from './product.mjs'
import { quantile } from './quantile.mjs'
import { lineBound, raidBound } from './raid-bound.mjs'
import { startWorker } from './worker.mjs'

/** @import { Drained } from './raider.mjs' */
/** @import { Row } from './table.mjs' */

/** Most viewers in one line, as the product has it by default. */
const JOINT = 6
/** Least share of the lines that limits, model and slots let through while a backlog lasts, */
const SHARE_MIN = 0.9
/** where it lasts as long as this: in a shorter one the way of the first lines counts for too much. */
const SHARE_FROM_MS = 20 * SECOND
/** Runs at a time: their processes do little but wait. */
const AT_ONCE = 2
/** The model's mean time, to tell the long runs from the short ones. */
const MODEL_MS = 1.4 * SECOND

/**
 * @typedef {object} Raid
 * @property {number} mentions
 * @property {number} bots
 * @property {boolean} isModerator
 * @property {number} factor of the clock
 * @property {number} maxViewers in one line
 * @property {number} [goalMs] from the last mention until the last viewer has an answer
 */

/** How long the raid takes to come, by its mentions. */
const OVER_MS = new Map([
  [100, 2 * SECOND],
  [300, 5 * SECOND],
  [1000, 10 * SECOND],
])
/** What this is all for: mentions, normal accounts, and the time it may take. */
const GOALS = [
  { mentions: 100, bots: 2, goalMs: 20 * SECOND },
  { mentions: 1000, bots: 2, goalMs: 150 * SECOND },
  { mentions: 1000, bots: 5, goalMs: 65 * SECOND },
]
/** Raids that are lived through in real time, too: whether lines are joined, and whether not. */
const IN_REAL_TIME = [
  { mentions: 100, bots: 2, maxViewers: JOINT },
  { mentions: 100, bots: 2, maxViewers: 1 },
  { mentions: 1000, bots: 2, maxViewers: JOINT },
  { mentions: 1000, bots: 5, maxViewers: JOINT },
]

/**
 * How long it takes until every viewer of a raid has an answer, beside what no program could beat, and beside the same
 * limits with one line for each viewer.
 *
 * @returns {Promise<import('./table.mjs').Table>}
 */
export async function raidDrain() {
  const raids = [...everyRaid()]
  const tasks = raids.map((raid) => ({ costMs: expectedMs(raid), run: () => live(raid) }))
  return {
    name: 'raid',
    title: 'Raids: the whole of Chorus on the built-in Twitch and the built-in model',
    notes: [
      'Each viewer mentions one bot, once, within 2 s (100), 5 s (300) or 10 s (1,000); queue 5 in all, 2 per bot; a model of 1.2 s (median),',
      `3 s (95th percentile). Joint: as the product is by default, up to ${JOINT} viewers in a line where the wait is long. Literal: the same limits,`,
      'with a line for each viewer. Answered: mentions that Chorus has settled as sent. Named: viewers to whose message a line of the bot they',
      'asked is threaded, or whom one calls by name, as the built-in Twitch has delivered it; p50 and p95 are from the mention to that line.',
      'Last: from the last mention until every viewer is named; so are goals. Least: the same for a program that nothing but the limits (20 lines',
      "in 30.5 s, 1.1 s apart; moderators 100, 0.1 s) and the slots (lines x model's mean time in this run / slots) hold up, with full lines.",
      'Share: lines that reached chat while a backlog lasted, of those that limits, slots and round trips allow in that span; the bound is',
      `${SHARE_MIN}, in brackets where the span is shorter than ${SHARE_FROM_MS / SECOND} s. Stray: names of viewers who were named before, or by a bot they did not ask.`,
      'Product, built-in Twitch and model share the clock; seconds are its own, and 1x is real time.',
    ],
    columns: [
      'mentions, accounts',
      'clock',
      'model s',
      'answered',
      'named',
      'p50 s',
      'p95 s',
      'last s',
      'goal s',
      'least s',
      'lines',
      'share',
      'breaches',
      'stray',
    ],
    rows: await inPool(tasks, AT_ONCE),
  }
}

/** In the order of the table. */
function* everyRaid() {
  for (const isModerator of [false, true]) {
    for (const mentions of OVER_MS.keys()) {
      for (const bots of [1, 2, 5]) {
        for (const maxViewers of [JOINT, 1]) yield* clocked({ mentions, bots, isModerator, maxViewers })
      }
    }
  }
}

/**
 * The raid on a fast clock, and in real time where that is asked for.
 *
 * @param {Omit<Raid, 'factor'>} raid
 * @returns {Generator<Raid>}
 */
function* clocked(raid) {
  /** @param {{ mentions: number, bots: number, maxViewers?: number }} other */
  const isLike = ({ mentions, bots, maxViewers = raid.maxViewers }) =>
    !raid.isModerator && raid.mentions === mentions && raid.bots === bots && raid.maxViewers === maxViewers
  const goalMs = raid.maxViewers === 1 ? undefined : GOALS.find(isLike)?.goalMs
  const known = { ...raid, ...(goalMs !== undefined && { goalMs }) }
  // Five connections are more work, which does not shrink with the clock.
  yield { ...known, factor: raid.bots === 5 || raid.maxViewers > 1 ? 5 : 10 }
  if (IN_REAL_TIME.some(isLike)) yield { ...known, factor: 1 }
}

/** @param {Raid} raid */
function expectedMs(raid) {
  const overMs = OVER_MS.get(raid.mentions) ?? 0
  return (overMs + raidBound({ ...raid, viewersPerLine: raid.maxViewers, modelMs: MODEL_MS })) / raid.factor
}

/** @param {Raid} raid */
async function live(raid) {
  const { goalMs: _, ...order } = raid
  const raider = startWorker('raider')
  try {
    const overMs = OVER_MS.get(raid.mentions)
    return toRow(raid, await raider.ask({ ...order, overMs, seed: raid.mentions + raid.bots }))
  } finally {
    await raider.end()
  }
}

/**
 * @param {Raid} raid
 * @param {Drained} drained
 * @returns {Row}
 */
function toRow({ mentions, bots, isModerator, maxViewers, factor, goalMs }, drained) {
  const { again, answered, backlog, breaches, lines, modelMs, roundTripMs, sent, strangers } = drained
  const leastMs = raidBound({ mentions, bots, isModerator, viewersPerLine: maxViewers, modelMs })
  const share =
    backlog.lines / lineBound({ bots, isModerator, spanMs: backlog.spanMs, modelMs, roundTripMs }).lines
  const hasBound = backlog.spanMs >= SHARE_FROM_MS
  const stray = again + strangers
  const isWhole = sent === mentions && answered === mentions && breaches === 0 && stray === 0
  const isInTime = goalMs === undefined || drained.tookMs <= goalMs
  return {
    cells: [
      `${mentions}, ${bots} ${isModerator ? 'moderator' : 'normal'}, ${maxViewers === 1 ? 'literal' : 'joint'}`,
      `${factor}x`,
      (modelMs / SECOND).toFixed(2),
      `${sent}/${mentions}`,
      `${answered}/${mentions}`,
      inSeconds(quantile(drained.waitsMs, 0.5)),
      inSeconds(quantile(drained.waitsMs, 0.95)),
      inSeconds(drained.tookMs),
      goalMs === undefined ? '' : `<= ${goalMs / SECOND}`,
      inSeconds(Math.max(0, leastMs - (OVER_MS.get(mentions) ?? 0))),
      `${lines}`,
      hasBound ? share.toFixed(2) : `(${share.toFixed(2)})`,
      `${breaches}`,
      `${stray}`,
    ],
    isOk: isWhole && isInTime && (!hasBound || share >= SHARE_MIN),
  }
}

/** @param {number} ms */
function inSeconds(ms) {
  return (ms / SECOND).toFixed(1)
}
