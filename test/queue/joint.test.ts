import { describe, expect, it } from 'vitest'
import { SECOND, sleep } from '../../src/clock.js'
import { type Outcome, type ReplyTask, toChannelName, toUserId } from '../../src/domain.js'
import { ChorusError } from '../../src/errors.js'
import { Ledger } from '../../src/queue/ledger.js'
import type { ReplyShare, SendForecast } from '../../src/reply-queue.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture, jointLine } from './engine-fixture.js'

const RULES = { whenWaitOverMs: 15 * SECOND, maxViewers: 6 }
const MODEL_MS = 2 * SECOND
/** A line a second. */
const oncePerSecond: SendForecast = (_bot, _channel, lines) => lines * SECOND

type Options = Parameters<typeof engineFixture>[0]

/** An engine whose handler takes two seconds, alone or for many, and tells what it was asked. */
function jointFixture(options: Options = {}) {
  const alone: ReplyTask[] = []
  const together: (readonly ReplyShare[])[] = []
  const said: { readonly line: string; readonly first: ReplyTask }[] = []
  const fixture = engineFixture({
    bots: ['ava'],
    rules: RULES,
    sendForecast: oncePerSecond,
    async reply(task, { signal, further = [] }) {
      alone.push(task)
      await sleep(fixture.clock, MODEL_MS, signal)
      return [task, ...further].map(({ id }) => id).join(' ')
    },
    async joint(shares, { signal }) {
      together.push(shares)
      await sleep(fixture.clock, MODEL_MS, signal)
      return jointLine(shares)
    },
    async deliver(task, line): Promise<Outcome> {
      said.push({ line: String(line), first: task })
      return { kind: 'sent' }
    },
    ...options,
  })
  return { ...fixture, alone, together, said }
}

/** Mentions by so many viewers, one each, a millisecond apart. */
function raid(viewers: number, parts: Parameters<typeof replyTask>[0] = {}): ReplyTask[] {
  return Array.from({ length: viewers }, (_, at) =>
    replyTask({ login: `viewer${at}`, arrivedAtMs: at, ...parts }),
  )
}

const sentOf = (settled: readonly { outcome: Outcome }[]) =>
  settled.filter(({ outcome }) => outcome.kind === 'sent').length

describe('a raid', () => {
  it('is answered in joint lines of at most six viewers once the wait is long, each viewer once', async () => {
    const { engine, clock, settled, alone, together, said } = jointFixture()
    const tasks = raid(50)
    for (const task of tasks) await engine.accept([task])
    await clock.advance(60 * SECOND)
    expect(sentOf(settled)).toBe(50)
    expect(said.length).toBeLessThanOrEqual(15)
    expect(Math.max(...together.map((shares) => shares.length))).toBe(6)
    const answered = [...alone.map(({ id }) => id), ...together.flat().map(({ id }) => id)]
    expect(answered.sort()).toEqual(tasks.map(({ id }) => id).sort())
  })

  it('has the viewers of a joint line settled with the number of them', async () => {
    const { engine, clock, settled } = jointFixture()
    await engine.accept(raid(40))
    await clock.advance(60 * SECOND)
    const viewers = settled.map(({ outcome }) => (outcome.kind === 'sent' ? outcome.viewers : undefined))
    expect(viewers.filter((count) => count === 6).length).toBeGreaterThanOrEqual(18)
  })

  it('has each of them counted as owed, also while they share a line', async () => {
    const { engine, clock } = jointFixture()
    await engine.accept(raid(40))
    await clock.advance(5 * SECOND)
    const { pending, size } = engine.metrics().global
    expect(engine.owedCount()).toBe(engine.owed(100).length)
    expect(engine.owedCount()).toBeGreaterThan(size + pending)
  })

  it('goes on joining until one by one is quick enough again', async () => {
    const { engine, clock, together, said } = jointFixture()
    await engine.accept(raid(20))
    await clock.advance(60 * SECOND)
    // Two alone, then three and three and so on: never the last twelve one by one.
    expect(together.length).toBeGreaterThan(2)
    expect(said.length).toBeLessThanOrEqual(12)
  })

  it('counts a joint line as one reply being worked on, and as one that is ready', async () => {
    const { engine, clock } = jointFixture({ deliver: () => new Promise(() => {}) })
    await engine.accept(raid(50))
    expect(engine.metrics().bots.ava).toEqual({ size: 48, pending: 2 })
    await clock.advance(MODEL_MS)
    // Two are ready, and six are one line that is made.
    expect(engine.metrics().bots.ava).toEqual({ size: 44, pending: 1 })
    const viewers = { waiting: 42, working: 6, ready: 2, held: 0 }
    expect(engine.lanes().ava).toMatchObject({ waiting: 42, working: 1, ready: 2, viewers })
    expect(engine.owedViewers()).toBe(50)
    await clock.advance(MODEL_MS)
    expect(engine.metrics().bots.ava).toEqual({ size: 45, pending: 0 })
  })

  it('is answered one by one by a handler that can only do that', async () => {
    const { clock, engine, started, settled } = engineFixture({ bots: ['ava'], rules: RULES, generateMs: 10 })
    await engine.accept(raid(50))
    await engine.accept(raid(50, { login: 'ann' }))
    await clock.advance(60 * SECOND)
    expect(started).toHaveLength(100)
    expect(sentOf(settled)).toBe(100)
  })
})

