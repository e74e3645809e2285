import PQueue from 'p-queue'
import { mentionOf } from './mention.mjs'
import { ChorusEmitter, PQueueEngine, SECOND, sleep } from './product.mjs'

/** @import { Clock } from '../src/clock.js' */
/** @import { BotLogin } from '../src/domain.js' */

export const LIMITS = { global: 5, perBot: 2 }
export const TASK_MS = 2 * SECOND

/**
 * A way to hold both limits.
 *
 * @typedef {object} Nesting
 * @property {(bot: BotLogin) => Promise<void>} add one task; resolves when it is done, never once the nesting has ended
 * @property {() => void} end starts nothing more
 */

/** @typedef {(bots: readonly BotLogin[], clock: Clock) => Nesting} MakeNesting */

/** The literal reading of "a global queue with a queue per bot in it". @type {MakeNesting} */
export function globalOutside(bots, clock) {
  const { global, lanes, laneOf } = toQueues(bots)
  return {
    add: (bot) => global.add(() => laneOf(bot).add(() => sleep(clock, TASK_MS))),
    end: () => clear(global, ...lanes),
  }
}

/** The other way round, with p-queue alone. @type {MakeNesting} */
export function laneOutside(bots, clock) {
  const { global, lanes, laneOf } = toQueues(bots)
  return {
    add: (bot) => laneOf(bot).add(() => global.add(() => sleep(clock, TASK_MS))),
    end: () => clear(global, ...lanes),
  }
}

/** The product's queue. @type {MakeNesting} */
export function chorusQueue(bots, clock) {
  const events = new ChorusEmitter()
  /** @type {Map<string, () => void>} */
  const waiting = new Map()
  events.on('reply:settled', ({ task }) => waiting.get(task.id)?.())
  const engine = new PQueueEngine({
    bots,
    limits: LIMITS,
    retry: { attempts: 1, baseMs: SECOND, maxMs: SECOND },
    answerWithinMs: 900 * SECOND,
    backlogMax: 20,
    clock,
    random: Math.random,
    events,
  })
  engine.serve({ reply: () => sleep(clock, TASK_MS) })
  return {
    async add(bot) {
      const task = mentionOf(bot, clock.now())
      const done = new Promise((resolve) => waiting.set(task.id, () => resolve(undefined)))
      await engine.accept([task])
      await done
    },
    end: () => void engine.stop(),
  }
}

/** @param {readonly BotLogin[]} bots */
function toQueues(bots) {
  const global = new PQueue({ concurrency: LIMITS.global })
  const byBot = new Map(bots.map((bot) => [bot, new PQueue({ concurrency: LIMITS.perBot })]))
  /** @param {BotLogin} bot */
  const laneOf = (bot) => {
    const lane = byBot.get(bot)
    if (!lane) throw new RangeError(`no lane for ${bot}`)
    return lane
  }
  return { global, lanes: [...byBot.values()], laneOf }
}

/** @param {readonly PQueue[]} queues */
function clear(...queues) {
  for (const queue of queues) queue.clear()
}
