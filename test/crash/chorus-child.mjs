import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** @import { ConfigInput } from '../../dist/config-schema.js' */
/** @import { Forgotten } from './journal-hooks.mjs' */
/** @import { Step } from './round-plan.mjs' */

/**
 * What a process is told before it begins.
 *
 * @typedef {object} ChildOrder
 * @property {ConfigInput} config
 * @property {number} factor of its clock
 * @property {number} wallAheadMs what the clock on the wall shows beyond the monotonic one
 * @property {number} seed
 * @property {{ step: Step, count: number }} [diesAt]
 * @property {string} [diesOf] the viewer whom no process can answer
 * @property {Forgotten} [forgets]
 */

/**
 * What a process tells.
 *
 * @typedef {{ event: 'loaded' | 'joined' | 'ended' }
 *   | { event: 'decided' | 'restored' | 'settled', task: string }
 *   | { event: 'unanswered', bot: string }
 *   | { event: 'problem', text: string }} News
 */

const PROGRAM = fileURLToPath(new URL('killed-chorus.mjs', import.meta.url))

/** A Chorus in a process of its own, which waits for `go`: what it takes to load is no part of a restart. */
export class ChorusChild {
  isLoaded = false
  hasEnded = false
  /** The exit code; null for a process that was killed. @type {Promise<number | null>} */
  ended
  #child
  #stderr = ''
  /** @type {Set<(news: News) => void>} */
  #listeners = new Set()

  /**
   * @param {object} options
   * @param {ChildOrder} options.order
   * @param {NodeJS.ProcessEnv} options.env
   * @param {string} options.folder its data folder
   */
  constructor({ order, env, folder }) {
    this.#child = fork(PROGRAM, [JSON.stringify(order)], {
      cwd: folder,
      env: { PATH: process.env.PATH, CHORUS_DATA_DIR: folder, ...env },
      silent: true,
    })
    this.#child.stdout?.resume()
    this.#child.stderr?.on('data', (chunk) => {
      this.#stderr += chunk
    })
    // What the channel has to say to a process that has just died is no news.
    this.#child.on('error', () => {})
    this.#child.on('message', (message) => {
      const news = /** @type {News} */ (message)
      if (news.event === 'loaded') this.isLoaded = true
      this.#tell(news)
    })
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        this.hasEnded = true
        this.#tell({ event: 'ended' })
        resolve(code)
      })
    })
  }

  /**
   * @param {(news: News) => void} listener
   * @returns {() => void} the way to listen no more
   */
  onNews(listener) {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** What it has printed on its way out. */
  get stderr() {
    return this.#stderr.trim()
  }

  /** Lets it begin; to be called when it is loaded. */
  go() {
    this.#child.send('go')
  }

  /** Kills it at once; safe to call on one that is dead. */
  kill() {
    this.#child.kill('SIGKILL')
  }

  /** Lets it end in good order. */
  stop() {
    this.#child.send('stop')
  }

  /** @param {News} news */
  #tell(news) {
    for (const listener of [...this.#listeners]) listener(news)
  }
}
