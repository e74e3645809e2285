import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND, sleep } from '../../src/clock.js'
import type { Outcome, ReplyTask, TaskId } from '../../src/domain.js'
import { ChorusError } from '../../src/errors.js'
import type { PQueueEngine } from '../../src/queue/p-queue-engine.js'
import type { OwedReply, ReplyShare } from '../../src/reply-queue.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture, jointLine } from './engine-fixture.js'

/**
 * Goal: whoever asks whatever, whatever the model leaves out, and whatever moderators take away meanwhile, each mention has
 * one outcome, each share is said at most once, only what was said is sent, and the limits hold. Method: seeded runs of the
 * real engine on a clock moved by hand; what the handler is asked and what it says are the witness.
 */
const MAX_VIEWERS = 4

const mention = fc.record({
  bot: fc.constantFrom('ava', 'bob'),
  channel: fc.constantFrom('one', 'two'),
  cause: fc.oneof(
    { weight: 6, arbitrary: fc.constant('mention' as const) },
    { weight: 1, arbitrary: fc.constantFrom('chance' as const, 'low' as const) },
  ),
  login: fc.nat(9).map((number) => `viewer${number}`),
  atMs: fc.nat(10 * SECOND),
  delayMs: fc.nat(3 * SECOND),
})

/** What happens to the lines, one after the other, over and over. */
const script = fc.record({
  makeMs: fc.array(fc.nat(4 * SECOND), { minLength: 1, maxLength: 5 }),
  sayMs: fc.array(fc.nat(3 * SECOND), { minLength: 1, maxLength: 5 }),
  /** Of a joint line: how many it leaves out, or how it fails. */
  joint: fc.array(
    fc.constantFrom<number | 'content' | 'outage'>(0, 0, 0, 1, 2, MAX_VIEWERS, 'content', 'outage'),
    { minLength: 1, maxLength: 6 },
  ),
  /** Whether Twitch refuses its text. */
  refused: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  withdrawals: fc.array(fc.record({ atMs: fc.nat(30 * SECOND), what: fc.nat(100) }), { maxLength: 8 }),
})
type Script = typeof script extends fc.Arbitrary<infer T> ? T : never
type Mention = typeof mention extends fc.Arbitrary<infer T> ? T : never

const turnOf = <T>(list: readonly T[]) => {
  let at = 0
  return () => list[at++ % list.length] as T
}

/** How many viewers wait, as the engine tells it: in all, and by bot and state. */
function toldViewers(engine: PQueueEngine) {
  const lanes = Object.entries(engine.lanes()).map(([bot, { viewers }]) => [bot, viewers])
  return { all: engine.owedViewers(), ...Object.fromEntries(lanes) }
}

/** The same, looked up in all that is owed. */
function recountedViewers(engine: PQueueEngine) {
  const owed = engine.owed(1000).filter(({ task }) => task.cause === 'mention')
  const of = (bot: string, state: OwedReply['state']) => {
    const theirs = owed.filter((reply) => reply.task.bot === bot && reply.state === state)
    return new Set(theirs.map(({ task: { message } }) => `${message.channel} ${message.userId}`)).size
  }
  const states = (bot: string) => ({
    ...{ waiting: of(bot, 'waiting'), working: of(bot, 'working') },
    ...{ ready: of(bot, 'ready'), held: of(bot, 'held') },
  })
  const all = new Set(owed.map(({ task }) => task.message.userId)).size
  return { all, ava: states('ava'), bob: states('bob') }
}

