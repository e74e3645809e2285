import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { ControlRoom, createChorus, parseEnvironment, seededRandom, systemClock } from './product.mjs'
import { serveRequests } from './worker.mjs'

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { Chorus } from '../src/chorus.js' */
/** @import { BotLogin } from '../src/domain.js' */

/**
 * What a run came to, as the process of Chorus sees it.
 *
 * @typedef {object} Watched
 * @property {number} decided lines of chat
 * @property {number} waiting replies of the muted bot
 * @property {number} cpuShare of one core
 * @property {number[]} writes per reader that was there
 */

const SEED = 7
const TOKEN = 'a-token-of-the-bench-0123456789'

/** @type {{ chorus: Chorus, muted: BotLogin } | undefined} */
let opened
/** Of this run. */
let decided = 0
/** Writes to each reader that is there, by its response. @type {Map<ServerResponse, number>} */
const writes = new Map()
let begun = { wallMs: 0, cpu: process.cpuUsage() }

/** The worker with Chorus and its control room, and nothing else: what its processor time is spent on is theirs. */
serveRequests(async ({ kind, ...request }) => {
  switch (kind) {
    case 'open':
      return open(request)
    case 'owe':
      return owe(request)
    case 'begin':
      return begin()
    case 'left':
      return left()
    default:
      return end()
  }
})

/**
 * @param {{ logins: readonly BotLogin[], muted: BotLogin, chatUrl: string, modelUrl: string, tokens: Record<string, string> }} request
 */
async function open({ logins, muted, chatUrl, modelUrl, tokens }) {
  const values = {
    ...{ TWITCH_CHAT_URL: chatUrl, OPENAI_BASE_URL: modelUrl, PORT: '0', CHORUS_CONTROL_TOKEN: TOKEN },
    ...Object.fromEntries(logins.map((login) => [`TWITCH_TOKEN_${login.toUpperCase()}`, tokens[login]])),
  }
  const { environment: given } = parseEnvironment(values, { logins, cwd: process.cwd() })
  const environment = { ...given, dataDir: undefined }
  const clock = systemClock()
  const chorus = await createChorus(
    {
      channels: ['benchchannel'],
      bots: logins.map((login) => ({ login })),
      // No pause: it would be far longer than all that readers could cost.
      replies: { chance: 0, delays: { mention: [0, 0] } },
    },
    { environment, clock, random: seededRandom(SEED) },
  )
  chorus.router.mute(muted)
  chorus.events.on('message:decided', () => {
    decided += 1
  })
  opened = { chorus, muted }
  const room = new ControlRoom({ chorus, environment, clock, stopChorus: () => {} })
  await Promise.all([chorus.start(), room.start()])
  subscribe('http.server.request.start', (message) => countWrites(/** @type {Started} */ (message)))
  return { url: `${room.url}api/events`, token: TOKEN }
}

/**
 * Resolves when so many replies are owed. Whether they go on waiting is looked at after each run.
 *
 * @param {{ count: number }} request
 */
async function owe({ count }) {
  const { events, router } = required().chorus
  while (router.owedCount < count) await new Promise((resolve) => events.once('reply:accepted', resolve))
  return {}
}

function waiting() {
  const { chorus, muted } = required()
  return chorus.router.getStatus().lanes[muted]?.waiting ?? Number.NaN
}

function required() {
  if (!opened) throw new Error('nothing is open')
  return opened
}

/** @typedef {{ request: IncomingMessage, response: ServerResponse }} Started */

/**
 * Counted here, where each is one: on their way writes are cut and joined.
 *
 * @param {Started} started
 */
function countWrites({ request, response }) {
  if (request.url !== '/api/events') return
  writes.set(response, 0)
  response.on('close', () => writes.delete(response))
  const write = response.write
  response.write = /** @type {typeof write} */ (
    (...args) => {
      writes.set(response, (writes.get(response) ?? 0) + 1)
      return Reflect.apply(write, response, args)
    }
  )
}

async function begin() {
  decided = 0
  for (const response of writes.keys()) writes.set(response, 0)
  begun = { wallMs: performance.now(), cpu: process.cpuUsage() }
  return {}
}

/** @returns {Promise<Watched>} */
async function end() {
  const { user, system } = process.cpuUsage(begun.cpu)
  const cpuShare = (user + system) / 1000 / (performance.now() - begun.wallMs)
  return { decided, waiting: waiting(), cpuShare, writes: [...writes.values()] }
}

/** Resolves when no reader is there any more. */
async function left() {
  await Promise.all([...writes.keys()].map((response) => once(response, 'close')))
  return {}
}
