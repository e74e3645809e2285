import { chatLines } from './chat-lines.mjs'
import { parseEnvironment, SECOND, seededRandom, sleep, startStandIns, systemClock } from './product.mjs'
import { serveRequests } from './worker.mjs'

/** @import { BotLogin } from '../src/domain.js' */
/** @import { StandIns } from '../src/commands/stand-ins.js' */

const CHANNEL = 'benchchannel'
/** Chat is fed in steps of this: what is due by then shares a frame. */
const STEP_MS = 10
/** Longest that the last answer may take after the last line of chat. */
const LAST_ANSWER_MAX_MS = 30 * SECOND
/** Chat says the same in each run: what is drawn for a line is drawn for it in the others, too. */
const SEED = 7

/**
 * One run of chat.
 *
 * @typedef {object} Chat
 * @property {number} run from 1; gives the messages their ids
 * @property {number} linesPerSecond
 * @property {number} forMs how long it goes on
 * @property {number} mentionEveryMs one bot after the other is mentioned, the first after half of that
 * @property {number} mentionsUntilMs nobody is mentioned from then on
 */

/**
 * The worker with all that is not Chorus: the built-in Twitch with its chat, and the built-in model, so that their work is
 * charged to nobody else.
 */
const clock = systemClock()
/** @type {{ standIns: StandIns, logins: readonly BotLogin[] } | undefined} */
let opened

serveRequests(async ({ kind, ...request }) => (kind === 'open' ? open(request) : talk(request)))

/** @param {{ logins: readonly BotLogin[], modelLatencyMs: number }} request */
async function open({ logins, modelLatencyMs }) {
  const { environment } = parseEnvironment({}, { logins, cwd: process.cwd() })
  const random = seededRandom(SEED)
  const standIns = await startStandIns({
    bots: logins,
    environment,
    clock,
    random,
    modelLatency: modelLatencyMs,
  })
  opened = { standIns, logins }
  const { twitchTokens } = standIns.environment
  return {
    chatUrl: standIns.twitch.url,
    modelUrl: standIns.model.url,
    tokens: Object.fromEntries([...twitchTokens].map(([login, token]) => [login, token.reveal()])),
  }
}

/**
 * Feeds chat, and resolves when every mention has its answer there: with the time from each mention to it, in milliseconds
 * and in the order of the mentions, as the built-in Twitch has seen both.
 *
 * @param {Chat} chat
 */
async function talk(chat) {
  if (!opened) throw new Error('nothing is open')
  const { standIns, logins } = opened
  const { twitch } = standIns
  const { lines, mentions } = script(chat, logins)
  /** @type {Map<string, number>} */
  const askedAtMs = new Map()
  /** @type {Map<string, number>} */
  const waitsMs = new Map()
  // By what the bot has written: the built-in Twitch remembers fewer lines than this chat has in three seconds.
  const forget = twitch.ledger.onEntry((entry) => {
    if (entry.type !== 'attempt' || entry.attempt.verdict !== 'delivered') return
    const { atMs, replyParent = '' } = entry.attempt
    const asked = askedAtMs.get(replyParent)
    if (asked !== undefined && !waitsMs.has(replyParent)) waitsMs.set(replyParent, atMs - asked)
  })
  await feed(lines, chat.linesPerSecond, (line) => {
    const mention = mentions.get(line)
    if (mention !== undefined) askedAtMs.set(mention, clock.now())
    twitch.feed(line)
  })
  const late = AbortSignal.timeout(LAST_ANSWER_MAX_MS)
  await twitch.ledger
    .until(() => waitsMs.size === mentions.size, late)
    .catch(() => {
      throw new Error(`${waitsMs.size} of ${mentions.size} mentions were answered`)
    })
  forget()
  return { lines: lines.length, waitsMs: [...mentions.values()].map((id) => waitsMs.get(id)) }
}

/**
 * What is said, and the mentions in it with their ids.
 *
 * @param {Chat} chat
 * @param {readonly BotLogin[]} logins
 */
function script({ run, linesPerSecond, forMs, mentionEveryMs, mentionsUntilMs }, logins) {
  const mix = { channel: CHANNEL, bots: logins, mentionShare: 0, seed: SEED }
  const count = Math.floor(mentionsUntilMs / mentionEveryMs)
  const lines = chatLines({ ...mix, count: (linesPerSecond * forMs) / SECOND }).map((line) =>
    ofRun(line, run),
  )
  const asked = logins.map((login, at) =>
    chatLines({ ...mix, bots: [login], mentionShare: 1, seed: SEED + 1 + at, count }),
  )
  /** @type {Map<string, string>} */
  const mentions = new Map()
  for (let number = 0; number < count; number++) {
    const place = Math.floor(((number + 0.5) * mentionEveryMs * linesPerSecond) / SECOND)
    const line = ofRun(asked[number % logins.length]?.[number] ?? '', run)
    lines[place] = line
    mentions.set(line, idOf(line))
  }
  return { lines, mentions }
}

const ID = /;id=([\da-f]{8})([\da-f-]+)/

/**
 * The same line with an id that it has in no other run: Chorus answers none twice.
 *
 * @param {string} line
 * @param {number} run
 */
function ofRun(line, run) {
  return line.replace(ID, (_, _start, rest) => `;id=${run.toString(16).padStart(8, '0')}${rest}`)
}

/** @param {string} line */
function idOf(line) {
  const [, start, rest] = ID.exec(line) ?? []
  if (start === undefined) throw new Error('a mention without an id')
  return `${start}${rest}`
}

/**
 * @param {readonly string[]} lines
 * @param {number} perSecond
 * @param {(line: string) => void} say
 */
async function feed(lines, perSecond, say) {
  const startMs = clock.now()
  for (let at = 0; at < lines.length; ) {
    // Counted from the start, so that late timers don't add up.
    const due = Math.floor(((clock.now() - startMs) * perSecond) / SECOND)
    for (; at < due && at < lines.length; at++) say(lines[at] ?? '')
    await sleep(clock, STEP_MS)
  }
}
