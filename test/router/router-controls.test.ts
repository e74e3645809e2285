import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND, sleep } from '../../src/clock.js'
import { NO_JOURNAL } from '../../src/queue/no-journal.js'
import type { ReplyRecord } from '../../src/reply-journal.js'
import { replyTask } from '../support/reply-task.js'
import { routerFixture } from './router-fixture.js'

describe('a muted bot', () => {
  it('says nothing, and answers what it was asked meanwhile as soon as it may', async () => {
    const { router, clock, answered, hear } = routerFixture()
    router.mute('AVA')
    expect(await hear('@ava hi')).toMatchObject([{ kind: 'reply', bot: 'ava', cause: 'mention' }])
    await hear('@genejacqueman hi')
    await clock.advance(10 * SECOND)
    expect(answered.map(({ task }) => task.bot)).toEqual(['geneJacqueman'])
    expect(router.getQueueMetrics().bots.ava).toEqual({ size: 1, pending: 0 })
    router.unmute('ava')
    await clock.advance(10 * SECOND)
    expect(answered.map(({ task }) => task.bot)).toEqual(['geneJacqueman', 'ava'])
  })

  it('has its lane say why it does not get on, and that nobody knows for how long', async () => {
    const { router, clock, hear } = routerFixture()
    router.mute('ava')
    const never = Number.POSITIVE_INFINITY
    const blockedReason = 'It is muted until it is unmuted.'
    expect(router.getStatus().lanes.ava).toMatchObject({ expectedMs: never, doneMs: 0, blockedReason })
    expect(router.getStatus().lanes.geneJacqueman).not.toHaveProperty('blockedReason')
    await hear('@ava hi')
    expect(router.getStatus().lanes.ava).toMatchObject({ expectedMs: never, doneMs: never, blockedReason })
    router.unmute('ava')
    await clock.advance(0)
    expect(router.getStatus().lanes.ava).not.toHaveProperty('blockedReason')
    expect(router.getStatus().lanes.ava?.doneMs).toBeLessThan(5 * SECOND)
  })

  it('goes on by itself when its minutes are over', async () => {
    const { router, clock, answered, hear } = routerFixture()
    router.mute('ava', 2)
    await hear('@ava hi')
    await clock.advance(2 * MINUTE - 1)
    expect(answered).toEqual([])
    await clock.advance(SECOND)
    expect(answered).toMatchObject([{ task: { bot: 'ava' } }])
  })

  it('says nothing of what was being made when it was muted, either', async () => {
    const { router, clock, answered, hear } = routerFixture()
    await hear('@ava hi')
    await clock.advance(1)
    expect(router.getQueueMetrics().bots.ava).toMatchObject({ pending: 1 })
    router.mute('ava')
    await clock.advance(MINUTE)
    expect(answered).toEqual([])
    router.unmute('ava')
    await clock.advance(1)
    expect(answered).toHaveLength(1)
  })

  it('says nothing of what an earlier run has left, either, until it may', async () => {
    const task = replyTask({ bot: 'ava' })
    const left: ReplyRecord = {
      ...{ task, attempts: 0, crashes: 0, unservedSinceMs: undefined },
      progress: { kind: 'ready', line: 'made before' },
    }
    const journal = { ...NO_JOURNAL, restore: (take: (records: ReplyRecord[]) => void) => take([left]) }
    const { router, clock, answered } = routerFixture({ journal })
    router.mute('ava')
    expect(router.restore()).toBe(1)
    await clock.advance(MINUTE)
    expect(answered).toEqual([])
    router.unmute('ava')
    await clock.advance(10 * SECOND)
    expect(answered).toMatchObject([{ task: { id: task.id } }])
  })

  it('leaves what nobody waits for any longer expired, with the mute as the reason', async () => {
    const { router, clock, answered, hear } = routerFixture()
    const outcomes: unknown[] = []
    router.events.on('reply:settled', ({ outcome }) => outcomes.push(outcome))
    router.mute('ava')
    await hear('@ava hi')
    await clock.advance(16 * MINUTE)
    expect(outcomes).toEqual([{ kind: 'expired', reason: expect.stringContaining('muted') }])
    router.unmute('ava')
    await clock.advance(MINUTE)
    expect(answered).toEqual([])
  })

  it('is not waited for by a graceful stop', async () => {
    const { router, clock, hear } = routerFixture()
    router.mute('ava', 60)
    await hear('@ava hi')
    await clock.advance(SECOND)
    expect(await router.gracefulStop()).toEqual({ done: 0, left: 1 })
    expect(clock.pendingTimers).toBe(0)
  })

  it('is not drawn: another one is, or nobody', async () => {
    const { router, hear } = routerFixture({ chance: 1 })
    router.mute('ava')
    for (let i = 0; i < 30; i++) expect(await hear('nice')).toMatchObject([{ bot: 'geneJacqueman' }])
    router.mute('geneJacqueman')
    expect(await hear('nice')).toMatchObject([{ kind: 'silence', reason: 'no-talker' }])
  })

  it('is told of, with the reason that whoever says lines shows', async () => {
    const { router } = routerFixture()
    const told: unknown[] = []
    router.events.on('controls:changed', (event) => told.push(event))
    router.mute('Ava', 5)
    const [muted] = router.controls.muted
    expect(muted).toMatchObject({ bot: 'ava', leftMs: 5 * MINUTE })
    expect(router.mutedReason('AVA' as never)).toBe(muted?.reason)
    expect(told).toEqual([router.controls])
  })

  it('that is none is a RangeError', () => {
    const { router } = routerFixture()
    expect(() => router.mute('bob')).toThrow(
      new RangeError('no bot is called "bob": there are ava, geneJacqueman'),
    )
    expect(() => router.unmute('bob')).toThrow(RangeError)
  })

  it('does nothing to a reply that was made by one function alone and is being said', async () => {
    const said: string[] = []
    const { router, clock, hear } = routerFixture({
      reply: async (task, { signal }) => {
        await sleep(clock, 500, signal)
        said.push(task.id)
        return ''
      },
      deliver: undefined as never,
    })
    await hear('@ava hi')
    await clock.advance(1)
    router.mute('ava')
    await clock.advance(10 * SECOND)
    expect(said).toHaveLength(1)
  })
})

