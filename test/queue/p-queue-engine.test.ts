import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND, sleep } from '../../src/clock.js'
import type { Outcome, ReplyTask } from '../../src/domain.js'
import { ChorusError } from '../../src/errors.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture } from './engine-fixture.js'

const SENT: Outcome = { kind: 'sent' }
const never = () => new Promise<Outcome>(() => {})
const many = (count: number, parts: Parameters<typeof replyTask>[0]) =>
  Array.from({ length: count }, () => replyTask(parts))

describe('a reply in the queue', () => {
  it('takes the longer of what is left of its pause and the model, because both run together', async () => {
    const { engine, clock, settled } = engineFixture({ generateMs: 1200 })
    await engine.accept([replyTask({ delayMs: 2500 }), replyTask({ bot: 'bob', delayMs: 400 })])
    await clock.advance(10 * SECOND)
    expect(settled.map(({ task, atMs }) => [task.bot, atMs])).toEqual([
      ['bob', 1200],
      ['ava', 2500],
    ])
  })

  it('waits no more when it has already waited longer than its pause', async () => {
    const { engine, clock, settled } = engineFixture({ generateMs: 100 })
    await clock.advance(10 * SECOND)
    await engine.accept([replyTask({ arrivedAtMs: 0, delayMs: 3000 })])
    await clock.advance(100)
    expect(settled).toHaveLength(1)
  })

  it('pauses first when nobody else delivers, so that a handler which sends by itself is not too early', async () => {
    const calls: number[] = []
    const { engine, clock } = engineFixture({
      deliver: 'none',
      reply: async () => {
        calls.push(clock.now())
        return 'hi'
      },
    })
    await engine.accept([replyTask({ delayMs: 2000 })])
    await clock.advance(5 * SECOND)
    expect(calls).toEqual([2000])
  })

  it('is taken once, however often it is accepted', async () => {
    const { engine, clock, settled } = engineFixture()
    const task = replyTask()
    await engine.accept([task, task])
    await engine.accept([task])
    await clock.advance(SECOND)
    expect(settled).toHaveLength(1)
  })

  it('holds no slot while its line waits to be sent', async () => {
    const { engine, clock, started } = engineFixture({ deliver: never, limits: { global: 1, perBot: 1 } })
    await engine.accept([replyTask({ channel: 'one' }), replyTask({ channel: 'two' })])
    await clock.advance(SECOND)
    expect(started).toHaveLength(2)
    expect(engine.metrics().global).toEqual({ size: 2, pending: 0 })
  })

  it('does not start for a channel where two lines are ready, and another channel goes on', async () => {
    const { engine, clock, started } = engineFixture({ deliver: never, limits: { global: 5, perBot: 1 } })
    await engine.accept([...many(5, { channel: 'one' }), replyTask({ channel: 'two' })])
    await clock.advance(SECOND)
    expect(started.map((task) => task.message.channel)).toEqual(['one', 'one', 'two'])
  })

  it('starts when its bot is no longer blocked', async () => {
    let blocked: string | undefined = 'parked'
    const { engine, clock, settled } = engineFixture({ blocked: () => blocked })
    await engine.accept([replyTask()])
    await clock.advance(MINUTE)
    expect(settled).toHaveLength(0)
    blocked = undefined
    engine.refresh()
    await clock.advance(SECOND)
    expect(settled).toHaveLength(1)
  })
})

it.each([undefined, null, ['#channel', 'hi'], 'ok'])(
  'a delivery that resolves to %j was sent',
  async (said) => {
    const { engine, clock, settled } = engineFixture({ deliver: async () => said })
    await engine.accept([replyTask()])
    await clock.advance(SECOND)
    expect(settled.map(({ outcome }) => outcome)).toEqual([SENT])
  },
)

