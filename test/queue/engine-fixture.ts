import { SECOND, sleep } from '../../src/clock.js'
import { type Outcome, type ReplyTask, toBotLogin } from '../../src/domain.js'
import { ChorusEmitter } from '../../src/events.js'
import { PQueueEngine, type PQueueEngineOptions } from '../../src/queue/p-queue-engine.js'
import { seededRandom } from '../../src/random.js'
import type { ReplyHandler, WorkContext } from '../../src/reply-queue.js'
import { ManualClock } from '../support/manual-clock.js'

/** A queue on a clock moved by hand whose handler takes `generateMs` and records what it sees. */
export function engineFixture(
  options: Partial<Omit<PQueueEngineOptions, 'bots' | 'clock'>> & {
    readonly clock?: ManualClock
    readonly bots?: readonly string[]
    readonly generateMs?: number
    readonly reply?: (task: ReplyTask, context: WorkContext) => Promise<string>
    readonly deliver?: ReplyHandler['deliver'] | 'none'
  } = {},
) {
  const events = new ChorusEmitter()
  const bots = (options.bots ?? ['ava', 'bob', 'cleo', 'dora', 'eve']).map(toBotLogin)
  const { clock = new ManualClock(), generateMs = 0, reply, deliver, ...rest } = options
  const engine = new PQueueEngine({
    limits: { global: 5, perBot: 2 },
    retry: { attempts: 6, baseMs: SECOND, maxMs: 60 * SECOND },
    answerWithinMs: 900 * SECOND,
    backlogMax: 20,
    clock,
    random: seededRandom(1),
    events,
    ...rest,
    bots,
  })
  const seen = {
    started: [] as ReplyTask[],
    settled: [] as { task: ReplyTask; outcome: Outcome; atMs: number }[],
  }
  events.on('reply:started', ({ task }) => seen.started.push(task))
  events.on('reply:settled', ({ task, outcome }) => seen.settled.push({ task, outcome, atMs: clock.now() }))
  const makeReply =
    reply ??
    ((_task: ReplyTask, { signal }: WorkContext) => sleep(clock, generateMs, signal).then(() => 'hi'))
  const say = deliver === 'none' ? undefined : (deliver ?? (async (): Promise<Outcome> => ({ kind: 'sent' })))
  engine.serve<string>(say ? { reply: makeReply, deliver: say } : { reply: makeReply })
  return { engine, clock, events, ...seen }
}