describe('without a backlog', () => {
  it('nothing is joined, and nothing waits for it', async () => {
    const { engine, clock, together, settled } = jointFixture()
    for (let at = 0; at < 20; at++) {
      await engine.accept([replyTask({ login: `viewer${at}`, arrivedAtMs: clock.now() })])
      await clock.advance(MODEL_MS)
    }
    expect(together).toEqual([])
    expect(settled).toHaveLength(20)
  })

  it('calm has two viewers that wait share a line', async () => {
    const { engine, clock, together } = jointFixture({ limits: { global: 1, perBot: 1 } })
    engine.calm(true)
    await engine.accept(raid(3))
    await clock.advance(10 * SECOND)
    expect(together.map((shares) => shares.length)).toEqual([2])
    engine.calm(false)
    await engine.accept(raid(3))
    await clock.advance(10 * SECOND)
    expect(together).toHaveLength(1)
  })

  it('with one viewer a line at most nobody is ever joined', async () => {
    const { engine, clock, together } = jointFixture({ rules: { ...RULES, maxViewers: 1 } })
    await engine.accept(raid(50))
    await clock.advance(200 * SECOND)
    expect(together).toEqual([])
  })
})

it('a viewer who asks again counts once where one line answers both, and what nobody asked for counts for nobody', async () => {
  const { engine } = jointFixture({ limits: { global: 1, perBot: 1 } })
  await engine.accept(raid(1, { login: 'ann' }))
  await engine.accept(raid(2, { login: 'bob' }))
  await engine.accept(raid(3, { login: 'cat', cause: 'chance' }))
  await engine.accept(raid(1, { login: 'ann' }))
  expect(engine.lanes().ava).toMatchObject({
    ...{ waiting: 6, working: 1 },
    viewers: { waiting: 2, working: 1, ready: 0, held: 0 },
  })
  expect(engine.owedViewers()).toBe(2)
})