it('replies for a bot without a lane are refused, and those accepted with them, too', async () => {
  const { engine } = engineFixture({ bots: ['ava'] })
  await expect(engine.accept([replyTask(), replyTask({ bot: 'nobody' })])).rejects.toThrow('nobody')
  expect(engine.metrics().global).toEqual({ size: 0, pending: 0 })
})

describe('order', () => {
  it('lets a mention overtake chatter, and chatter overtake a mention that came half a minute later', async () => {
    const { engine, clock, started } = engineFixture({ generateMs: SECOND, limits: { global: 1, perBot: 1 } })
    const first = replyTask()
    const chatter = replyTask({ cause: 'chance', arrivedAtMs: 0 })
    const mention = replyTask({ arrivedAtMs: 29 * SECOND })
    const late = replyTask({ arrivedAtMs: 31 * SECOND })
    await engine.accept([first, chatter, late, mention])
    await clock.advance(10 * SECOND)
    expect(started).toEqual([first, mention, chatter, late])
  })

  it('keeps the order of arrival among equals', async () => {
    const { engine, clock, started } = engineFixture({ generateMs: 10, limits: { global: 1, perBot: 1 } })
    const tasks = many(30, {})
    await engine.accept(tasks)
    await clock.advance(SECOND)
    expect(started).toEqual(tasks)
  })

  it('delays the first answer of another bot by no more than one task behind fifty waiting mentions', async () => {
    const { engine, clock, settled } = engineFixture({ generateMs: 2 * SECOND })
    await engine.accept(many(50, { bot: 'ava' }))
    await clock.advance(100)
    const other = replyTask({ bot: 'bob', arrivedAtMs: 100 })
    await engine.accept([other])
    await clock.advance(4 * SECOND)
    expect(settled.find(({ task }) => task === other)?.atMs).toBe(100 + 2 * SECOND)
  })
})

