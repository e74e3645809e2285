import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import type { JointFault } from '../../src/simulator/joint-faults.js'
import { questionBurst, raid, together, viewerFlood } from '../../src/simulator/scenarios.js'
import type { SendAttempt } from '../../src/simulator/twitch-ledger.js'
import { isThreaded, viewersCalled } from '../support/line-answers.mjs'
import { CHANNEL, choruses, type Fixture } from './chorus-fixture.js'
import { outcomeOf } from './questions.js'
import { answersOf, countShared, expectAllAnswered, expectPromiseKept } from './said-once.js'

/*
 * Goal: in a raid viewers share lines, and none of them is forgotten, called twice, or called when nobody may answer him any
 * more. Method: ordinary accounts and more viewers than they can answer one by one; whom a line calls is the witness.
 */

const start = choruses()
const FACTOR = 12
const SILENCED = { kind: 'withdrawn', by: 'moderation', reason: 'its author was timed out or banned' }
const DELETED = { kind: 'withdrawn', by: 'moderation', reason: 'the message was deleted' }

const raidOf = (viewers: number, bots: readonly string[], seed = 71) =>
  raid({ seed, channel: CHANNEL, bots, viewers, overMs: 2 * SECOND })

const linesOf = ({ bots, twitch }: Fixture) =>
  twitch.ledger.attempts().filter(({ account }) => bots.includes(account))
const calls = (line: SendAttempt, login: string) =>
  !isThreaded(line) && viewersCalled(line.text).includes(login)

describe('a raid of sixty viewers on two ordinary accounts', () => {
  it('is answered whole, each viewer once, in far fewer lines', async () => {
    const chorus = await start({ factor: FACTOR })
    await chorus.play(raidOf(60, chorus.bots))
    await expectAllAnswered(chorus, 60)
    expect(linesOf(chorus).length).toBeLessThan(40)
    expect(countShared(chorus).joint).toBeGreaterThan(5)
    const told = chorus.record.of('reply:settled').map(({ task, outcome }) => {
      const line = linesOf(chorus).find(({ shown }) => outcome.kind === 'sent' && shown?.id === outcome.id)
      const viewers = outcome.kind === 'sent' ? (outcome.viewers ?? 1) : 0
      return { task: task.id, isTrue: line && viewers === answersOf(chorus).get(line)?.length }
    })
    expect(told.filter(({ isTrue }) => !isTrue)).toEqual([])
    // As the viewers write themselves.
    const names = new Set(chorus.record.of('reply:settled').map(({ task }) => task.message.displayName))
    const called = linesOf(chorus)
      .filter((line) => !isThreaded(line))
      .flatMap(({ text }) => Array.from(text.matchAll(/@(\w+)/g), ([, name = '']) => name))
    expect(called.filter((name) => !names.has(name))).toEqual([])
    expect(called.filter((name) => name !== name.toLowerCase()).length).toBeGreaterThan(10)
  })

  it.each([
    ['whose message is deleted while it waits', 'waits', 'delete', DELETED],
    ['who is timed out while the mention waits', 'waits', 'timeout', SILENCED],
    ['who is timed out while a line for several is being made', 'is made', 'timeout', SILENCED],
    ['whose message is deleted while a line for several waits to be said', 'is ready', 'delete', DELETED],
  ] as const)('answers all but the viewer %s, and never calls that one', async (_who, when, how, outcome) => {
    const chorus = await start({ factor: FACTOR, latency: 2 * SECOND })
    // What is ready stays so for a while.
    if (when === 'is ready') chorus.room.setMode({ slowSeconds: 8 })
    await chorus.play(raidOf(60, chorus.bots))
    await chorus.record.until(() => victimIn(chorus, when) !== undefined)
    const victim = victimIn(chorus, when)
    const { id, login } = victim?.message ?? { id: '', login: '' }
    const before = linesOf(chorus).length
    if (how === 'delete') chorus.room.delete(id)
    else chorus.room.timeout(login, 600)
    expect(await outcomeOf(chorus, id)).toEqual(outcome)
    await chorus.record.settled(60)
    const others = chorus.record.of('reply:settled').filter(({ task }) => task.message.id !== id)
    expect(others.filter((one) => one.outcome.kind !== 'sent')).toEqual([])
    await expectPromiseKept(chorus)
    const later = linesOf(chorus).slice(before)
    expect(later.length).toBeGreaterThan(0)
    expect(later.filter((line) => calls(line, login) || line.replyParent === id)).toEqual([])
  })

  it('does not call a viewer again who is timed out while Twitch refuses the line', async () => {
    const chorus = await start({ factor: FACTOR })
    const { ledger } = chorus.twitch
    let victim: string | undefined
    const isDone = new Promise<SendAttempt>((resolve) => {
      ledger.onEntry((entry) => {
        if (entry.type !== 'attempt' || isThreaded(entry.attempt) || victim !== undefined) return
        const { attempt } = entry
        if (attempt.verdict === 'delivered') {
          // The next one of this account is refused, whoever it is for.
          chorus.twitch.refuseMessages('msg_ratelimit', { times: 1, login: attempt.account })
          return
        }
        victim = viewersCalled(attempt.text)[1]
        if (victim !== undefined) chorus.room.timeout(victim, 600)
        resolve(attempt)
      })
    })
    await chorus.play(raidOf(60, chorus.bots))
    const refused = await isDone
    await chorus.record.settled(60)
    const ended = chorus.record.of('reply:settled')
    const gone = ended.filter(({ outcome }) => outcome.kind !== 'sent')
    expect(gone.map(({ task }) => task.message.login)).toEqual([victim])
    await expectPromiseKept(chorus)
    const later = linesOf(chorus).filter(({ number }) => number > refused.number)
    expect(later.filter((line) => calls(line, victim ?? ''))).toEqual([])
    expect(later.some((line) => calls(line, viewersCalled(refused.text)[0] ?? ''))).toBe(true)
  })
})

