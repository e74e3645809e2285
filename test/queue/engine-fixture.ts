import { SECOND, sleep } from '../../src/clock.js'
import { type Outcome, type ReplyTask, type TaskId, toBotLogin } from '../../src/domain.js'
import { ChorusEmitter } from '../../src/events.js'
import type { PQueueEngineOptions } from '../../src/queue/engine-options.js'
import type { JointRules } from '../../src/queue/lane-forecast.js'
import { PQueueEngine } from '../../src/queue/p-queue-engine.js'
import { seededRandom } from '../../src/random.js'
import type {
  JointHandler,
  JointReply,
  ReplyHandler,
  ReplyShare,
  WorkContext,
} from '../../src/reply-queue.js'
import { ManualClock } from '../support/manual-clock.js'

/** A queue on a clock moved by hand whose handler takes `generateMs` and records what it sees. */
export function engineFixture(
  options: Partial<Omit<PQueueEngineOptions, 'bots' | 'clock' | 'joint'>> & {
    readonly clock?: ManualClock
    readonly bots?: readonly string[]
    readonly generateMs?: number
    readonly reply?: (task: ReplyTask, context: WorkContext) => Promise<string>
    readonly deliver?: ReplyHandler['deliver'] | 'none'
    readonly joint?: JointHandler<string>['reply']
    readonly without?: JointHandler<string>['without']
    readonly rules?: JointRules
  } = {},
) {
  const events = new ChorusEmitter()
  const bots = (options.bots ?? ['ava', 'bob', 'cleo', 'dora', 'eve']).map(toBotLogin)
  const {
    clock = new ManualClock(),
    generateMs = 0,
    reply,
    deliver,
    joint: replyJointly,
    without = withoutIds,
    rules,
    ...rest
  } = options
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
    ...(rules && { joint: rules }),
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
  engine.serve<string>({
    reply: makeReply,
    ...(say && { deliver: say }),
    ...(replyJointly && { joint: { reply: replyJointly, without } }),
  })
  return { engine, clock, events, ...seen }
}

/** A line of the fixture that answers several viewers: the ids of their shares. */
export function jointLine(shares: readonly Pick<ReplyShare, 'id'>[]): JointReply<string> {
  const answered = shares.map(({ id }) => id)
  return { line: answered.join(' '), answered }
}

function withoutIds(line: string, ids: ReadonlySet<TaskId>): string | undefined {
  const left = line.split(' ').filter((id) => !ids.has(id as TaskId))
  return left.length === 0 ? undefined : left.join(' ')
}
