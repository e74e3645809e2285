import { sleep } from '../../dist/clock.js'
import { Waiters } from '../../dist/simulator/waiters.js'
import { ChorusChild } from './chorus-child.mjs'
import { BOTS, startWorld } from './crash-world.mjs'
import { killAt } from './kill-at.mjs'
import { readJournal } from './read-journal.mjs'
import { Viewers } from './viewers.mjs'

/** @import { Breach, SendAttempt } from '../../dist/simulator/twitch-ledger.js' */
/** @import { News } from './chorus-child.mjs' */
/** @import { CrashWorld } from './crash-world.mjs' */
/** @import { Forgotten } from './journal-hooks.mjs' */
/** @import { JournalRows } from './read-journal.mjs' */
/** @import { Kill, Plan } from './round-plan.mjs' */
/** @import { Question } from './viewers.mjs' */

/**
 * What three sources say of a round, as data: the viewers, the journal, and Twitch.
 *
 * @typedef {object} Evidence
 * @property {Plan} plan
 * @property {readonly Question[]} questions
 * @property {readonly string[]} decided replies of which a process has told that it had accepted them
 * @property {readonly JournalRows[]} deaths the journal after each kill
 * @property {JournalRows} journal at the end
 * @property {readonly SendAttempt[]} attempts of the bots
 * @property {readonly Breach[]} breaches
 * @property {readonly string[]} unanswered the bots of lines that got no answer while the process lived on
 * @property {readonly string[]} problems what went wrong beside that: faults, wrong exits, a deadline
 * @property {number} tookMs of real time
 */

/** Longest real time of a round: far beyond what is usual, for a loaded machine is no failure. */
const DEADLINE_MS = 180_000

/**
 * Plays one round: a raid on a Chorus that is killed again and again, and that in the end has answered everybody.
 *
 * @param {Plan} plan
 * @param {{ forgets?: Forgotten }} [options] what the journal of its processes is made to forget
 * @returns {Promise<Evidence>}
 */
export async function playRound(plan, { forgets } = {}) {
  const world = await startWorld(plan)
  const round = new CrashRound(plan, world, forgets)
  try {
    return await round.play()
  } finally {
    await round.end()
    await world.end()
  }
}

class CrashRound {
  #plan
  #world
  #forgets
  #viewers
  #hasJoined = false
  #news = new Waiters()
  #over = new AbortController()
  #signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(DEADLINE_MS)])
  /** @type {ChorusChild[]} */
  #children = []
  /** @type {JournalRows[]} */
  #deaths = []
  /** @type {string[]} */
  #unanswered = []
  /** @type {string[]} */
  #problems = []

  /**
   * @param {Plan} plan
   * @param {CrashWorld} world
   * @param {Forgotten | undefined} forgets
   */
  constructor(plan, world, forgets) {
    this.#plan = plan
    this.#world = world
    this.#forgets = forgets
    this.#viewers = new Viewers(world.room)
  }

  /** @returns {Promise<Evidence>} */
  async play() {
    const startedAt = performance.now()
    try {
      await Promise.all([this.#raid(), this.#liveAndDie()])
    } catch (error) {
      this.#problems.push(String(error))
    }
    await this.end()
    const { ledger } = this.#world.twitch
    return {
      plan: this.#plan,
      questions: this.#viewers.questions,
      decided: [...this.#viewers.decided],
      deaths: this.#deaths,
      journal: readJournal(this.#world.folder),
      attempts: ledger.attempts(),
      breaches: ledger.breaches,
      unanswered: this.#unanswered,
      problems: this.#problems,
      tookMs: performance.now() - startedAt,
    }
  }

  /** Leaves no process behind. Safe to call twice. */
  async end() {
    this.#over.abort()
    for (const child of this.#children) child.kill()
    await Promise.all(this.#children.map(({ ended }) => ended))
  }

  async #raid() {
    if (!this.#plan.isEarly) await this.#news.until(() => this.#hasJoined, this.#signal)
    await this.#viewers.raid(this.#plan, { bots: BOTS, clock: this.#world.clock, signal: this.#signal })
    this.#news.tell()
  }

  async #liveAndDie() {
    const { kills } = this.#plan
    let child = this.#load(kills[0])
    for (const [life, kill] of kills.entries()) {
      const next = this.#load(kills[life + 1])
      await this.#liveUntil(child, kill)
      await sleep(this.#world.clock, kill.downMs, this.#signal)
      child = next
    }
    await this.#liveOn(child)
  }

  /** @param {Kill | undefined} kill how it will end */
  #load(kill) {
    const { env, folder, room, wallAheadMs } = this.#world
    const { factor, joint, seed } = this.#plan
    const child = new ChorusChild({
      order: {
        config: {
          channels: [room.channel],
          bots: BOTS.map((login) => ({ login })),
          replies: { chance: 0, joint },
        },
        factor,
        wallAheadMs,
        seed: seed + this.#children.length,
        ...(kill?.moment.kind === 'step' && { diesAt: kill.moment }),
        ...(kill?.moment.kind === 'viewer' && { diesOf: kill.moment.viewer }),
        ...(this.#forgets && { forgets: this.#forgets }),
      },
      env,
      folder,
    })
    child.onNews((news) => this.#told(news))
    this.#children.push(child)
    return child
  }

  /** @param {ChorusChild} child */
  async #start(child) {
    await this.#news.until(() => child.isLoaded || child.hasEnded, this.#signal)
    if (!child.hasEnded) child.go()
  }

  /**
   * At the latest it is killed when there is nothing left to do.
   *
   * @param {ChorusChild} child
   * @param {Kill} kill
   */
  async #liveUntil(child, { moment }) {
    await this.#start(child)
    const forget = killAt(moment, child, this.#world)
    await this.#news.until(() => child.hasEnded || this.#viewers.areDone, this.#signal)
    forget()
    child.kill()
    await this.#gone(child, null)
    const rows = readJournal(this.#world.folder)
    this.#deaths.push(rows)
    this.#viewers.compare(rows)
    this.#news.tell()
  }

  /** @param {ChorusChild} child */
  async #liveOn(child) {
    await this.#start(child)
    await this.#news.until(() => child.hasEnded || this.#viewers.areDone, this.#signal)
    if (!child.hasEnded) child.stop()
    await this.#gone(child, 0)
  }

  /**
   * Resolves when nothing more of the process can reach chat.
   *
   * @param {ChorusChild} child
   * @param {number | null} expected exit code
   */
  async #gone(child, expected) {
    await this.#news.until(() => child.hasEnded, this.#signal)
    const code = await child.ended
    if (code !== expected) this.#problems.push(`it ended with ${code}: ${child.stderr.slice(-500)}`)
    const { twitch } = this.#world
    await twitch.ledger.until(() => twitch.connections() === 0, this.#signal)
  }

  /** @param {News} news */
  #told(news) {
    if (news.event === 'joined') {
      this.#hasJoined = true
      this.#viewers.askAgain()
    }
    if (news.event === 'decided') this.#viewers.decided.add(news.task)
    if (news.event === 'settled') this.#viewers.settled(news.task)
    if (news.event === 'unanswered') this.#unanswered.push(news.bot)
    if (news.event === 'problem') this.#problems.push(news.text)
    this.#news.tell()
  }
}
