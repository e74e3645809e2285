import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { raid } from '../../src/simulator/scenarios.js'
import { soon } from '../support/soon.js'
import { CHANNEL, choruses, type Fixture } from './chorus-fixture.js'
import { AT_ONCE, ask, outcomeSoFar, untilTried } from './questions.js'
import { answersOf, expectPromiseKept, expectSaidOnce, untilGone } from './said-once.js'

const start = choruses()
const NOTHING = { size: 0, pending: 0 }
const ALL_NOTHING = { global: NOTHING, bots: { ava: NOTHING, ben: NOTHING } }

/** A Chorus that owes `viewers` replies and has said a few of them. */
async function inRaid(viewers: number, factor = 15): Promise<Fixture> {
  const chorus = await start({ factor })
  await chorus.play(raid({ seed: 51, channel: CHANNEL, bots: chorus.bots, viewers, overMs: SECOND }))
  await chorus.record.until((record) => record.of('reply:accepted').length === viewers)
  await chorus.record.settled(4)
  return chorus
}

/** Replies that the lines in chat answer. */
const repliesSaid = (chorus: Fixture) => [...answersOf(chorus).values()].flat()

const settledIn = ({ record }: Fixture) => record.of('reply:settled').length

describe('gracefulStop() in a raid', () => {
  it('answers what was accepted, takes nothing new, and leaves chat', async () => {
    const chorus = await inRaid(24)
    const before = settledIn(chorus)
    const stopping = chorus.chorus.gracefulStop()
    const late = chorus.room.say('late', '@ava one more?')
    expect(await stopping).toEqual({ done: 24 - before, left: 0 })
    const decided = chorus.record.of('message:decided').find(({ message }) => message.id === late)
    expect(decided?.decisions).toEqual([{ kind: 'silence', reason: 'draining' }])
    await untilGone(chorus)
    expect(repliesSaid(chorus)).toHaveLength(24)
    await expectSaidOnce(chorus)
  })

  it('ends at its deadline: done and left add up, and nothing is said afterwards', async () => {
    const chorus = await inRaid(40)
    const before = settledIn(chorus)
    const { done, left } = await chorus.chorus.gracefulStop({ deadlineMs: 5 * SECOND })
    expect(done + left).toBe(40 - before)
    expect(done).toBeGreaterThan(0)
    expect(left).toBeGreaterThan(0)
    expect(settledIn(chorus)).toBe(before + done)
    expect(chorus.chorus.router.getQueueMetrics()).toEqual(ALL_NOTHING)
    await untilGone(chorus)
    expect(repliesSaid(chorus)).toHaveLength(before + done)
    await expectSaidOnce(chorus)
  })

  it('ends when a stop comes in the middle of it, and tells what is left', async () => {
    const chorus = await inRaid(30)
    const before = settledIn(chorus)
    const stopping = chorus.chorus.gracefulStop()
    await chorus.record.settled(before + 2)
    await chorus.chorus.stop()
    const { done, left } = await stopping
    expect(done + left).toBe(30 - before)
    expect(left).toBeGreaterThan(0)
    await expectSaidOnce(chorus)
  })

  it('while Twitch is away ends at its deadline', async () => {
    const chorus = await inRaid(10)
    chorus.twitch.away()
    const before = settledIn(chorus)
    const { done, left } = await chorus.chorus.gracefulStop({ deadlineMs: 5 * SECOND })
    expect(done + left).toBe(10 - before)
    // A bot that has not noticed yet may write one line into the dark.
    expect(done).toBeLessThanOrEqual(2)
  })
})