describe('what a joint line leaves out', () => {
  it('is answered alone, without a failure of its own', async () => {
    const attempts: number[] = []
    const { engine, clock, settled, alone } = jointFixture({
      async joint(shares) {
        await sleep(clock, MODEL_MS)
        return jointLine(shares.slice(1))
      },
      async reply(task, { attempt }) {
        alone.push(task)
        attempts.push(attempt)
        await sleep(clock, MODEL_MS)
        return task.id
      },
    })
    await engine.accept(raid(40))
    await clock.advance(200 * SECOND)
    expect(sentOf(settled)).toBe(40)
    expect(new Set(settled.map(({ task }) => task.id)).size).toBe(40)
    expect(alone.length).toBeGreaterThan(6)
    expect(new Set(attempts)).toEqual(new Set([1]))
  })

  it('of which the content is to blame is taken apart: each viewer alone', async () => {
    const { engine, clock, events, settled, alone } = jointFixture({
      joint: async () => {
        throw new ChorusError('model-empty', 'nothing that could be said')
      },
    })
    events.on('reply:held', () => expect.unreachable('nobody’s own failure'))
    await engine.accept(raid(40))
    await clock.advance(300 * SECOND)
    expect(sentOf(settled)).toBe(40)
    expect(new Set(alone.map(({ id }) => id)).size).toBe(40)
  })

  it('by an outage may be joined again', async () => {
    let failures = 0
    const { engine, clock, settled, together } = jointFixture({
      async joint(shares) {
        together.push(shares)
        if (failures++ < 3) throw new ChorusError('model-unreachable', 'down')
        return jointLine(shares)
      },
    })
    await engine.accept(raid(40))
    await clock.advance(300 * SECOND)
    expect(sentOf(settled)).toBe(40)
    const ids = together.flat().map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(new Set(ids).size)
  })
})

describe('a viewer whose mention is withdrawn', () => {
  const outcome = { kind: 'withdrawn', by: 'moderation', reason: 'gone' } as const

  it('drops out of a line that waits to be said, which the others still get', async () => {
    const lines: string[] = []
    const { engine, clock, settled } = jointFixture({
      async deliver(_task, line, { signal, inFlight }): Promise<Outcome> {
        await sleep(clock, 5 * SECOND, signal)
        inFlight(true)
        lines.push(String(line))
        return { kind: 'sent' }
      },
    })
    const tasks = raid(40)
    await engine.accept(tasks)
    await clock.advance(8.5 * SECOND)
    const victim = tasks[4]
    engine.takeBack(({ id }) => id === victim?.id, outcome)
    await clock.advance(300 * SECOND)
    expect(settled.find(({ task }) => task.id === victim?.id)?.outcome).toEqual(outcome)
    expect(sentOf(settled)).toBe(39)
    expect(lines).toContain([2, 3, 5, 6, 7].map((at) => tasks[at]?.id).join(' '))
    expect(lines.flatMap((line) => line.split(' ')).sort()).toEqual(
      tasks
        .filter((task) => task !== victim)
        .map(({ id }) => id)
        .sort(),
    )
  })

  it('takes nobody’s answer away when a whole chat is cleared', async () => {
    const { engine, clock, settled, said } = jointFixture({
      deliver: async (_task, line, { signal }) => {
        await sleep(clock, 5 * SECOND, signal)
        said.push({ line: String(line), first: replyTask() })
        return { kind: 'sent' }
      },
    })
    await engine.accept([...raid(20), ...raid(20, { channel: 'other' })])
    await clock.advance(8 * SECOND)
    const before = said.length
    engine.takeBack(({ message }) => message.channel === toChannelName('mychannel'), outcome)
    await clock.advance(300 * SECOND)
    expect(settled.filter((one) => one.outcome.kind === 'withdrawn').length + sentOf(settled)).toBe(40)
    const later = said.slice(before).flatMap(({ line }) => line.split(' '))
    const others = new Set(
      settled
        .filter(({ task }) => task.message.channel === toChannelName('other'))
        .map(({ task }) => task.id as string),
    )
    expect(later.every((id) => others.has(id))).toBe(true)
  })
})

