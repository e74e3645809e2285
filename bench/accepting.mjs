import {
  ChorusEmitter,
  Conversation,
  DAY,
  Journal,
  MessageRouter,
  Orchestrator,
  PROMPT_LINES_MAX,
  systemClock,
  toBots,
} from './product.mjs'

/** @import { Clock } from '../src/clock.js' */
/** @import { Journal as JournalClass } from '../src/journal/journal.js' */
/** @import { MessageRouter as RouterClass } from "../src/router/message-router.js" */
/** @import { ReplyJournal } from '../src/reply-journal.js' */

/**
 * How replies are written down: not at all; as Chorus does it, with one commit for all that came together; or the same
 * rows in the same file with a commit for each mention.
 *
 * @typedef {'none' | 'grouped' | 'each'} JournalKind
 */

/**
 * The product's router, queue and journal, joined as `createChorus` joins them, for one bot that never gets an answer
 * made: what is accepted waits.
 *
 * @typedef {object} Accepting
 * @property {RouterClass<string>} router
 * @property {Clock} clock
 * @property {() => void} open the journal
 * @property {() => number} restore puts what it has in line, and tells how many these are
 * @property {() => Promise<void>} end leaves everything in the journal
 */

export const BOT = 'stickyman1776'

/**
 * @param {string} folder of the journal
 * @param {JournalKind} kind
 * @returns {Accepting}
 */
export function createAccepting(folder, kind) {
  const clock = systemClock()
  const events = new ChorusEmitter()
  const conversation = new Conversation({ clock })
  const bots = toBots([{ login: BOT }])
  const journal =
    kind === 'none'
      ? undefined
      : new Journal({
          folder,
          keptMs: 7 * DAY,
          clock,
          events,
          linesUpTo: (message) => conversation.keptUpTo(message, PROMPT_LINES_MAX),
        })
  const router = new MessageRouter({
    bots,
    orchestrator: new Orchestrator({ bots, random: Math.random, replies: { chance: 0 } }),
    reply: () => new Promise(() => {}),
    events,
    clock,
    ...(journal && { journal: kind === 'each' ? withCommitEach(journal) : journal }),
  })
  events.on('message:received', ({ message }) => conversation.hear(message))
  events.on('error', ({ error }) => endWith(error))
  events.on('journal:refusing', ({ reason }) => endWith(new Error(`the journal refuses: ${reason}`)))
  return {
    router,
    clock,
    open() {
      journal?.open()
      for (const [channel, lines] of journal?.lines() ?? []) conversation.restore(channel, lines)
    },
    restore: () => router.restore(),
    async end() {
      await router.stop()
      journal?.close()
    },
  }
}

/**
 * Ends the process: something else would be measured. Not thrown at once, as no listener's error is fatal.
 *
 * @param {unknown} error
 */
function endWith(error) {
  queueMicrotask(() => {
    throw error
  })
}

/**
 * @param {JournalClass} journal
 * @returns {ReplyJournal}
 */
function withCommitEach(journal) {
  return {
    isDurable: true,
    put: async (record) => journal.putNow(record),
    putNow: (record) => journal.putNow(record),
    settle: (record, outcome) => journal.settle(record, outcome),
    hasSettled: (id) => journal.hasSettled(id),
    restore: (take) => journal.restore(take),
  }
}
