import { sleep } from '../../dist/clock.js'
import { seededRandom } from '../../dist/random.js'
import { raid } from '../../dist/simulator/scenarios.js'

/** @import { Clock } from '../../dist/clock.js' */
/** @import { Room } from '../../dist/simulator/room.js' */
/** @import { Plan } from './round-plan.mjs' */
/** @import { JournalRows } from './read-journal.mjs' */

/**
 * One question, as it was said in chat.
 *
 * `open`: it is owed an answer, as far as is known. `settled`: it has its outcome. `lost`: a process had accepted it, and
 * the journal knows nothing of it. `unheard`: no process had accepted it.
 *
 * @typedef {object} Question
 * @property {string} viewer
 * @property {string} bot
 * @property {string} text
 * @property {string} task the id of the reply that it is owed
 * @property {'open' | 'settled' | 'lost' | 'unheard'} fate
 * @property {boolean} isAskedAgain the viewer has asked anew, because it was unheard
 */

/**
 * The viewers of a raid: each wants one answer, and asks again when nobody was there to hear the question. Some can't wait and
 * ask a second one.
 */
export class Viewers {
  /** @type {Question[]} */
  questions = []
  /** Replies that a process has told it had accepted. @type {Set<string>} */
  decided = new Set()
  #room
  #isRaidOver = false

  /** @param {Room} room */
  constructor(room) {
    this.#room = room
  }

  /**
   * Resolves when every viewer has asked.
   *
   * @param {Plan} plan
   * @param {{ bots: readonly string[], clock: Clock, signal: AbortSignal }} world
   */
  async raid({ againShare, seed, viewers, overMs, raidAfterMs }, { bots, clock, signal }) {
    const random = seededRandom(seed)
    const startMs = clock.now() + raidAfterMs
    const steps = raid({ seed, channel: this.#room.channel, bots, viewers, overMs })
    for (const { atMs, action } of steps) {
      await sleep(clock, Math.max(0, startMs + atMs - clock.now()), signal)
      if (action.kind === 'raid') this.#room.raid(action.from, action.viewers)
      if (action.kind !== 'say') continue
      const { text, viewer } = action
      this.ask(viewer, botOf(text, bots), text)
      if (random() < againShare) this.ask(viewer, botOf(text, bots), `${text} And since when?`)
    }
    this.#isRaidOver = true
  }

  /**
   * @param {string} viewer
   * @param {string} bot who is mentioned
   * @param {string} text
   */
  ask(viewer, bot, text) {
    const isHeard = this.#room.members.size > 0
    const task = `${bot}/${this.#room.say(viewer, text)}`
    this.questions.push({ viewer, bot, text, task, fate: isHeard ? 'open' : 'unheard', isAskedAgain: false })
  }

  /** Somebody is there: what nobody has heard is asked again. */
  askAgain() {
    for (const question of this.questions.filter(
      ({ fate, isAskedAgain }) => fate === 'unheard' && !isAskedAgain,
    )) {
      question.isAskedAgain = true
      this.ask(question.viewer, question.bot, question.text)
    }
  }

  /** @param {string} task */
  settled(task) {
    const question = this.questions.find((asked) => asked.task === task)
    if (question?.fate === 'open') question.fate = 'settled'
  }

  /**
   * The process is dead: what became of the questions stands in its journal, and nowhere else.
   *
   * @param {JournalRows} rows
   */
  compare({ open, settled }) {
    const openIds = new Set(open.map(({ id }) => id))
    const settledIds = new Set(settled.map(({ id }) => id))
    for (const question of this.questions) {
      if (question.fate !== 'open' && question.fate !== 'settled') continue
      if (settledIds.has(question.task)) question.fate = 'settled'
      else if (openIds.has(question.task)) question.fate = 'open'
      else question.fate = this.decided.has(question.task) ? 'lost' : 'unheard'
    }
  }

  /** Nobody waits for an answer any more, or for a chance to ask. */
  get areDone() {
    const waits = (/** @type {Question} */ { fate, isAskedAgain }) =>
      fate === 'open' || (fate === 'unheard' && !isAskedAgain)
    return this.#isRaidOver && !this.questions.some(waits)
  }
}

/**
 * @param {string} text
 * @param {readonly string[]} bots
 */
function botOf(text, bots) {
  const bot = bots.find((login) => text.toLowerCase().includes(`@${login}`))
  if (bot === undefined) throw new Error(`no bot is mentioned in ${text}`)
  return bot
}
