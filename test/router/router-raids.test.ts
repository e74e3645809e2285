import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import { toBots } from '../../src/config-schema.js'
import { type Decision, toChannelName } from '../../src/domain.js'
import { NO_JOURNAL } from '../../src/queue/no-journal.js'
import { seededRandom } from '../../src/random.js'
import type { ReplyRecord } from '../../src/reply-journal.js'
import { Raids } from '../../src/router/raids.js'
import { Orchestrator } from '../../src/routing/orchestrator.js'
import { raidOf } from '../support/raid.js'
import { routerFixture } from './router-fixture.js'

const CHANNEL = toChannelName('mychannel')
const GREETED = [{ kind: 'reply', cause: 'low' }]
const NOT_GREETED = [{ kind: 'silence', reason: 'not-greeted' }]

function greetingFixture(options: Parameters<typeof routerFixture>[0] = {}) {
  const bots = toBots([{ login: 'ava' }, { login: 'geneJacqueman' }])
  const orchestrator = new Orchestrator({ bots, random: seededRandom(1), replies: { greetRaids: true } })
  const fixture = routerFixture({ orchestrator, ...options })
  const raid = (parts: Parameters<typeof raidOf>[0] = {}) =>
    fixture.router.handleRaid(raidOf({ arrivedAtMs: fixture.clock.now(), ...parts }))
  return { ...fixture, raid }
}

describe('a raid', () => {
  it('is greeted by one bot after four to eight seconds, as something that nobody wrote', async () => {
    const { clock, answered, raid } = greetingFixture()
    expect(await raid({ id: 'r1', viewers: 42 })).toMatchObject(GREETED)
    await clock.advance(10 * SECOND)
    expect(answered).toHaveLength(1)
    expect(answered[0]?.atMs).toBeGreaterThanOrEqual(4 * SECOND)
    expect(answered[0]?.atMs).toBeLessThanOrEqual(8 * SECOND)
    expect(answered[0]?.task.message).toMatchObject({
      id: 'r1',
      channel: 'mychannel',
      login: 'dana',
      displayName: 'Dana',
      userId: 'u-dana',
      text: 'raid from Dana with 42 viewers',
      isNotice: true,
    })
  })

  it('is greeted once, however often it is heard, and told as a decision', async () => {
    const { router, clock, answered, raid } = greetingFixture()
    const told: (readonly Decision[])[] = []
    router.events.on('message:decided', ({ decisions }) => told.push(decisions))
    await raid({ id: 'same' })
    expect(await raid({ id: 'same' })).toEqual([{ kind: 'silence', reason: 'duplicate' }])
    await clock.advance(2 * MINUTE)
    expect(await raid({ id: 'same' })).toEqual([{ kind: 'silence', reason: 'duplicate' }])
    await clock.advance(10 * SECOND)
    expect(answered).toHaveLength(1)
    expect(told).toMatchObject([GREETED])
  })

  it('is left out within a minute of another greeting in its channel, and greeted in another', async () => {
    const { clock, raid } = greetingFixture()
    expect(await raid()).toMatchObject(GREETED)
    await clock.advance(MINUTE - 1)
    expect(await raid()).toEqual(NOT_GREETED)
    expect(await raid({ channel: 'other' })).toMatchObject(GREETED)
    await clock.advance(1)
    expect(await raid()).toMatchObject(GREETED)
  })

  it('that was not greeted leaves the minute to the next one', async () => {
    const { router, raid } = greetingFixture()
    router.calm(true)
    expect(await raid()).toEqual([{ kind: 'silence', reason: 'calm' }])
    router.calm(false)
    expect(await raid()).toMatchObject(GREETED)
  })

  it('is remembered as the last of its channel, whether greeted or not, but not where it is mirrored', async () => {
    const { router, raid } = greetingFixture()
    expect(router.lastRaid(CHANNEL)).toBeUndefined()
    await raid({ viewers: 1 })
    await raid({ viewers: 2 })
    expect(await raid({ viewers: 3, isMirrored: true })).toEqual([{ kind: 'silence', reason: 'mirrored' }])
    expect(router.lastRaid(CHANNEL)).toMatchObject({ viewers: 2 })
    expect(router.lastRaid(toChannelName('other'))).toBeUndefined()
  })

  it('is heard also where a mirrored copy of it came first', async () => {
    const { raid } = greetingFixture()
    await raid({ id: 'shared', channel: 'other', isMirrored: true })
    expect(await raid({ id: 'shared' })).toMatchObject(GREETED)
  })

  it('is not greeted by a muted bot', async () => {
    const { router, raid } = greetingFixture()
    router.mute('ava')
    expect(await raid()).toMatchObject([{ bot: 'geneJacqueman' }])
  })

  it('is not greeted while stopping: nobody waits for that', async () => {
    const kept: string[] = []
    const put = async ({ task }: ReplyRecord) => void kept.push(task.cause)
    const journal = { ...NO_JOURNAL, isDurable: true, put }
    const { router, clock, answered, raid, hear } = greetingFixture({ journal })
    await hear('@ava hi')
    const report = router.gracefulStop()
    expect(await raid()).toEqual([{ kind: 'silence', reason: 'draining' }])
    await clock.advance(MINUTE)
    expect(await report).toEqual({ done: 1, left: 0 })
    expect(await raid()).toEqual([{ kind: 'silence', reason: 'stopped' }])
    expect(answered).toHaveLength(1)
    expect(new Set(kept)).toEqual(new Set(['mention']))
  })

  it('is greeted no more once its raider was banned', async () => {
    const { router, clock, answered, raid } = greetingFixture()
    await raid()
    const { userId } = raidOf().from
    expect(router.handleClearing({ kind: 'user', channel: CHANNEL, userId })).toBe(1)
    await clock.advance(10 * SECOND)
    expect(answered).toEqual([])
  })

  it('is nothing to a decider that knows of none', async () => {
    const { raid } = greetingFixture({ orchestrator: { decide: () => [] } })
    expect(await raid()).toEqual(NOT_GREETED)
  })

  it('that is none is an error event, and no rejection', async () => {
    const { router } = greetingFixture()
    const places: string[] = []
    router.events.on('error', ({ where }) => places.push(where))
    expect(await router.handleRaid(null as never)).toEqual([])
    expect(places).toEqual(['handleRaid'])
  })
})

it('the last raids of so many channels are remembered, and no more', () => {
  const raids = new Raids()
  for (let i = 0; i <= 200; i++) raids.hear(raidOf({ channel: `c${i}` }), 0, () => undefined)
  expect(raids.last(toChannelName('c0'))).toBeUndefined()
  expect(raids.last(toChannelName('c1'))).toBeDefined()
  expect(raids.last(toChannelName('c200'))).toBeDefined()
})
