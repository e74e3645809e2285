import { SECOND } from '../../dist/clock.js'
import { between, pick, seededRandom } from '../../dist/random.js'

/** @import { Random } from '../../dist/random.js' */

/**
 * Steps of a process that nobody outside could hit: it kills itself there.
 *
 * `accepting`: a reply is to be written down, and is not yet. `marked`: a line is marked as being written, and not a byte
 * of it has left. `settling`: an outcome is known and not written down yet. The others are steps of a reply that shares its
 * line with others. `joining`: the line is in the making, and that is written down. `joined`: it is made, and was never written.
 * `jointly-marked`, `jointly-settling`: as above.
 *
 * @typedef {'accepting' | 'marked' | 'settling' | JointStep} Step
 * @typedef {'joining' | 'joined' | 'jointly-marked' | 'jointly-settling'} JointStep
 */

/**
 * When a process is killed. Counted anew in each process; milliseconds of the round's clock.
 *
 * `time`: so long after it was let go, or after its first bot is in chat. `news`: when it has told an event so often. `line`: when Twitch has taken so many
 * lines of it, before it can answer the last one. `step`: by itself, when it comes there for the `count`-th time. `viewer`: by itself,
 * when it works on the reply to this viewer.
 *
 * @typedef {{ kind: 'time', after: 'go' | 'joined', ms: number }
 *   | { kind: 'news', event: 'joined' | 'decided' | 'restored' | 'settled', count: number }
 *   | { kind: 'line', count: number }
 *   | { kind: 'step', step: Step, count: number }
 *   | { kind: 'viewer', viewer: string }} Moment
 */

/** @typedef {{ moment: Moment, downMs: number }} Kill `downMs`: until the next process is let go */

/**
 * One round: what happens in it follows from its seed, when it happens to the millisecond does not.
 *
 * @typedef {object} Plan
 * @property {number} seed
 * @property {number} factor of the clock; 1 is real time
 * @property {number} askedFactor what the plan was asked for
 * @property {boolean} isModerator whether the bots are moderators: 100 lines in 30 s, and nothing keeps a line from being
 *   shown twice
 * @property {number} viewers who ask one question each
 * @property {boolean} isEarly whether the raid does not wait until a bot is in chat
 * @property {number} raidAfterMs from there, or from the start of the first process, to the first question
 * @property {number} overMs how long the raid takes to come
 * @property {{ whenWaitOver: number, maxViewers: number }} joint when viewers share lines
 * @property {number} againShare of the viewers, those who ask a second time at once
 * @property {readonly Kill[]} kills one process each, in order; the process after the last one lives
 */

const KILLS_MAX = 3
/** @type {readonly JointStep[]} */
const JOINT_STEPS = ['joining', 'joined', 'jointly-marked', 'jointly-settling']
/** At the configured wait, nearly from the first line on, and never. */
const JOINTS = [
  { whenWaitOver: 15, maxViewers: 6 },
  { whenWaitOver: 1, maxViewers: 6 },
  { whenWaitOver: 1, maxViewers: 3 },
  { whenWaitOver: 15, maxViewers: 1 },
]
/** Of the rounds, those in which the bots are nobody special. */
const ORDINARY_SHARE = 0.3
/** What the answers to a viewer take, roughly: moments are spread over all of it and a little beyond. */
const PER_VIEWER_MS = { moderator: 0.5 * SECOND, ordinary: 0.8 * SECOND }
/** Two ordinary accounts have used up their allowance after this many lines; from there on nothing may be repeated. */
const FIRST_WINDOW_LINES = 36
/**
 * Where lines may be repeated for 28 s, a restart of a second must not take 20 of them: the clock runs at half its pace.
 */
const ORDINARY_PACE = 1 / 2
/** Beyond the 28 s within which an unanswered line may be repeated. */
const DOWN_MAX_MS = 45 * SECOND
const REAL_DOWN_MAX_MS = 5 * SECOND

/**
 * @param {object} options
 * @param {number} options.seed
 * @param {number} [options.factor]
 * @param {number} [options.viewers]
 * @returns {Plan}
 */
export function planRound({ seed, factor: askedFactor = 20, viewers = 100 }) {
  const random = seededRandom(seed)
  const isModerator = random() >= ORDINARY_SHARE
  const killCount = 1 + Math.floor(random() * KILLS_MAX)
  const perViewerMs = isModerator ? PER_VIEWER_MS.moderator : PER_VIEWER_MS.ordinary
  const spanMs = (1.2 * viewers * perViewerMs) / killCount
  const share = isModerator ? viewers / killCount : Math.min(viewers / killCount, FIRST_WINDOW_LINES)
  const factor = isModerator ? askedFactor : Math.max(1, askedFactor * ORDINARY_PACE)
  const joint = pick(random, JOINTS)
  const againShare = random() < 0.5 ? 0 : 0.4
  return {
    seed,
    factor,
    askedFactor,
    isModerator,
    viewers,
    isEarly: random() < 0.2,
    raidAfterMs: between(random, [0, 6 * SECOND]),
    overMs: between(random, [2 * SECOND, 10 * SECOND]),
    joint,
    againShare,
    kills: Array.from({ length: killCount }, (_, life) => ({
      moment: life > 0 && random() < 0.4 ? earlyMoment(random) : anyMoment(random, { spanMs, share }),
      downMs: random() < 0.5 ? 0 : between(random, [0, factor === 1 ? REAL_DOWN_MAX_MS : DOWN_MAX_MS]),
    })),
  }
}

/**
 * Right after a restart, or in the middle of what it takes over.
 *
 * @param {Random} random
 * @returns {Moment}
 */
function earlyMoment(random) {
  return pick(random, [
    () => after(random, 'go', 10 * SECOND),
    () => news(random, 'restored', 20),
    () => news(random, 'joined', 2),
    () => step(random, 'accepting', 20),
    () => step(random, 'marked', 2),
    () => step(random, pick(random, JOINT_STEPS), 12),
    () => ({ kind: /** @type {const} */ ('line'), count: upTo(random, 2) }),
  ])()
}

/**
 * @param {Random} random
 * @param {{ spanMs: number, share: number }} range
 * @returns {Moment}
 */
function anyMoment(random, { spanMs, share }) {
  return pick(random, [
    () => after(random, 'joined', spanMs),
    () => after(random, 'joined', spanMs),
    () => news(random, 'decided', share),
    () => news(random, 'settled', share),
    () => ({ kind: /** @type {const} */ ('line'), count: upTo(random, share) }),
    () => step(random, pick(random, ['accepting', 'marked', 'settling']), share),
    () => step(random, pick(random, JOINT_STEPS), share),
  ])()
}

/**
 * @param {Random} random
 * @param {'go' | 'joined'} from
 * @param {number} most
 * @returns {Moment}
 */
const after = (random, from, most) => ({ kind: 'time', after: from, ms: between(random, [0, most]) })

/**
 * @param {Random} random
 * @param {Extract<Moment, { kind: 'news' }>['event']} event
 * @param {number} most
 * @returns {Moment}
 */
const news = (random, event, most) => ({ kind: 'news', event, count: upTo(random, most) })

/**
 * @param {Random} random
 * @param {Step} name
 * @param {number} most
 * @returns {Moment}
 */
const step = (random, name, most) => ({ kind: 'step', step: name, count: upTo(random, most) })

/**
 * @param {Random} random
 * @param {number} most
 */
const upTo = (random, most) => 1 + Math.floor(random() * most)
