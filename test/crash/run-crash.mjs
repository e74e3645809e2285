#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { formatTable } from '../../bench/table.mjs'
import { prepare } from '../../scripts/prepare.mjs'
import { Problem, runMain } from '../../scripts/problem.mjs'

/** @import { Judged } from './crash-report.mjs' */
/** @import { Plan } from './round-plan.mjs' */

const OPTIONS = /** @type {const} */ ({
  rounds: { type: 'string', default: '200' },
  'real-time': { type: 'string', default: '4' },
  seed: { type: 'string', default: '1' },
  'at-once': { type: 'string', default: '4' },
  factor: { type: 'string', default: '20' },
  viewers: { type: 'string' },
})
const VIEWERS = 100
/** In real time a raid of a hundred would take minutes. */
const VIEWERS_REAL_TIME = 20

/**
 * `npm run test:crash [-- --rounds N --real-time N --seed S --at-once N --factor N --viewers N]`: rounds of a fast clock,
 * then those in real time, each by a seed of its own from S on. Exit code 1 when a round has failed.
 */
await runMain(async () => {
  const options = readOptions()
  await prepare()
  // Loaded after the build: what is killed is what is built.
  const { planRound } = await import('./round-plan.mjs')
  const plans = [
    ...plansOf(options.rounds, (seed) =>
      planRound({ seed, factor: options.factor, viewers: options.viewers ?? VIEWERS }),
    ),
    ...plansOf(options.realTime, (seed) =>
      planRound({ seed, factor: 1, viewers: options.viewers ?? VIEWERS_REAL_TIME }),
    ),
  ]
  const judged = await playAll(plans, options.atOnce)
  const { crashTable } = await import('./crash-report.mjs')
  const command = ['npm run test:crash', ...process.argv.slice(2)]
    .join(' ')
    .replace('crash --', 'crash -- --')
  console.log(formatTable(crashTable(judged, command)))
  return judged.every(({ verdict }) => verdict.isOk) ? 0 : 1

  /**
   * @param {number} count
   * @param {(seed: number) => Plan} toPlan
   */
  function plansOf(count, toPlan) {
    return Array.from({ length: count }, (_, index) => toPlan(options.seed + index))
  }
})

/**
 * @param {readonly Plan[]} plans
 * @param {number} atOnce
 * @returns {Promise<Judged[]>} in the order of the plans
 */
async function playAll(plans, atOnce) {
  const { playRound } = await import('./crash-round.mjs')
  const { judgeRound } = await import('./judge-round.mjs')
  const { describeFailure } = await import('./crash-report.mjs')
  const judged = /** @type {Judged[]} */ ([])
  const rest = plans.entries()
  let failed = 0
  const player = async () => {
    for (const [index, plan] of rest) {
      const evidence = await playRound(plan)
      const round = { plan, verdict: judgeRound(evidence), tookMs: evidence.tookMs }
      judged[index] = round
      if (!round.verdict.isOk) {
        failed += 1
        console.log(describeFailure(round))
      }
      tellProgress({ done: Object.keys(judged).length, of: plans.length, failed })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, player))
  return judged
}

/** @param {{ done: number, of: number, failed: number }} progress */
function tellProgress({ done, of, failed }) {
  const line = `${done}/${of} rounds, ${failed} failed`
  if (process.stderr.isTTY) process.stderr.write(`\r${line}${done === of ? '\n' : ''}`)
  else if (done % 10 === 0 || done === of) process.stderr.write(`${line}\n`)
}

function readOptions() {
  const { values } = parsed()
  const number = (/** @type {keyof typeof OPTIONS} */ name, least = 0) => {
    const value = Number(values[name])
    if (Number.isInteger(value) && value >= least) return value
    throw new Problem(`--${name} takes a whole number from ${least} on, not ${values[name]}`)
  }
  return {
    rounds: number('rounds'),
    realTime: number('real-time'),
    seed: number('seed'),
    atOnce: number('at-once', 1),
    factor: number('factor', 1),
    viewers: values.viewers === undefined ? undefined : number('viewers', 1),
  }
}

function parsed() {
  try {
    return parseArgs({ options: OPTIONS })
  } catch (error) {
    throw new Problem(error instanceof Error ? error.message : String(error))
  }
}