describe('chance replies', () => {
  it('are drawn and left out in calm, and mentions are not', async () => {
    const { router, hear } = routerFixture({ chance: 1 })
    router.calm(true)
    expect(await hear('nice')).toEqual([{ kind: 'silence', reason: 'calm', draw: expect.any(Number) }])
    expect(await hear('@ava hi')).toMatchObject([{ kind: 'reply', cause: 'mention' }])
    router.calm(false)
    expect(await hear('nice')).toMatchObject([{ kind: 'reply', cause: 'chance' }])
  })

  it('are drawn and left out while they are paused', async () => {
    const { router, hear } = routerFixture({ chance: 1 })
    router.pauseChance(true)
    expect(await hear('nice')).toEqual([{ kind: 'silence', reason: 'paused', draw: expect.any(Number) }])
    expect(await hear('@ava hi')).toMatchObject([{ kind: 'reply', cause: 'mention' }])
    router.pauseChance(false)
    expect(await hear('nice')).toMatchObject([{ kind: 'reply', cause: 'chance' }])
  })

  it('come with the chance that was set, until the configured one is brought back', async () => {
    const { router, hear } = routerFixture({ chance: 0 })
    router.setChance(1)
    expect(await hear('nice')).toMatchObject([{ kind: 'reply', cause: 'chance' }])
    router.setChance(undefined)
    expect(await hear('nice')).toMatchObject([{ kind: 'silence', reason: 'not-drawn' }])
    expect(() => router.setChance(25)).toThrow(RangeError)
  })
})

describe('a queue that joins replies', () => {
  it('is told of calm, and to look again whenever something was turned', () => {
    const calls: string[] = []
    const { router } = routerFixture({ laneWait: () => ({ expectedMs: 0, oldestMs: 0 }), calls })
    calls.length = 0
    router.calm(true)
    router.mute('ava')
    router.calm(false)
    expect(calls).toEqual(['calm true', 'refresh', 'calm true', 'refresh', 'calm false', 'refresh'])
  })
})

describe('a reply that is owed', () => {
  it('is listed until it has its outcome, the first accepted in front', async () => {
    const { router, clock, hear } = routerFixture()
    for (const login of ['ann', 'ben', 'cat']) await hear('@ava hi', login)
    await clock.advance(1)
    const seen = (most: number) => router.owed(most).map(({ task, state }) => [task.message.login, state])
    expect(seen(9)).toEqual([
      ['ann', 'working'],
      ['ben', 'working'],
      ['cat', 'waiting'],
    ])
    expect(seen(1)).toEqual([['ann', 'working']])
    expect(router.owedCount).toBe(3)
    await clock.advance(MINUTE)
    expect([router.owed(9), router.owedCount]).toEqual([[], 0])
  })

  it('is never said when it is skipped, in whatever state, and the others are', async () => {
    const { router, clock, answered, hear } = routerFixture()
    const outcomes: unknown[] = []
    router.events.on('reply:settled', ({ task, outcome }) => {
      if (outcome.kind !== 'sent') outcomes.push([task.message.login, outcome])
    })
    for (const login of ['ann', 'ben', 'cat', 'dan']) await hear('@ava hi', login)
    await clock.advance(1)
    const [first, , third] = router.owed(9)
    for (const owed of [first, third]) expect(owed && router.skip(owed.task.id)).toBe(true)
    await clock.advance(MINUTE)
    expect(answered.map(({ task }) => task.message.login)).toEqual(['ben', 'dan'])
    const skipped = { kind: 'withdrawn', by: 'streamer', reason: 'skipped' }
    expect(outcomes).toEqual([
      ['ann', skipped],
      ['cat', skipped],
    ])
  })

  it('that is none can’t be skipped', () => {
    const { router } = routerFixture()
    expect(router.skip('ava/none' as never)).toBe(false)
  })

  it('can’t be listed or counted with a queue that lacks it', () => {
    const { router } = routerFixture({
      queue: { serve: () => {}, lanes: () => ({}), owed: undefined } as never,
    })
    expect([router.owed(9), router.owedCount]).toEqual([[], 0])
  })
})
