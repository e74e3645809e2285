import { mentionOf } from './mention.mjs'
import { ChorusEmitter, PQueueEngine, SECOND, seededRandom, systemClock, toBotLogin } from './product.mjs'
import { serveRequests } from './worker.mjs'

/** @import { ReplyTask } from '../src/domain.js' */

const BOTS = ['stickyman1776', 'genejacqueman'].map(toBotLogin)
/** Answered before what is measured: the engine compiles what runs often. */
const WARM_UP = 5000
const NO_ROLES = { broadcaster: false, moderator: false, vip: false, subscriber: false }

/** The worker that lets replies wait in the real queue, and then has all of them answered. */
serveRequests(async ({ waiting, maxViewers }) => {
  await answer(WARM_UP, maxViewers)
  const before = process.cpuUsage()
  await answer(waiting, maxViewers)
  const { user, system } = process.cpuUsage(before)
  return { eachUs: (user + system) / waiting }
})

/**
 * @param {number} count
 * @param {number} maxViewers
 */
async function answer(count, maxViewers) {
  const events = new ChorusEmitter()
  const clock = systemClock()
  let isBlocked = true
  const engine = new PQueueEngine({
    bots: BOTS,
    limits: { global: 5, perBot: 2 },
    retry: { attempts: 6, baseMs: SECOND, maxMs: SECOND },
    answerWithinMs: 900 * SECOND,
    backlogMax: 20,
    joint: { whenWaitOverMs: 1, maxViewers },
    headStart: { moderator: 20 * SECOND, vip: 10 * SECOND, subscriber: 5 * SECOND },
    clock,
    random: seededRandom(1),
    events,
    blocked: () => (isBlocked ? 'not yet' : undefined),
  })
  engine.serve({
    reply: async () => 'hi',
    joint: {
      reply: async (shares) => ({ line: 'hi', answered: shares.map(({ id }) => id) }),
      without: (line) => line,
    },
    deliver: async () => ({ kind: 'sent' }),
  })
  for (const task of tasks(count, clock.now())) await engine.accept([task])
  isBlocked = false
  engine.refresh()
  const { left } = await engine.drain()
  await engine.stop()
  if (left > 0) throw new Error(`${left} replies were not answered`)
}

/**
 * @param {number} count
 * @param {number} nowMs
 * @returns {Generator<ReplyTask>}
 */
function* tasks(count, nowMs) {
  const random = seededRandom(count)
  for (let at = 0; at < count; at++) {
    const task = mentionOf(BOTS[at % BOTS.length] ?? BOTS[0] ?? toBotLogin('ava'), nowMs + at)
    const role = ['moderator', 'vip', 'subscriber'][Math.floor(random() * 9)]
    const roles = { ...NO_ROLES, ...(role !== undefined && { [role]: true }) }
    yield { ...task, cause: random() < 0.2 ? 'chance' : 'mention', message: { ...task.message, roles } }
  }
}