describe('one viewer', () => {
  it('has one place: further mentions join the first, are shown to the model, and share its outcome', async () => {
    const seen: (readonly ReplyTask[])[] = []
    const { engine, clock, settled } = jointFixture({
      limits: { global: 1, perBot: 1 },
      async reply(task, { further = [] }) {
        seen.push([task, ...further])
        await sleep(clock, MODEL_MS)
        return 'hi'
      },
    })
    const mentions = raid(10, { login: 'ann' })
    await engine.accept([replyTask({ login: 'bob' }), ...mentions])
    await clock.advance(20 * SECOND)
    expect(seen.map((tasks) => tasks.map(({ id }) => id))).toEqual([
      [expect.any(String)],
      [mentions[0], ...mentions.slice(-4)].map((task) => task?.id),
    ])
    expect(sentOf(settled)).toBe(11)
  })

  it.each([1, 6])(
    'with 1,000 mentions among 20 others makes nobody wait for much longer, %i a line',
    async (maxViewers) => {
      const worstOf = async (flood: number) => {
        const { engine, clock, settled } = jointFixture({ rules: { ...RULES, maxViewers } })
        const honest = raid(20)
        await engine.accept([...raid(flood, { login: 'flooder' }), ...honest])
        await clock.advance(600 * SECOND)
        expect(sentOf(settled)).toBe(flood + 20)
        const ids = new Set(honest.map(({ id }) => id))
        return Math.max(...settled.filter(({ task }) => ids.has(task.id)).map(({ atMs }) => atMs))
      }
      expect(await worstOf(1000)).toBeLessThanOrEqual(1.2 * (await worstOf(0)))
    },
  )

  it('in another channel, or of another bot, has a place of his own there', async () => {
    const { engine, clock, alone } = jointFixture({ bots: ['ava', 'bob'], limits: { global: 2, perBot: 1 } })
    await engine.accept([
      ...raid(3, { login: 'ann' }),
      ...raid(3, { login: 'ann', channel: 'other' }),
      ...raid(3, { login: 'ann', bot: 'bob' }),
    ])
    await clock.advance(60 * SECOND)
    const userId = toUserId('u-ann')
    expect(alone.every(({ message }) => message.userId === userId)).toBe(true)
    expect(alone).toHaveLength(5)
  })
})

describe('a head start', () => {
  it('lets those who have it pass, by its seconds and not for ever', async () => {
    const { engine, clock, started } = engineFixture({
      bots: ['ava'],
      limits: { global: 1, perBot: 1 },
      generateMs: SECOND,
      headStart: { moderator: 10 * SECOND, vip: 0, subscriber: 5 * SECOND },
    })
    const by = (login: string, arrivedAtMs: number, role?: 'moderator' | 'subscriber') => {
      const task = replyTask({ login, arrivedAtMs })
      const roles = { ...task.message.roles, ...(role && { [role]: true }) }
      return { ...task, message: { ...task.message, roles } }
    }
    const [busy, early, viewer, subscriber, moderator] = [
      by('busy', 0),
      by('early', 10),
      by('viewer', 8 * SECOND),
      by('subscriber', 12 * SECOND, 'subscriber'),
      by('moderator', 11 * SECOND, 'moderator'),
    ]
    await engine.accept([busy, viewer, subscriber, moderator, early])
    await clock.advance(60 * SECOND)
    expect(started.map(({ message }) => message.login)).toEqual([
      'busy',
      'early',
      'moderator',
      'subscriber',
      'viewer',
    ])
  })
})

it('the ledger counts those that are joined once, whoever of them leaves first', () => {
  const ledger = new Ledger([replyTask().bot])
  const entries = raid(4).flatMap((task) => ledger.open(task) ?? [])
  ledger.join(entries)
  for (const entry of entries) ledger.move(entry, 'working')
  expect(ledger.metrics().global).toEqual({ size: 0, pending: 1 })
  for (const at of [3, 0, 2]) {
    const entry = entries[at]
    if (entry) ledger.close(entry)
    expect(ledger.metrics().global).toEqual({ size: 0, pending: 1 })
  }
  const last = entries[1]
  if (last) ledger.part(last)
  expect(ledger.metrics().global).toEqual({ size: 0, pending: 1 })
  if (last) ledger.close(last)
  expect(ledger.metrics().global).toEqual({ size: 0, pending: 0 })
})