describe('a failure', () => {
  const failing = (error: unknown, times = Number.POSITIVE_INFINITY) => {
    let failures = 0
    return async () => {
      if (failures++ < times) throw error
      return 'hi'
    }
  }

  it('frees the slot at once and is tried again after a pause that doubles', async () => {
    const tries: number[] = []
    const { engine, clock, events } = engineFixture({
      reply: failing(new Error('no'), 3),
      random: () => 0.999999,
    })
    events.on('reply:started', () => tries.push(Math.round(clock.now() / SECOND)))
    await engine.accept([replyTask()])
    await clock.advance(30 * SECOND)
    expect(tries).toEqual([0, 1, 3, 7])
  })

  it('ends as dead when all attempts are spent, with the reason', async () => {
    const { engine, clock, settled } = engineFixture({
      reply: failing(new ChorusError('model-empty', 'said nothing')),
    })
    await engine.accept([replyTask()])
    await clock.advance(5 * MINUTE)
    expect(settled.map(({ outcome }) => outcome)).toEqual([
      { kind: 'dead', code: 'model-empty', reason: 'said nothing' },
    ])
  })

  it('ends as dead at once when trying again is pointless', async () => {
    const { engine, clock, started } = engineFixture({
      reply: failing(new ChorusError('model-refused-prompt', 'no')),
    })
    await engine.accept([replyTask()])
    await clock.advance(5 * MINUTE)
    expect(started).toHaveLength(1)
  })

  it('of the model’s server costs no attempt: an outage of ten minutes loses no reply', async () => {
    const outage = { isOver: false }
    const { engine, clock, settled } = engineFixture({
      reply: async () => {
        if (outage.isOver) return 'hi'
        throw new ChorusError('model-unreachable', 'connection refused')
      },
    })
    await engine.accept(many(100, {}))
    await clock.advance(10 * MINUTE)
    outage.isOver = true
    await clock.advance(2 * MINUTE)
    expect(settled.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 100 }, () => SENT))
  })

  it('of an outage is forgotten once the model serves again, however long the lane then is', async () => {
    const { engine, clock, settled } = engineFixture({
      answerWithinMs: 300 * SECOND,
      reply: async (_task, { signal }) => {
        if (clock.now() < MINUTE) throw new ChorusError('model-unreachable', 'connection refused')
        await sleep(clock, 5 * SECOND, signal)
        return 'hi'
      },
    })
    await engine.accept(many(400, {}))
    await clock.advance(30 * MINUTE)
    expect(settled.filter(({ outcome }) => outcome.kind === 'sent')).toHaveLength(400)
  })

  it('counts when the model serves others meanwhile: a line it can’t answer does not try for ever', async () => {
    const hopeless = replyTask({ login: 'cursed' })
    const { engine, clock, settled } = engineFixture({
      generateMs: 0,
      reply: async (task) => {
        if (task === hopeless) throw new ChorusError('model-timeout', 'no answer')
        return 'hi'
      },
    })
    await engine.accept([hopeless])
    for (let i = 0; i < 60; i++) {
      await engine.accept([replyTask({ arrivedAtMs: clock.now() })])
      await clock.advance(10 * SECOND)
    }
    expect(settled.find(({ task }) => task === hopeless)?.outcome).toMatchObject({
      kind: 'dead',
      code: 'model-timeout',
    })
  })

  it('may be anything that can be thrown', async () => {
    for (const odd of [
      undefined,
      null,
      'text',
      Object.create(null),
      {
        toString: () => {
          throw new Error('no')
        },
      },
    ]) {
      const { engine, clock, settled } = engineFixture({ reply: () => Promise.reject(odd) })
      await engine.accept([replyTask()])
      await clock.advance(5 * MINUTE)
      expect(settled.map(({ outcome }) => outcome.kind)).toEqual(['dead'])
    }
  })

  it('that asks for an hour’s wait gets no more than the cap', async () => {
    const error = new ChorusError('model-rate-limited', 'slow down', { retryAfterMs: 3600 * SECOND })
    const { engine, clock, settled } = engineFixture({ reply: failing(error, 1) })
    await engine.accept([replyTask()])
    await clock.advance(59 * SECOND)
    expect(settled).toHaveLength(0)
    await clock.advance(2 * SECOND)
    expect(settled).toHaveLength(1)
  })

  it('of the delivery goes through the same rules', async () => {
    let calls = 0
    const { engine, clock, settled } = engineFixture({
      deliver: async () => {
        if (++calls < 3) throw new Error('no line')
        return SENT
      },
    })
    await engine.accept([replyTask()])
    await clock.advance(MINUTE)
    expect(settled).toHaveLength(1)
    expect(calls).toBe(3)
  })

  it('ends the pause: it leaves no timer behind but its retry', async () => {
    const { engine, clock } = engineFixture({ reply: failing(new Error('no'), 1) })
    await engine.accept([replyTask({ delayMs: 8 * SECOND })])
    await clock.advance(0)
    // The retry and the look for replies that can't be served.
    expect(clock.pendingTimers).toBe(2)
  })
})

