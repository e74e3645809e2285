import { expect, it } from 'vitest'
import { SECOND, sleep } from '../../src/clock.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture, jointLine } from './engine-fixture.js'

/** One slot and a model that takes a second: sixty viewers wait for a minute. */
const SLOW = {
  bots: ['ava'],
  limits: { global: 1, perBot: 1 },
  generateMs: SECOND,
  rules: { whenWaitOverMs: 15 * SECOND, maxViewers: 6 },
}

function joiningFixture(options: Parameters<typeof engineFixture>[0] = {}) {
  const together: number[] = []
  const fixture = engineFixture({
    ...SLOW,
    async joint(shares, { signal }) {
      together.push(shares.length)
      await sleep(fixture.clock, SECOND, signal)
      return jointLine(shares)
    },
    ...options,
  })
  return { ...fixture, together }
}

const viewers = (count: number, channel = 'mychannel') =>
  Array.from({ length: count }, (_, at) => replyTask({ channel, login: `viewer${at}`, arrivedAtMs: at }))

it('what waits in a channel that is closed to the bot has nobody share a line elsewhere', async () => {
  const { clock, engine, settled, together } = joiningFixture({
    blocked: (_bot, channel) => (channel === 'shut' ? 'closed' : undefined),
  })
  await engine.accept(viewers(60, 'shut'))
  await engine.accept(viewers(3, 'open'))
  await clock.advance(60 * SECOND)
  expect(settled).toHaveLength(3)
  expect(together).toEqual([])
})

it('bots whose channels are closed take no slots from the others', async () => {
  const { clock, engine, together } = joiningFixture({
    bots: ['ava', 'bob', 'cleo'],
    blocked: (bot) => (bot === 'ava' ? undefined : 'parked'),
  })
  const asked = (bot: string) => viewers(9).map(({ message }) => replyTask({ bot, login: message.login }))
  await engine.accept([...asked('bob'), ...asked('cleo')])
  await engine.accept(asked('ava'))
  await clock.advance(60 * SECOND)
  expect(together).toEqual([])
})

it('lines are for one viewer each when nobody waits any more, and when calm is over', async () => {
  const { clock, engine, together } = joiningFixture()
  const perLine = () => engine.lanes().ava?.viewersPerLine
  await engine.accept(viewers(60))
  await clock.advance(5 * SECOND)
  expect(perLine()).toBe(6)
  engine.takeBack(() => true, { kind: 'withdrawn', by: 'moderation', reason: 'cleared' })
  expect(perLine()).toBe(1)
  await clock.advance(5 * SECOND)
  engine.calm(true)
  await engine.accept(viewers(9))
  await clock.advance(10 * SECOND)
  expect(together.length).toBeGreaterThan(0)
  engine.calm(false)
  together.length = 0
  // Longer than what ends joining, and shorter than what begins it.
  await engine.accept(viewers(9))
  await clock.advance(60 * SECOND)
  expect(together).toEqual([])
})

it('a lane that is about to share lines is done as soon as that, and says so before it has begun', async () => {
  const { clock, engine, settled, together } = joiningFixture()
  await engine.accept(viewers(60))
  expect(together).toEqual([])
  const { doneMs = 0, expectedMs = 0 } = engine.lanes().ava ?? {}
  await clock.advance(100 * SECOND)
  expect(settled).toHaveLength(60)
  expect(together.length).toBeGreaterThan(5)
  const tookMs = settled.at(-1)?.atMs ?? 0
  expect(Math.abs(doneMs - tookMs)).toBeLessThanOrEqual(2 * SECOND)
  expect(Math.abs(expectedMs - tookMs)).toBeLessThanOrEqual(3 * SECOND)
  expect(engine.lanes().ava).toMatchObject({ doneMs: 0 })
})

it('a lane whose handler answers one viewer a line foresees a line for each', async () => {
  const { clock, engine, settled } = engineFixture(SLOW)
  await engine.accept(viewers(60))
  const { doneMs = 0, expectedMs = 0 } = engine.lanes().ava ?? {}
  await clock.advance(100 * SECOND)
  const tookMs = settled.at(-1)?.atMs ?? 0
  expect(tookMs).toBeGreaterThanOrEqual(60 * SECOND)
  expect([doneMs, expectedMs].every((ms) => ms >= tookMs)).toBe(true)
})

it('a lane counts those whose mentions are just being written down', async () => {
  const { engine } = joiningFixture()
  const accepted = engine.accept(viewers(60))
  const { doneMs = 0 } = engine.lanes().ava ?? {}
  expect(doneMs).toBeGreaterThan(10 * SECOND)
  await accepted
  expect(Math.abs((engine.lanes().ava?.doneMs ?? 0) - doneMs)).toBeLessThan(5 * SECOND)
})

it('how lanes stand is told at a few looks at each of their channels, however many bots share the slots', async () => {
  const names = (count: number) => Array.from({ length: count }, (_, at) => `name${at}`)
  const [bots, channels] = [names(20), names(10)]
  let looks = 0
  const blocked = () => {
    looks += 1
    return undefined
  }
  const { engine } = joiningFixture({ bots, blocked })
  for (const bot of bots)
    await engine.accept(channels.map((channel) => replyTask({ bot, channel, login: 'ann' })))
  looks = 0
  engine.lanes()
  expect(looks).toBeGreaterThanOrEqual(20 * 10)
  expect(looks).toBeLessThan(10 * 20 * 10)
})

it('what waits in a channel that is closed to the bot is told of, and has nothing else give way', async () => {
  const { clock, engine } = joiningFixture({
    blocked: (_bot, channel) => (channel === 'shut' ? 'closed' : undefined),
  })
  const [asked] = viewers(1, 'shut')
  await engine.accept([...viewers(30, 'shut')])
  await clock.advance(60 * SECOND)
  const { bot } = asked ?? replyTask()
  expect(engine.laneWait(bot)).toEqual({ expectedMs: expect.any(Number), oldestMs: 0 })
  expect(engine.laneWait(bot).expectedMs).toBeLessThan(5 * SECOND)
  const nobodyKnows = { expectedMs: Number.POSITIVE_INFINITY, doneMs: Number.POSITIVE_INFINITY }
  const shut = { waiting: 30, oldestMs: 60 * SECOND, blockedReason: 'closed' }
  expect(engine.lanes().ava).toMatchObject({ ...shut, ...nobodyKnows })
  await engine.accept(viewers(1, 'open'))
  const open = engine.lanes().ava
  expect(open).not.toHaveProperty('blockedReason')
  expect([open?.expectedMs, open?.doneMs].every((ms) => ms !== undefined && ms < 5 * SECOND)).toBe(true)
})
