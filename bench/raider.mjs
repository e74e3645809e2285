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
import { toAnswers } from './raid-answers.mjs'
import { serveRequests } from './worker.mjs'

/** @import { Clock } from '../src/clock.js' */
/** @import { BotLogin, ChatLine } from '../src/domain.js' */
/** @import { ChorusEmitter } from '../src/events.js' */
/** @import { Mention } from './raid-answers.mjs' */
/** @import { Latency } from '../src/simulator/model-latency.js' */
/** @import { SendAttempt } from '../src/simulator/twitch-ledger.js' */
/** @import { TwitchSimulator } from '../src/simulator/twitch-simulator.js' */

const CHANNEL = 'benchchannel'
const LOGINS = ['stickyman1776', 'genejacqueman', 'captain_quill', 'mimi_synth', 'prof_puddle']

/**
 * What a raid came to. Milliseconds of the run's clock.
 *
 * @typedef {object} Drained
 * @property {number} tookMs from the last mention to the moment when every viewer has an answer in chat
 * @property {number} sent mentions that Chorus settled as sent
 * @property {number} answered viewers who have an answer in chat
 * @property {number[]} waitsMs of each of them, from the mention to the answer
 * @property {number} again times that a viewer got a second one
 * @property {number} strangers times that a line calls somebody else
 * @property {number} lines that reached chat
 * @property {number} breaches of Twitch's limits
 * @property {number} inDoubt replies of which nobody knows whether they were said
 * @property {number} modelMs mean time of the model
 * @property {number} roundTripMs mean time from a line's write to the word that it is in chat
 * @property {Backlog} backlog
 */

/**
 * The time in which replies waited to be made, from the first line in chat to the start of the last reply.
 *
 * @typedef {{ spanMs: number, lines: number }} Backlog `lines` that reached chat in it, the first one among them
 */

/**
 * What is to be lived through.
 *
 * @typedef {object} RaidOrder
 * @property {number} factor of the clock
 * @property {number} bots
 * @property {number} mentions spread evenly over the bots
 * @property {number} overMs how long the raid takes to come
 * @property {number} seed
 * @property {number} [maxViewers] in one line; 1 = one line each. By default as in the product
 * @property {boolean} [isModerator] whether the bots are moderators of the channel; not by default
 * @property {number} [chatLatencyMs] how long a line of chat takes to a bot; 0 by default
 * @property {Latency} [modelLatency] by default as small hosted models
 */

/** The worker that lives through one raid: the whole product with the built-in Twitch and the built-in model. */
serveRequests(drainRaid)

/**
 * @param {RaidOrder} order
 * @returns {Promise<Drained>}
 */
async function drainRaid({ factor, bots, mentions, overMs, seed, ...order }) {
  const clock = systemClock(factor)
  const logins = LOGINS.slice(0, bots).map(toBotLogin)
  const { chorus, standIns } = await start({ ...order, logins, clock, seed })
  const { twitch, model } = standIns
  const settled = untilSettled(chorus.events, mentions)
  const watch = watchEvents(chorus.events, clock)
  const asked = watchMentions(twitch, logins, clock)
  const scenario = raid({ seed, channel: CHANNEL, bots: logins, viewers: mentions, overMs })
  await playScenario({ scenario, simulator: twitch, clock })
  const lastMentionMs = clock.now()
  await settled
  await chorus.gracefulStop()
  await standIns[Symbol.asyncDispose]()

  const lines = twitch.ledger.delivered()
  const { lastAtMs, waitsMs, again, strangers } = toAnswers(asked, lines)
  return {
    tookMs: lastAtMs - lastMentionMs,
    sent: watch.sent,
    answered: waitsMs.length,
    waitsMs,
    again,
    strangers,
    lines: lines.length,
    breaches: twitch.ledger.breaches.length,
    inDoubt: watch.inDoubt,
    roundTripMs: mean(watch.roundTripsMs),
    backlog: toBacklog(lines, watch.lastStartedAtMs),
    modelMs: mean(
      model.records.flatMap(({ endedAtMs, atMs, said }) => (said && endedAtMs ? [endedAtMs - atMs] : [])),
    ),
  }
}

/**
 * The whole product in chat, and what it talks to.
 *
 * @param {Pick<RaidOrder, 'seed' | 'maxViewers' | 'isModerator' | 'chatLatencyMs' | 'modelLatency'> &
 *   { logins: readonly BotLogin[], clock: Clock }} order
 */
async function start({ logins, clock, seed, maxViewers, isModerator, ...latencies }) {
  const random = seededRandom(seed)
  const { environment } = parseEnvironment({}, { logins, cwd: process.cwd() })
  const standIns = await startStandIns({ bots: logins, environment, clock, random, ...latencies })
  // A bot learns what it is when it joins.
  if (isModerator) for (const login of logins) standIns.twitch.room(CHANNEL).setRole(login, 'moderator')
  const joint = maxViewers === undefined ? {} : { joint: { maxViewers } }
  const chorus = await createChorus(
    { channels: [CHANNEL], bots: logins.map((login) => ({ login })), replies: { chance: 0, ...joint } },
    { environment: standIns.environment, clock, random },
  )
  await chorus.start()
  return { chorus, standIns }
}

/**
 * Who asks whom, and when, as the built-in Twitch shows it.
 *
 * @param {TwitchSimulator} twitch
 * @param {readonly BotLogin[]} logins
 * @param {Clock} clock
 */
function watchMentions(twitch, logins, clock) {
  /** @type {Mention[]} */
  const mentions = []
  twitch.onLine(({ id, login, text, isBot, isSystem }) => {
    const bot = logins.find((each) => text.startsWith(`@${each} `))
    if (bot !== undefined && !isBot && !isSystem) mentions.push({ id, login, bot, atMs: clock.now() })
  })
  return mentions
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

/**
 * @param {ChorusEmitter} events
 * @param {Clock} clock
 */
function watchEvents(events, clock) {
  const seen = {
    sent: 0,
    inDoubt: 0,
    lastStartedAtMs: Number.NaN,
    roundTripsMs: /** @type {number[]} */ ([]),
  }
  const writtenAtMs = /** @type {Map<ChatLine, number>} */ (new Map())
  events.on('reply:started', () => {
    seen.lastStartedAtMs = clock.now()
  })
  events.on('line:written', ({ line }) => writtenAtMs.set(line, clock.now()))
  events.on('line:sent', ({ line }) => {
    seen.roundTripsMs.push(clock.now() - (writtenAtMs.get(line) ?? Number.NaN))
  })
  events.on('reply:settled', ({ outcome }) => {
    if (outcome.kind === 'sent') seen[outcome.inDoubt ? 'inDoubt' : 'sent'] += 1
  })
  return seen
}

/**
 * @param {readonly SendAttempt[]} lines
 * @param {number} endMs
 * @returns {Backlog}
 */
function toBacklog(lines, endMs) {
  const startMs = lines[0]?.atMs ?? Number.NaN
  return { spanMs: endMs - startMs, lines: lines.filter(({ atMs }) => atMs <= endMs).length }
}

/** @param {readonly number[]} numbers */
function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