describe('expiry', () => {
  it('ends what a parked bot could not serve in time, and only that', async () => {
    const { engine, clock, settled } = engineFixture({
      generateMs: SECOND,
      answerWithinMs: 60 * SECOND,
      blocked: (bot) => (bot === 'ava' ? 'login refused' : undefined),
    })
    await engine.accept([replyTask({ bot: 'ava' }), ...many(200, { bot: 'bob' })])
    await clock.advance(5 * MINUTE)
    expect(settled.filter(({ outcome }) => outcome.kind === 'expired').map(({ task }) => task.bot)).toEqual([
      'ava',
    ])
    expect(settled.filter(({ outcome }) => outcome.kind === 'sent')).toHaveLength(200)
  })

  it('takes a line back that was ready when its bot was parked', async () => {
    const aborted: unknown[] = []
    const { engine, clock, settled } = engineFixture({
      answerWithinMs: 60 * SECOND,
      blocked: () => (clock.now() > SECOND ? 'parked' : undefined),
      deliver: (_task, _line, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(signal.reason)
            reject(signal.reason)
          })
        }),
    })
    await engine.accept([replyTask()])
    await clock.advance(2 * MINUTE)
    expect(settled.map(({ outcome }) => outcome.kind)).toEqual(['expired'])
    expect(aborted).toHaveLength(1)
  })

  it('is not undone by a delivery that ends after it', async () => {
    let deliver = (_outcome: Outcome) => {}
    const { engine, clock, settled } = engineFixture({
      answerWithinMs: 60 * SECOND,
      blocked: () => (clock.now() > SECOND ? 'parked' : undefined),
      deliver: () =>
        new Promise<Outcome>((resolve) => {
          deliver = resolve
        }),
    })
    await engine.accept([replyTask()])
    await clock.advance(2 * MINUTE)
    deliver(SENT)
    await clock.advance(SECOND)
    expect(settled.map(({ outcome }) => outcome.kind)).toEqual(['expired'])
    expect(engine.metrics().global).toEqual({ size: 0, pending: 0 })
  })

  it('starts anew after a bot was parked for a while: a long lane alone expires nothing', async () => {
    const { engine, clock, settled } = engineFixture({
      generateMs: 2 * SECOND,
      answerWithinMs: 60 * SECOND,
      blocked: () => (clock.now() < 40 * SECOND ? 'parked' : undefined),
    })
    await engine.accept(many(200, {}))
    await clock.advance(40 * SECOND)
    engine.refresh()
    await clock.advance(10 * MINUTE)
    expect(settled.filter(({ outcome }) => outcome.kind === 'sent')).toHaveLength(200)
  })

  it('does not come for a model that answers now and then', async () => {
    let calls = 0
    const { engine, clock, settled } = engineFixture({
      answerWithinMs: 60 * SECOND,
      retry: { attempts: 6, baseMs: SECOND, maxMs: 2 * SECOND },
      limits: { global: 1, perBot: 1 },
      generateMs: 0,
      reply: async () => {
        if (++calls % 2 === 1) throw new ChorusError('model-timeout', 'slow')
        return 'hi'
      },
    })
    await engine.accept(many(40, {}))
    await clock.advance(5 * MINUTE)
    expect(settled.every(({ outcome }) => outcome.kind === 'sent')).toBe(true)
    expect(settled).toHaveLength(40)
  })
})

describe('the backlog', () => {
  it('is reported once per episode, with its end', async () => {
    const { engine, clock, events } = engineFixture({ generateMs: SECOND })
    const told: string[] = []
    events.on('backlog:raised', ({ size }) => told.push(`raised at ${size}`))
    events.on('backlog:cleared', ({ size, peak }) => told.push(`cleared at ${size} after ${peak}`))
    await engine.accept(many(30, {}))
    await clock.advance(MINUTE)
    await engine.accept(many(20, {}))
    await clock.advance(MINUTE)
    expect(told).toEqual(['raised at 21', 'cleared at 10 after 30'])
  })
})

