import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import { toBots } from '../../src/config-schema.js'
import { type ChatMessage, toBotLogin, toTaskId } from '../../src/domain.js'
import { seededRandom } from '../../src/random.js'
import { MessageRouter } from '../../src/router/message-router.js'
import { Orchestrator } from '../../src/routing/orchestrator.js'
import { chatMessage } from '../support/chat-message.js'
import { ManualClock } from '../support/manual-clock.js'
import { routerFixture } from './router-fixture.js'

describe('the router', () => {
  it('answers three viewers who ask within 200 ms, all of them', async () => {
    const { clock, answered, hear } = routerFixture()
    for (const login of ['ann', 'ben', 'cat']) {
      await hear('@ava who are you?', login)
      await clock.advance(100)
    }
    await clock.advance(10 * SECOND)
    expect(answered.map(({ task }) => task.message.login).sort()).toEqual(['ann', 'ben', 'cat'])
  })

  it('takes a message that does not say when it came for one that has come now', async () => {
    const { clock, answered, router } = routerFixture()
    await clock.advance(SECOND)
    const { arrivedAtMs: _, ...message } = chatMessage('@ava hello')
    await router.handleIncomingMessage(message as ChatMessage)
    await clock.advance(10 * SECOND)
    expect(answered.map(({ task }) => task.message.arrivedAtMs)).toEqual([SECOND])
  })

  it('lets five bots that one line mentions answer within about the longest pause', async () => {
    const logins = ['a1', 'a2', 'a3', 'a4', 'a5']
    const { clock, answered, hear } = routerFixture({ logins })
    await hear(logins.map((login) => `@${login}`).join(' '))
    await clock.advance(3100)
    expect(answered.map(({ task }) => task.bot).sort()).toEqual(logins)
  })

  it('answers five questions to one bot, all of them', async () => {
    const { clock, answered, hear } = routerFixture()
    for (let i = 0; i < 5; i++) await hear(`@ava question ${i}`)
    await clock.advance(10 * SECOND)
    expect(answered).toHaveLength(5)
  })

  it('says what waits and what is worked on, by the names of the configuration', async () => {
    const { router, clock, hear } = routerFixture()
    for (let i = 0; i < 4; i++) await hear('@genejacqueman hello')
    await clock.advance(1)
    expect(router.getQueueMetrics()).toEqual({
      global: { size: 2, pending: 2 },
      bots: { ava: { size: 0, pending: 0 }, geneJacqueman: { size: 2, pending: 2 } },
    })
  })

  it('answers a message once, however many connections hear it', async () => {
    const { clock, answered, hear } = routerFixture()
    await hear('@ava hi', 'ann', 'same')
    expect(await hear('@ava hi', 'ann', 'same')).toEqual([{ kind: 'silence', reason: 'duplicate' }])
    await clock.advance(10 * SECOND)
    expect(answered).toHaveLength(1)
  })

  it('answers the original of a shared-chat line also when a copy of it is heard first, and the copy never', async () => {
    const { router, clock, answered } = routerFixture()
    const parts = { id: 'shared', arrivedAtMs: clock.now() }
    const copy = chatMessage('@ava hi', { ...parts, channel: 'other', isMirrored: true })
    expect(await router.handleIncomingMessage(copy)).toEqual([{ kind: 'silence', reason: 'mirrored' }])
    await router.handleIncomingMessage(chatMessage('@ava hi', parts))
    await router.handleIncomingMessage(copy)
    await clock.advance(10 * SECOND)
    expect(answered.map(({ task }) => task.message.channel)).toEqual(['mychannel'])
  })

  it('tells its decisions, silence too', async () => {
    const { router, hear } = routerFixture()
    const told: unknown[] = []
    router.events.on('message:decided', ({ decisions }) => told.push(...decisions))
    const decisions = await hear('just chatting')
    expect(decisions).toMatchObject([{ kind: 'silence', reason: 'not-drawn' }])
    expect(told).toEqual(decisions)
  })

  it('never rejects: a fault inside is an error event, and the next line is answered', async () => {
    const { router, clock, answered, hear } = routerFixture()
    const errors: unknown[] = []
    router.events.on('error', ({ error }) => errors.push(error))
    router.events.on('message:received', () => {
      throw new Error('a listener of mine')
    })
    await hear('@ava hi')
    await router.handleIncomingMessage(null as never)
    await clock.advance(10 * SECOND)
    expect(errors).toHaveLength(2)
    expect(answered).toHaveLength(1)
  })

  it('takes nothing new after a graceful stop, and says so', async () => {
    const { router, clock, answered, hear } = routerFixture()
    await hear('@ava hi')
    expect(router.getStatus().state).toBe('running')
    const report = router.gracefulStop()
    expect(await hear('@ava one more')).toEqual([{ kind: 'silence', reason: 'draining' }])
    expect(router.getStatus().state).toBe('draining')
    await clock.advance(10 * SECOND)
    expect(await report).toEqual({ done: 1, left: 0 })
    expect(router.getStatus().state).toBe('stopped')
    expect(answered).toHaveLength(1)
  })

  it('says nothing more once a graceful stop has reported what is left', async () => {
    const { router, clock, answered, hear } = routerFixture()
    for (let i = 0; i < 20; i++) await hear('@ava hi')
    const report = router.gracefulStop({ deadlineMs: 5 * SECOND })
    await clock.advance(5 * SECOND)
    const { done, left } = await report
    expect(done + left).toBe(20)
    expect(left).toBeGreaterThan(0)
    await clock.advance(10 * MINUTE)
    expect(answered).toHaveLength(done)
    expect(clock.pendingTimers).toBe(0)
  })

  it('knows its bots in any case, whoever writes their names', async () => {
    const clock = new ManualClock()
    const answered: string[] = []
    const router = new MessageRouter({
      bots: toBots([{ login: 'Ava' }, { login: 'bob' }]),
      orchestrator: new Orchestrator({
        bots: toBots([{ login: 'BOB' }, { login: 'ava' }]),
        random: seededRandom(1),
      }),
      reply: async () => 'hi',
      deliver: async (task) => {
        answered.push(task.bot)
      },
      clock,
    })
    await router.handleIncomingMessage(chatMessage('@bob @AVA hello'))
    await clock.advance(10 * SECOND)
    expect(answered.sort()).toEqual(['Ava', 'bob'])
  })

  it('can be stopped twice, and together with a graceful stop', async () => {
    const { router, clock, hear } = routerFixture()
    for (let i = 0; i < 5; i++) await hear('@ava hi')
    await clock.advance(100)
    const report = router.gracefulStop({ deadlineMs: MINUTE })
    await Promise.all([router.stop(), router.stop()])
    expect(await report).toEqual({ done: 0, left: 5 })
    expect(router.getQueueMetrics().global).toEqual({ size: 0, pending: 0 })
    expect(await hear('@ava hi')).toEqual([{ kind: 'silence', reason: 'stopped' }])
  })

  it('lets a chance reply yield to mentions that wait, or would wait, for longer than 5 s in the lane of its bot', async () => {
    const waits = { ava: { expectedMs: 0, oldestMs: 0 } }
    const { hear } = routerFixture({ logins: ['Ava'], chance: 1, laneWait: () => waits.ava })
    const reasonOf = async () => (await hear('nice play'))[0]
    expect(await reasonOf()).toMatchObject({ kind: 'reply', cause: 'chance' })
    waits.ava = { expectedMs: 6000, oldestMs: 0 }
    expect(await reasonOf()).toMatchObject({ reason: 'yielded', bot: 'Ava', waitMs: 6000 })
    waits.ava = { expectedMs: 0, oldestMs: 7000 }
    expect(await reasonOf()).toMatchObject({ reason: 'yielded', bot: 'Ava', waitMs: 7000 })
    expect(await hear('@ava hi')).toMatchObject([{ kind: 'reply', cause: 'mention' }])
  })

  it('asks for the wait by the name of the configuration, whatever the decider calls the bot', async () => {
    const asked: string[] = []
    const orchestrator = new Orchestrator({
      bots: toBots([{ login: 'AVA' }]),
      random: seededRandom(1),
      replies: { chance: 1 },
    })
    const laneWait = (bot: string) => {
      asked.push(bot)
      return { expectedMs: 9000, oldestMs: 0 }
    }
    const { hear } = routerFixture({ logins: ['ava'], orchestrator, laneWait })
    expect(await hear('nice play')).toMatchObject([{ reason: 'yielded' }])
    expect(asked).toEqual(['ava'])
  })

  it('takes a decider of somebody’s own, which knows nothing of waits', async () => {
    const bot = toBotLogin('ava')
    const { clock, answered, hear } = routerFixture({
      orchestrator: {
        decide: ({ id }) => [{ kind: 'reply', task: toTaskId(bot, id), bot, cause: 'chance', delayMs: 0 }],
      },
      laneWait: () => ({ expectedMs: MINUTE, oldestMs: MINUTE }),
    })
    expect(await hear('nice play')).toMatchObject([{ kind: 'reply', cause: 'chance' }])
    await clock.advance(10 * SECOND)
    expect(answered).toHaveLength(1)
  })

  it('that is given one function only, calls it after the pause to make and say the line', async () => {
    const said: number[] = []
    const clock = new ManualClock()
    const bots = toBots([{ login: 'ava' }])
    const router = new MessageRouter<void>({
      bots,
      orchestrator: new Orchestrator({ bots, random: seededRandom(1) }),
      reply: async () => {
        said.push(clock.now())
      },
      clock,
      random: seededRandom(1),
    })
    await router.handleIncomingMessage(chatMessage('@ava hi'))
    await clock.advance(10 * SECOND)
    expect(said).toHaveLength(1)
    expect(said[0]).toBeGreaterThanOrEqual(1000)
  })
})