async function run(mentions: readonly Mention[], plan: Script) {
  const [makeMs, sayMs] = [turnOf(plan.makeMs), turnOf(plan.sayMs)]
  const [jointly, isRefused] = [turnOf(plan.joint), turnOf(plan.refused)]
  const said: TaskId[] = []
  const wrong: string[] = []
  /** Shares that a joint line has left out, or that it failed with. */
  const apart = new Set<TaskId>()
  let refusals = 0
  const busy = new Map<string, number>()
  const inSlot = async <T>(bot: string, work: () => Promise<T>): Promise<T> => {
    busy.set(bot, (busy.get(bot) ?? 0) + 1)
    const all = [...busy.values()].reduce((sum, count) => sum + count, 0)
    if (all > 3 || (busy.get(bot) ?? 0) > 2) wrong.push('more slots than there are')
    try {
      return await work()
    } finally {
      busy.set(bot, (busy.get(bot) ?? 0) - 1)
    }
  }
  const checkShares = (shares: readonly ReplyShare[]) => {
    const firsts = shares.map(({ tasks }) => tasks[0])
    const viewers = new Set(firsts.map(({ message }) => message.userId))
    const places = new Set(firsts.map(({ bot, message }) => `${bot} ${message.channel}`))
    if (shares.length < 2 || shares.length > MAX_VIEWERS) wrong.push(`${shares.length} viewers in a line`)
    if (viewers.size !== shares.length || places.size !== 1) wrong.push('not several viewers of one place')
    if (firsts.some(({ cause }) => cause !== 'mention')) wrong.push('a chance reply in a joint line')
    if (shares.some(({ id }) => apart.has(id))) wrong.push('joined again after it was taken apart')
    for (const { tasks } of shares) {
      if (tasks.length > 5) wrong.push('more than the first and the newest four')
      if (new Set(tasks.map(({ message }) => message.userId)).size > 1) wrong.push('two viewers in one share')
    }
  }
  const fixture = engineFixture({
    bots: ['ava', 'bob'],
    limits: { global: 3, perBot: 2 },
    rules: { whenWaitOverMs: 3 * SECOND, maxViewers: MAX_VIEWERS },
    reply: (task, { signal }) =>
      inSlot(task.bot, async () => {
        await sleep(fixture.clock, makeMs(), signal)
        return task.id
      }),
    joint: (shares, { signal }) =>
      inSlot(shares[0]?.tasks[0].bot ?? '', async () => {
        checkShares(shares)
        await sleep(fixture.clock, makeMs(), signal)
        const how = jointly()
        if (how === 'outage') throw new ChorusError('model-unreachable', 'down')
        for (const { id } of how === 'content' ? shares : shares.slice(0, how)) apart.add(id)
        if (how === 'content') throw new ChorusError('model-empty', 'nothing fit to say')
        return jointLine(shares.slice(how))
      }),
    async deliver(_task, line, { signal, inFlight }): Promise<Outcome> {
      await sleep(fixture.clock, sayMs(), signal)
      inFlight(true)
      await sleep(fixture.clock, 200)
      // Few enough for six attempts.
      if (isRefused() && refusals++ < 5) {
        inFlight(false)
        throw new ChorusError('line-refused', 'not these words')
      }
      said.push(...(String(line).split(' ') as TaskId[]))
      return { kind: 'sent' }
    },
  })
  const { engine, clock, settled } = fixture
  const accepted: ReplyTask[] = []
  const steps = [...mentions.map((parts) => ({ atMs: parts.atMs, what: parts })), ...plan.withdrawals].sort(
    (a, b) => a.atMs - b.atMs,
  )
  for (const { atMs, what } of steps) {
    await clock.advance(atMs - clock.now())
    if (typeof what === 'number') {
      const victim = accepted[what % Math.max(1, accepted.length)]
      const reason = { kind: 'withdrawn', by: 'moderation', reason: 'gone' } as const
      if (what % 3 === 0) engine.takeBack(({ message }) => message.userId === victim?.message.userId, reason)
      else engine.takeBack(({ id }) => id === victim?.id, reason)
    } else {
      const task = replyTask({ ...what, arrivedAtMs: clock.now() })
      accepted.push(task)
      await engine.accept([task])
    }
    const { global, bots } = engine.metrics()
    if (global.pending > 3 || Object.values(bots).some(({ pending }) => pending > 2))
      wrong.push('metrics beyond the limits')
    if (!isDeepStrictEqual(toldViewers(engine), recountedViewers(engine)))
      wrong.push('viewers are miscounted')
  }
  await clock.advance(60 * MINUTE)
  return { engine, settled, accepted, said, wrong }
}

describe('for any mix of viewers, omissions, failures and withdrawals', () => {
  it('each mention has one outcome, each share is said at most once, and only what was said is sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mention, { minLength: 1, maxLength: 60 }), script, async (mentions, plan) => {
        const { engine, settled, accepted, said, wrong } = await run(mentions, plan)
        expect(wrong).toEqual([])
        expect(settled.map(({ task }) => task.id).sort()).toEqual(accepted.map(({ id }) => id).sort())
        expect(new Set(said).size).toBe(said.length)
        const outcomes = new Map(settled.map(({ task, outcome }) => [task.id, outcome.kind]))
        expect(said.filter((id) => outcomes.get(id) !== 'sent')).toEqual([])
        expect(settled.filter(({ outcome }) => outcome.kind === 'dead')).toEqual([])
        // Whoever was answered was so by a line of his own share.
        const keyOf = ({ bot, cause, id, message }: ReplyTask) =>
          cause === 'mention' ? `${bot} ${message.channel} ${message.userId}` : id
        const answered = new Set(said.flatMap((id) => accepted.filter((task) => task.id === id)).map(keyOf))
        const unsaid = settled.filter(
          ({ task, outcome }) => outcome.kind === 'sent' && !answered.has(keyOf(task)),
        )
        expect(unsaid).toEqual([])
        expect(engine.metrics().global).toEqual({ size: 0, pending: 0 })
      }),
      { numRuns: 150 },
    )
  })
})