describe('a graceful stop', () => {
  it('resolves when everything accepted before it has its outcome, and takes nothing new', async () => {
    const { engine, clock } = engineFixture({ generateMs: SECOND })
    await engine.accept(many(7, {}))
    await clock.advance(1500)
    const report = engine.drain()
    await expect(engine.accept([replyTask()])).rejects.toMatchObject({ code: 'stopping' })
    await clock.advance(MINUTE)
    expect(await report).toEqual({ done: 5, left: 0 })
  })

  it('does not wait for a parked bot', async () => {
    const { engine, clock } = engineFixture({ blocked: (bot) => (bot === 'ava' ? 'parked' : undefined) })
    await engine.accept([replyTask({ bot: 'ava' }), replyTask({ bot: 'bob' })])
    const report = engine.drain()
    await clock.advance(10)
    expect(await report).toEqual({ done: 1, left: 1 })
  })

  it('does not wait for a model that has been away for a minute', async () => {
    const { engine, clock } = engineFixture({
      reply: async () => {
        throw new ChorusError('model-unreachable', 'away')
      },
    })
    await engine.accept([replyTask()])
    const report = engine.drain()
    let isOver = false
    void report.then(() => {
      isOver = true
    })
    await clock.advance(58 * SECOND)
    expect(isOver).toBe(false)
    await clock.advance(5 * SECOND)
    expect(await report).toEqual({ done: 0, left: 1 })
  })

  it('ends at its deadline with what is left', async () => {
    const { engine, clock } = engineFixture({ generateMs: MINUTE })
    await engine.accept(many(3, {}))
    const report = engine.drain({ deadlineMs: 8 * SECOND })
    await clock.advance(8 * SECOND)
    expect(await report).toEqual({ done: 0, left: 3 })
  })

  it('keeps to the shortest deadline, whoever asks for it and when', async () => {
    const { engine, clock } = engineFixture({ generateMs: MINUTE })
    await engine.accept(many(3, {}))
    const report = engine.drain()
    await clock.advance(5 * SECOND)
    void engine.drain({ deadlineMs: 8 * SECOND })
    void engine.drain({ deadlineMs: 30 * SECOND })
    await clock.advance(8 * SECOND)
    expect(await report).toEqual({ done: 0, left: 3 })
  })

  it('waits for a lane that works again after an outage', async () => {
    const { engine, clock } = engineFixture({
      reply: async (_task, { signal }) => {
        if (clock.now() < 2 * MINUTE) throw new ChorusError('model-unreachable', 'away')
        await sleep(clock, SECOND, signal)
        return 'hi'
      },
    })
    await engine.accept(many(200, {}))
    await clock.advance(2 * MINUTE + 50 * SECOND)
    const before = engine.metrics().global
    expect(before.size + before.pending).toBeGreaterThan(0)
    const report = engine.drain()
    await clock.advance(10 * MINUTE)
    expect((await report).left).toBe(0)
  })

  it('is the same for everyone who asks, and a stop ends it', async () => {
    const { engine, clock } = engineFixture({ generateMs: MINUTE })
    await engine.accept(many(3, {}))
    const reports = [engine.drain(), engine.drain()]
    await clock.advance(SECOND)
    await Promise.all([engine.stop(), engine.stop()])
    expect(await Promise.all(reports)).toEqual([
      { done: 0, left: 3 },
      { done: 0, left: 3 },
    ])
  })
})

describe('a stop', () => {
  it('cancels all that is pending, whatever state it is in, and leaves no timer and no count', async () => {
    const signals: AbortSignal[] = []
    const { engine, clock, settled } = engineFixture({
      bots: ['ava', 'bob', 'cleo'],
      reply: (task: ReplyTask, { signal }) => {
        signals.push(signal)
        if (task.bot === 'ava') return new Promise(() => {})
        if (task.bot === 'bob') return Promise.reject(new Error('no'))
        return Promise.resolve('hi')
      },
      deliver: never,
    })
    await engine.accept([
      ...many(5, { bot: 'ava', delayMs: 8000 }),
      replyTask({ bot: 'bob' }),
      replyTask({ bot: 'cleo' }),
    ])
    await clock.advance(10)
    expect(engine.metrics().bots).toEqual({
      ava: { size: 3, pending: 2 },
      bob: { size: 1, pending: 0 },
      cleo: { size: 1, pending: 0 },
    })
    await engine.stop()
    expect(engine.metrics().global).toEqual({ size: 0, pending: 0 })
    expect(signals.every((signal) => signal.aborted)).toBe(true)
    expect(clock.pendingTimers).toBe(0)
    await clock.advance(MINUTE)
    expect(settled).toEqual([])
  })
})