/** A reply that stands just there, and that is to share its line where it has one. */
function victimIn({ record }: Fixture, when: 'waits' | 'is made' | 'is ready') {
  const [started, ready, settled] = (['started', 'ready', 'settled'] as const).map(
    (state) => new Set(record.of(`reply:${state}`).map(({ task }) => task.id)),
  )
  // Not before lines are shared.
  if (!started || !ready || !settled || ready.size < 8) return undefined
  const tasks = record.of('reply:accepted').map(({ task }) => task)
  if (when === 'waits') return tasks.filter(({ id }) => !started.has(id)).at(-1)
  const [from, to] = when === 'is made' ? [started, ready] : [ready, settled]
  const there = tasks.filter(({ id }) => from.has(id) && !to.has(id))
  // More than two of a bot at one step: some of them are together.
  return there.findLast(({ bot }) => there.filter((task) => task.bot === bot).length > 3)
}

describe('a model that gets lines for several viewers wrong', () => {
  it.each<JointFault>(['missing', 'doubled', 'invented', 'shuffled', 'json', 'prose', 'garbage'])(
    'leaves nobody without an answer, and has nobody else called: %s',
    async (how) => {
      const chorus = await start({
        factor: FACTOR,
        before: ({ model }) => model.always({ kind: 'joint', how }),
      })
      await chorus.play(raidOf(36, chorus.bots, 72))
      await expectAllAnswered(chorus, 36)
    },
  )
})

describe('one viewer who mentions a bot three hundred times', () => {
  it('is answered, and so are twenty others, about as soon as without him', async () => {
    const slowestOf = async (lines: number) => {
      const chorus = await start({ bots: ['ava'], factor: FACTOR })
      const honest = questionBurst({
        seed: 73,
        channel: CHANNEL,
        bot: 'ava',
        questions: 20,
        withinMs: 3 * SECOND,
      })
      const flood = viewerFlood({ seed: 74, channel: CHANNEL, bot: 'ava', lines, overMs: 3 * SECOND })
      await chorus.play(together(honest, flood))
      await expectAllAnswered(chorus, 20 + lines)
      expect(linesOf(chorus).length).toBeLessThan(30)
      const settled = chorus.record.of('reply:settled')
      const others = settled.filter(({ task }) => task.message.login !== 'loudllama')
      expect(others).toHaveLength(20)
      return Math.max(...others.map(({ tookMs }) => tookMs))
    }
    const [alone, flooded] = [await slowestOf(1), await slowestOf(300)]
    // A line or two more, and what a busy machine makes of it.
    expect(flooded).toBeLessThan(1.2 * alone + 5 * SECOND)
  })
})
