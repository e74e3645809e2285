import { afterEach, describe, expect, it } from 'vitest'
import { SECOND, sleep } from '../../src/clock.js'
import type { ChatText, ReplyTask, TaskId } from '../../src/domain.js'
import { seededRandom } from '../../src/random.js'
import type { WorkContext } from '../../src/reply-queue.js'
import { drawLatencyMs, USUAL_LATENCY } from '../../src/simulator/model-latency.js'
import { OutboxWorld } from '../chat/outbox-world.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture, jointLine } from './engine-fixture.js'

/*
 * Goal: what a lane says of when it is done is what then happens, and it comes down as time goes by. Method: raids are played
 * with the real queue and real outboxes against the built-in Twitch, on a clock moved by hand; each second the forecast is
 * written down, and in the end compared with when those who waited at that second really had their answers.
 */

interface RaidOrder {
  readonly bots: number
  readonly viewers: number
  readonly overMs: number
  readonly seed: number
  readonly isModerator?: boolean
}

/** What the lanes say at a moment: the one of them that takes longest. */
interface Look {
  readonly atMs: number
  readonly saidMs: number
  readonly trueMs: number
}

const LOGINS = ['ava', 'bob', 'cleo', 'dora', 'eve']
let world: OutboxWorld | undefined

afterEach(() => {
  world?.stop()
  world = undefined
})

/** Plays it, and returns what was said every second from when all have come. */
async function playRaid({ bots, viewers, overMs, seed, isModerator }: RaidOrder): Promise<Look[]> {
  const logins = LOGINS.slice(0, bots)
  const played = new OutboxWorld({ bots: logins, channels: ['mychannel'], latencyMs: 50 })
  world = played
  const { clock } = played
  await clock.advance(SECOND)
  for (const login of isModerator ? logins : [])
    played.twitch.room('mychannel').setRole(login, 'moderator', { isTold: true })
  const random = seededRandom(seed)
  const think = ({ signal }: WorkContext) => sleep(clock, drawLatencyMs(random, USUAL_LATENCY), signal)
  const { engine, settled } = engineFixture({
    clock,
    bots: logins,
    rules: { whenWaitOverMs: 15 * SECOND, maxViewers: 6 },
    sendForecast: (bot, channel, lines) => played.bot(bot).outbox.forecastMs(channel, lines),
    reply: (task, context) => think(context).then(() => task.id),
    joint: (shares, context) => think(context).then(() => jointLine(shares)),
    deliver: ({ bot, message }, line, context) =>
      played.bot(bot).outbox.send({ channel: message.channel, text: line as ChatText }, context),
  })
  const looks: { readonly atMs: number; readonly saidMs: number; readonly ids: TaskId[] }[] = []
  const startMs = clock.now()
  const arrivals = Array.from({ length: viewers }, () => random() * overMs).sort((a, b) => a - b)
  const open = new Map<TaskId, ReplyTask>()
  for (const [at, afterMs] of arrivals.entries()) {
    await clock.advance(Math.max(0, startMs + afterMs - clock.now()))
    const bot = logins[at % bots] ?? 'ava'
    const delayMs = SECOND * (1 + 2 * random())
    const task = replyTask({ bot, login: `viewer${at}`, arrivedAtMs: clock.now(), delayMs })
    open.set(task.id, task)
    await engine.accept([task])
  }
  while (settled.length < viewers) {
    for (const { task } of settled) open.delete(task.id)
    const busy = new Set([...open.values()].map((task) => task.bot))
    const saidMs = Math.max(...[...busy].map((bot) => engine.lanes()[bot]?.doneMs ?? Number.NaN))
    if (busy.size > 0) looks.push({ atMs: clock.now(), saidMs, ids: [...open.keys()] })
    await clock.advance(SECOND)
  }
  expect(played.twitch.ledger.breaches).toEqual([])
  const doneAtMs = new Map(settled.map(({ task, atMs }) => [task.id, atMs]))
  return looks.map(({ atMs, ids, saidMs }) => {
    const trueMs = Math.max(...ids.map((id) => doneAtMs.get(id) ?? Number.NaN)) - atMs
    return { atMs, saidMs, trueMs }
  })
}

/** Off by more than half and more than two seconds, of all that was said. */
function shareOfWrong(looks: readonly Look[]): number {
  const wrong = looks.filter(({ saidMs, trueMs }) => {
    const isFar = saidMs > 1.5 * trueMs || saidMs < trueMs / 1.5
    return isFar && Math.abs(saidMs - trueMs) > 2 * SECOND
  })
  return wrong.length / looks.length
}

/** How often it is from one second to the next no second less, by more than half and three seconds. */
function jumps(looks: readonly Look[]): number {
  return looks.slice(1).filter(({ saidMs }, place) => {
    const wantedMs = (looks[place]?.saidMs ?? 0) - SECOND
    return Math.abs(saidMs - wantedMs) > Math.max(3 * SECOND, wantedMs / 2)
  }).length
}

describe('what a lane says of when it is done', () => {
  const hundred = { viewers: 100, overMs: 8 * SECOND }
  it.each<[string, Omit<RaidOrder, 'seed'>]>([
    ['one bot', { bots: 1, ...hundred }],
    ['two bots', { bots: 2, ...hundred }],
    ['five bots', { bots: 5, ...hundred }],
    ['a moderator', { bots: 1, ...hundred, isModerator: true }],
    ['two bots that many want something of', { bots: 2, viewers: 400, overMs: 10 * SECOND }],
  ])('is what happens in a raid on %s', async (_what, order) => {
    for (const seed of [1, 2, 3]) {
      const looks = await playRaid({ ...order, seed })
      expect(looks.length).toBeGreaterThan(5)
      expect(shareOfWrong(looks)).toBeLessThan(0.2)
      expect(jumps(looks)).toBeLessThanOrEqual(1)
    }
  })

  it('is to the second what happens to an account that may send less than is made', async () => {
    const looks = await playRaid({ bots: 1, viewers: 300, overMs: SECOND, seed: 4 })
    const errors = looks.map(({ saidMs, trueMs }) => Math.abs(saidMs - trueMs)).sort((a, b) => a - b)
    expect(errors[Math.floor(errors.length * 0.8)]).toBeLessThan(SECOND)
  })

  it('is never sooner than a line can be made, however many are made at once', async () => {
    const { engine, settled, clock } = engineFixture({ bots: ['ava'], generateMs: 1.5 * SECOND })
    await engine.accept([replyTask()])
    const { doneMs = 0 } = engine.lanes().ava ?? {}
    await clock.advance(2 * SECOND)
    expect(settled.map(({ atMs }) => atMs)).toEqual([doneMs])
  })

  it('is that nobody knows, and why, while the model is away', async () => {
    let away: { readonly reason: string; readonly sinceMs: number } | undefined
    const model = { away: () => away, servedAtMs: () => 0 }
    const { engine } = engineFixture({ bots: ['ava'], model })
    await engine.accept([replyTask({ login: 'ann' }), replyTask({ login: 'bob' })])
    expect(engine.lanes().ava).not.toHaveProperty('blockedReason')
    away = { reason: 'the model is away', sinceMs: 0 }
    const never = Number.POSITIVE_INFINITY
    expect(engine.lanes().ava).toMatchObject({ doneMs: never, expectedMs: never, blockedReason: away.reason })
  })
})
