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
 * @property {readonly BotLogin[]} mentioned one after the other
 * @property {number} linesPerSecond
 * @property {number} forMs how long it goes on
 * @property {number} mentionEveryMs the first comes after half of that
 * @property {number} mentionsUntilMs nobody is mentioned from then on
 */

/**
 * The worker with all that is not Chorus: the built-in Twitch with its chat, and the built-in model, so that their work is
 * charged to nobody else.
 */
const clock = systemClock()
/** @type {StandIns | undefined} */
let opened

serveRequests(async ({ kind, ...request }) => {
  switch (kind) {
    case 'open':
      return open(request)
    case 'ask':
      return ask(request)
    default:
      return talk(request)
  }
})

/** @param {{ logins: readonly BotLogin[], modelLatencyMs: number }} request */
async function open({ logins, modelLatencyMs }) {
  const { environment } = parseEnvironment({}, { logins, cwd: process.cwd() })
  const random = seededRandom(SEED)
  opened = await startStandIns({
    bots: logins,
    environment,
    clock,
    random,
    modelLatency: modelLatencyMs,
  })
  const { twitchTokens } = opened.environment
  return {
    chatUrl: opened.twitch.url,
    modelUrl: opened.model.url,
    tokens: Object.fromEntries([...twitchTokens].map(([login, token]) => [login, token.reveal()])),
  }
}

/**
 * So many viewers mention one bot, all at once, before the first run.
 *
 * @param {{ login: BotLogin, count: number }} request
 */
async function ask({ login, count }) {
  const { twitch } = required()
  for (const line of mentionsOf(login, count, SEED)) twitch.feed(ofRun(line, 0))
  return {}
}

/**
 * Feeds chat, and resolves when every mention has its answer there: with the time from each mention to it, in milliseconds
 * and in the order of the mentions, as the built-in Twitch has seen both.
 *
 * @param {Chat} chat
 */
async function talk(chat) {
  const { model, twitch } = required()
  const { lines, mentions, answers } = script(chat)
  model.script(...answers.map((text) => /** @type {const} */ ({ kind: 'say', text })))
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

function required() {
  if (!opened) throw new Error('nothing is open')
  return opened
}

/**
 * What is said, the mentions in it with their ids, and what the model answers to them.
 *
 * @param {Chat} chat
 */
function script({ run, mentioned, linesPerSecond, forMs, mentionEveryMs, mentionsUntilMs }) {
  const count = Math.floor(mentionsUntilMs / mentionEveryMs)
  const mix = { channel: CHANNEL, bots: [], mentionShare: 0, seed: SEED }
  const lines = chatLines({ ...mix, count: (linesPerSecond * forMs) / SECOND }).map((line) =>
    ofRun(line, run),
  )
  const asked = mentioned.map((login, at) => mentionsOf(login, count, SEED + 1 + at))
  /** @type {Map<string, string>} */
  const mentions = new Map()
  for (let number = 0; number < count; number++) {
    const place = Math.floor(((number + 0.5) * mentionEveryMs * linesPerSecond) / SECOND)
    const line = ofRun(asked[number % asked.length]?.[number] ?? '', run)
    lines[place] = line
    mentions.set(line, idOf(line))
  }
  // No two alike: what a bot has just said Chorus has the model make again, and that takes twice as long.
  const answers = Array.from(
    mentions,
    (_, at) =>
      `Good to see you here! By my count that is number ${at + 1} of round ${run}, and a fine one it was.`,
  )
  return { lines, mentions, answers }
}

/**
 * @param {BotLogin} login
 * @param {number} count
 * @param {number} seed
 */
function mentionsOf(login, count, seed) {
  return chatLines({ channel: CHANNEL, bots: [login], mentionShare: 1, seed, count })
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
