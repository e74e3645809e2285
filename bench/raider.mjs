import {
  createChorus,
  parseEnvironment,
  playScenario,
  raid,
  seededRandom,
  startStandIns,
  systemClock,
  toBotLogin,
} from './product.mjs'
import { serveRequests } from './worker.mjs'

/** @import { ChorusEmitter } from '../src/events.js' */

const CHANNEL = 'benchchannel'
const LOGINS = ['stickyman1776', 'genejacqueman', 'captain_quill', 'mimi_synth', 'prof_puddle']

/**
 * What a raid came to. Milliseconds of the run's clock.
 *
 * @typedef {object} Drained
 * @property {number} tookMs from the last mention to the last answer in chat
 * @property {number} answered mentions that have an answer in chat
 * @property {number} lines that reached chat
 * @property {number} breaches of Twitch's limits
 * @property {number} modelMs mean time of the model
 */

/** The worker that lives through one raid: the whole product with the built-in Twitch and the built-in model. */
serveRequests(drainRaid)

/**
 * @param {{ factor: number, bots: number, mentions: number, overMs: number, seed: number }} request
 * @returns {Promise<Drained>}
 */
async function drainRaid({ factor, bots, mentions, overMs, seed }) {
  const clock = systemClock(factor)
  const random = seededRandom(seed)
  const logins = LOGINS.slice(0, bots).map(toBotLogin)
  const { environment } = parseEnvironment({}, { logins, cwd: process.cwd() })
  const standIns = await startStandIns({ bots: logins, environment, clock, random })
  const { twitch, model } = standIns
  const chorus = await createChorus(
    { channels: [CHANNEL], bots: logins.map((login) => ({ login })), replies: { chance: 0 } },
    { environment: standIns.environment, clock, random },
  )
  await chorus.start()

  const settled = untilSettled(chorus.events, mentions)
  const scenario = raid({ seed, channel: CHANNEL, bots: logins, viewers: mentions, overMs })
  await playScenario({ scenario, simulator: twitch, clock })
  const lastMentionMs = clock.now()
  await settled
  await chorus.gracefulStop()
  await standIns[Symbol.asyncDispose]()

  const lines = twitch.ledger.delivered()
  return {
    tookMs: (lines.at(-1)?.atMs ?? Number.NaN) - lastMentionMs,
    answered: new Set(lines.map(({ replyParent }) => replyParent)).size,
    lines: lines.length,
    breaches: twitch.ledger.breaches.length,
    modelMs: mean(
      model.records.flatMap(({ endedAtMs, atMs, said }) => (said && endedAtMs ? [endedAtMs - atMs] : [])),
    ),
  }
}

/**
 * @param {ChorusEmitter} events
 * @param {number} count
 * @returns {Promise<void>}
 */
function untilSettled(events, count) {
  let settled = 0
  return new Promise((resolve) => {
    events.on('reply:settled', () => {
      if (++settled === count) resolve()
    })
  })
}

/** @param {readonly number[]} numbers */
function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
