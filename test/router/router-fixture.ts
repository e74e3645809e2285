import { type Clock, SECOND, sleep } from '../../src/clock.js'
import { toBots } from '../../src/config-schema.js'
import type { BotLogin, Outcome, ReplyTask } from '../../src/domain.js'
import { ChorusEmitter } from '../../src/events.js'
import { PQueueEngine } from '../../src/queue/p-queue-engine.js'
import { seededRandom } from '../../src/random.js'
import type { LaneWait, ReplyQueue } from '../../src/reply-queue.js'
import { MessageRouter } from '../../src/router/message-router.js'
import type { MessageRouterOptions } from '../../src/router/message-router-options.js'
import { Orchestrator } from '../../src/routing/orchestrator.js'
import { chatMessage } from '../support/chat-message.js'
import { ManualClock } from '../support/manual-clock.js'

/** A router on a clock moved by hand, with a model that takes half a second and a Twitch that takes every line at once. */
export function routerFixture(
  options: Partial<MessageRouterOptions> & {
    readonly logins?: readonly string[]
    readonly chance?: number
    /** How long mentions wait, whatever really waits. */
    readonly laneWait?: (bot: BotLogin) => LaneWait
    /** What the router asks of a queue with such waits. */
    readonly calls?: string[]
  } = {},
) {
  const clock = new ManualClock()
  const random = seededRandom(3)
  const { logins = ['ava', 'geneJacqueman'], chance = 0, laneWait, calls = [], ...rest } = options
  const bots = toBots(logins.map((login) => ({ login })))
  const events = new ChorusEmitter()
  const answered: { task: ReplyTask; atMs: number }[] = []
  const router = new MessageRouter({
    bots,
    orchestrator: new Orchestrator({ bots, random, replies: { chance } }),
    reply: async (_task, { signal }) => {
      await sleep(clock, 500, signal)
      return 'hi'
    },
    deliver: async (task): Promise<Outcome> => {
      answered.push({ task, atMs: clock.now() })
      return { kind: 'sent' }
    },
    events,
    clock,
    random,
    ...(laneWait && {
      queue: queueWith(laneWait, calls, { bots: bots.map(({ login }) => login), clock, events }),
    }),
    ...rest,
  })
  const hear = (text: string, login = 'ann', id?: string) =>
    router.handleIncomingMessage(
      chatMessage(text, { login, arrivedAtMs: clock.now(), ...(id !== undefined && { id }) }),
    )
  return { router, clock, answered, hear }
}

function queueWith(
  laneWait: (bot: BotLogin) => LaneWait,
  calls: string[],
  parts: { readonly bots: readonly BotLogin[]; readonly clock: Clock; readonly events: ChorusEmitter },
): ReplyQueue {
  const engine = new PQueueEngine({
    ...parts,
    limits: { global: 5, perBot: 2 },
    retry: { attempts: 6, baseMs: SECOND, maxMs: 60 * SECOND },
    answerWithinMs: 900 * SECOND,
    backlogMax: 20,
    random: seededRandom(1),
  })
  const refresh = engine.refresh.bind(engine)
  return Object.assign(engine, {
    laneWait,
    calm: (isOn: boolean) => calls.push(`calm ${isOn}`),
    refresh: () => {
      calls.push('refresh')
      refresh()
    },
  })
}
