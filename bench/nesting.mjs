import { median } from './median.mjs'
import { chorusQueue, globalOutside, LIMITS, laneOutside, TASK_MS } from './nestings.mjs'
import { SECOND, sleep, systemClock, toBotLogin } from './product.mjs'

/** @import { Clock } from '../src/clock.js' */
/** @import { MakeNesting } from './nestings.mjs' */

const FACTOR = 10
const ROUNDS = 3
const BACKLOG = 50
const BOTS = 5
const PER_BOT = 16
const IDEAL_FIRST_MS = TASK_MS
const IDEAL_LAST_MS = (BOTS * PER_BOT * TASK_MS) / LIMITS.global
/** A bot with a backlog delays another one's first answer by one task at most. */
const FIRST_MAX = 2
const LAST_MAX = 1.1

/** @type {readonly (readonly [name: string, make: MakeNesting, isOurs: boolean])[]} */
const NESTINGS = [
  ['global outside, p-queue', globalOutside, false],
  ['lane outside, p-queue', laneOutside, false],
  ['Chorus', chorusQueue, true],
]

/**
 * Both nestings of the same two limits on bursts that come grouped by bot. All run at once: nothing but timers.
 *
 * @returns {Promise<import('./table.mjs').Table>}
 */
export async function nesting() {
  const rows = await Promise.all([
    ...NESTINGS.map((entry) => firstAnswerRow(entry, FACTOR)),
    ...NESTINGS.map((entry) => firstAnswerRow(entry, 1)),
    ...NESTINGS.map((entry) => makespanRow(entry, FACTOR)),
    ...NESTINGS.filter(([, make]) => make !== globalOutside).map((entry) => makespanRow(entry, 1)),
  ])
  return {
    name: 'nesting',
    title: `Nesting: ${LIMITS.global} at once in all, ${LIMITS.perBot} per bot, tasks of ${TASK_MS / SECOND} s`,
    notes: [
      `first answer: one bot gets ${BACKLOG} tasks, another bot one task 0.1 s later; seconds until that one is done`,
      `makespan: ${BOTS} bots get ${PER_BOT} tasks each, bot after bot; seconds until all are done`,
      `clock ${FACTOR}x: median of ${ROUNDS} rounds; clock 1x: real time, one round. Seconds are those of the clock.`,
    ],
    columns: ['measure, nesting', 'clock', 'measured s', 'ideal s', 'ratio', 'bound'],
    rows,
  }
}

/**
 * @param {(typeof NESTINGS)[number]} entry
 * @param {number} factor
 */
async function firstAnswerRow([name, make, isOurs], factor) {
  const tookMs = await medianOfRounds(factor, (clock) => measureFirstAnswer(make, clock))
  return toRow({
    name: `first answer, ${name}`,
    factor,
    tookMs,
    idealMs: IDEAL_FIRST_MS,
    max: FIRST_MAX,
    isOurs,
  })
}

/**
 * @param {(typeof NESTINGS)[number]} entry
 * @param {number} factor
 */
async function makespanRow([name, make, isOurs], factor) {
  const tookMs = await medianOfRounds(factor, (clock) => measureMakespan(make, clock))
  return toRow({ name: `makespan, ${name}`, factor, tookMs, idealMs: IDEAL_LAST_MS, max: LAST_MAX, isOurs })
}

/**
 * @param {number} factor
 * @param {(clock: Clock) => Promise<number>} measure
 */
async function medianOfRounds(factor, measure) {
  /** @type {number[]} */
  const rounds = []
  while (rounds.length < (factor === 1 ? 1 : ROUNDS)) rounds.push(await measure(systemClock(factor)))
  return median(rounds)
}

/**
 * @param {MakeNesting} make
 * @param {Clock} clock
 */
async function measureFirstAnswer(make, clock) {
  const [busy, quiet] = [toBotLogin('busy'), toBotLogin('quiet')]
  const { add, end } = make([busy, quiet], clock)
  for (let count = 0; count < BACKLOG; count++) void add(busy)
  await sleep(clock, 0.1 * SECOND)
  const startMs = clock.now()
  await add(quiet)
  end()
  return clock.now() - startMs
}

/**
 * @param {MakeNesting} make
 * @param {Clock} clock
 */
async function measureMakespan(make, clock) {
  const bots = Array.from({ length: BOTS }, (_, at) => toBotLogin(`bot${at}`))
  const { add, end } = make(bots, clock)
  const startMs = clock.now()
  await Promise.all(bots.flatMap((bot) => Array.from({ length: PER_BOT }, () => add(bot))))
  end()
  return clock.now() - startMs
}

/**
 * @param {{ name: string, factor: number, tookMs: number, idealMs: number, max: number, isOurs: boolean }} found
 * @returns {import('./table.mjs').Row}
 */
function toRow({ name, factor, tookMs, idealMs, max, isOurs }) {
  const ratio = tookMs / idealMs
  return {
    cells: [
      name,
      `${factor}x`,
      (tookMs / SECOND).toFixed(1),
      (idealMs / SECOND).toFixed(1),
      ratio.toFixed(2),
      isOurs ? `<= ${max.toFixed(2)}` : '',
    ],
    ...(isOurs && { isOk: ratio <= max }),
  }
}