describe('stop() in a raid', () => {
  it('ends at once: the metrics are 0, the sockets gone, and nothing is said afterwards', async () => {
    const chorus = await inRaid(30)
    const stopping = chorus.chorus.stop()
    const settled = settledIn(chorus)
    const lines = chorus.record.of('line:written').length
    expect(chorus.chorus.router.getQueueMetrics()).toEqual(ALL_NOTHING)
    await stopping
    await untilGone(chorus)
    await chorus.model.until(() => chorus.model.inFlight === 0, soon())
    chorus.room.say('late', '@ava one more?')
    expect(chorus.chorus.router.getQueueMetrics()).toEqual(ALL_NOTHING)
    expect(settledIn(chorus)).toBe(settled)
    expect(chorus.twitch.ledger.attempts()).toHaveLength(lines)
    expect(repliesSaid(chorus)).toHaveLength(settled)
    expect(chorus.record.of('reply:held')).toEqual([])
  })

  it('is safe twice, together with a graceful one, and again as a disposal', async () => {
    const chorus = await inRaid(20)
    const before = settledIn(chorus)
    const product = chorus.chorus
    const [first, second] = await Promise.all([
      product.gracefulStop(),
      product.gracefulStop({ deadlineMs: SECOND }),
      product.stop(),
      product.stop(),
      product[Symbol.asyncDispose](),
    ])
    expect(first).toEqual(second)
    expect(first).toEqual({ done: 0, left: 20 - before })
    expect(await product.gracefulStop()).toEqual(first)
    await product[Symbol.asyncDispose]()
    await untilGone(chorus)
    expect(product.router.getQueueMetrics()).toEqual(ALL_NOTHING)
  })

  it('in the middle of the start ends that, too', async () => {
    const chorus = await start({ factor: 15, isStarted: false })
    const starting = chorus.chorus.start()
    await chorus.twitch.ledger.until((ledger) => ledger.sessions({ kind: 'connect' }).length > 0, soon())
    await chorus.chorus.stop()
    await starting
    await untilGone(chorus)
    expect(chorus.chorus.chatStatus().bots.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
    expect(chorus.record.of('ready')).toEqual([])
  })

  it('while the links are being mended ends the attempts', async () => {
    const chorus = await start({ factor: 15 })
    chorus.twitch.away()
    await chorus.record.until((record) => record.of('bot:disconnected').length >= 4)
    await chorus.chorus.stop()
    await untilGone(chorus)
    expect(chorus.chorus.chatStatus().bots.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
  })
})

describe('a line that Twitch has not answered', () => {
  /** A Chorus whose line is written, and confirmed only after `seconds`. */
  async function inFlight(seconds: number): Promise<{ chorus: Fixture; question: string }> {
    const chorus = await start({ ...AT_ONCE, factor: 10, bots: ['ava'] })
    chorus.twitch.delayUserstate(seconds * SECOND)
    const question = ask(chorus)
    await untilTried(chorus, question)
    return { chorus, question }
  }

  it('ends in doubt when stop() comes', async () => {
    const { chorus, question } = await inFlight(3)
    await chorus.chorus.stop()
    expect(outcomeSoFar(chorus, question)).toEqual({ kind: 'sent', inDoubt: true })
    await expectPromiseKept(chorus)
  })

  it('is waited for by gracefulStop(), and counts as done', async () => {
    const { chorus, question } = await inFlight(3)
    expect(await chorus.chorus.gracefulStop()).toEqual({ done: 1, left: 0 })
    expect(outcomeSoFar(chorus, question)).toMatchObject({ kind: 'sent', id: expect.any(String) })
    await expectPromiseKept(chorus)
  })

  it('ends in doubt when the deadline of gracefulStop() is over before', async () => {
    const { chorus, question } = await inFlight(4.5)
    const { done, left } = await chorus.chorus.gracefulStop({ deadlineMs: SECOND })
    expect(done + left).toBe(1)
    expect(outcomeSoFar(chorus, question)).toEqual({ kind: 'sent', inDoubt: true })
    await expectPromiseKept(chorus)
  })

  it('has an outcome, whichever of the bots wrote it in the moment of a stop', async () => {
    const chorus = await start({ ...AT_ONCE, factor: 15 })
    chorus.twitch.delayUserstate(SECOND)
    const isRead = chorus.twitch.ledger.until((ledger) => ledger.attempts().length >= 6, soon())
    for (let count = 0; count < 20; count++) {
      ask(chorus, { viewer: `viewer${count}`, bot: count % 2 ? 'ava' : 'ben' })
    }
    await isRead
    await chorus.chorus.stop()
    const settled = chorus.record.of('reply:settled').map(({ task }) => task.message.id)
    const written = chorus.record.of('line:written').map(({ line }) => line.replyTo)
    expect(written.length).toBeGreaterThanOrEqual(6)
    expect(written.filter((question) => question && !settled.includes(question))).toEqual([])
    await expectPromiseKept(chorus)
  })
})

it('a Chorus is disposed of at the end of its block', async () => {
  const fixture = await start({ factor: 15 })
  {
    await using chorus = fixture.chorus
    expect(chorus.chatStatus().joined).toHaveLength(2)
  }
  await untilGone(fixture)
  expect(fixture.chorus.chatStatus().joined).toEqual([])
})

it('a Chorus that was stopped says so when it is started again', async () => {
  const { chorus } = await start({ isStarted: false })
  await chorus.stop()
  await expect(chorus.start()).rejects.toMatchObject({ code: 'stopping' })
})
