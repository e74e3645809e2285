import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import type { ModelFault } from '../../src/simulator/model-faults.js'
import { raid } from '../../src/simulator/scenarios.js'
import { soon } from '../support/soon.js'
import { CHANNEL, choruses, type Fixture } from './chorus-fixture.js'
import { expectAllAnswered, expectSaidOnce } from './said-once.js'

const start = choruses()
const NOTHING = { size: 0, pending: 0 }

const raidOf = (chorus: Fixture, viewers: number) =>
  chorus.play(raid({ seed: 31, channel: CHANNEL, bots: chorus.bots, viewers, overMs: SECOND }))

describe('a model that is away', () => {
  it('at the start and comes later: every question is answered', async () => {
    const chorus = await start({ factor: 20, before: ({ model }) => model.away() })
    await raidOf(chorus, 12)
    const { record } = chorus
    await record.until(() => record.of('model:away').length === 1 && record.of('reply:held').length >= 3)
    expect(new Set(record.of('reply:held').map(({ error }) => error.code))).toEqual(
      new Set(['model-unreachable']),
    )
    expect(chorus.chorus.router.getQueueMetrics().global.pending).toBeLessThanOrEqual(4)
    await chorus.model.back()
    await expectAllAnswered(chorus, 12)
  })

  it('in the middle of a raid costs no reply its only attempt', async () => {
    const chorus = await start({ factor: 20, config: { retry: { attempts: 1 } } })
    await raidOf(chorus, 20)
    await chorus.record.settled(4)
    await chorus.model.away()
    const { record } = chorus
    await record.until(() => record.of('model:away').length === 1)
    await chorus.model.back()
    await expectAllAnswered(chorus, 20)
  })
})

describe('a model that fails now and then', () => {
  it('in every way there is: a raid of thirty is answered whole, and every slot is free again', async () => {
    const chorus = await start({ factor: 10, config: { model: { deadline: 4 }, retry: { base: 0.5 } } })
    const faults: readonly ModelFault[] = [
      { kind: 'rate-limit', retryAfter: '2' },
      { kind: 'rate-limit', retryAfter: 'soon' },
      { kind: 'server-error' },
      { kind: 'server-error', status: 503 },
      { kind: 'hang' },
      { kind: 'hang', afterHeaders: true },
      { kind: 'drip' },
      { kind: 'reset' },
      { kind: 'bad-json' },
      { kind: 'html' },
      { kind: 'empty' },
      { kind: 'no-choices' },
      { kind: 'huge' },
      { kind: 'think', answers: false },
      { kind: 'think', answers: true },
      { kind: 'unauthorized' },
    ]
    chorus.model.script(...faults.flatMap((fault): ModelFault[] => [fault, { kind: 'none' }]))
    const { chorus: product, model, record } = chorus
    let most = 0
    record.watch(() => {
      most = Math.max(most, product.router.getQueueMetrics().global.pending)
    })
    await raidOf(chorus, 30)
    await record.settled(30)
    expect(most).toBe(4)
    expect(product.router.getQueueMetrics()).toEqual({
      global: NOTHING,
      bots: { ava: NOTHING, ben: NOTHING },
    })
    await model.until(() => model.inFlight === 0, soon())
    const codes = new Set(record.of('model:failed').map(({ error }) => error.code))
    expect([...codes].sort()).toEqual([
      'model-bad-answer',
      'model-empty',
      'model-rate-limited',
      'model-server-error',
      'model-timeout',
      'model-too-large',
      'model-unauthorized',
      'model-unreachable',
    ])
    await expectAllAnswered(chorus, 30)
  })

  it('for good: a reply is given up after its attempts, and the next one is answered', async () => {
    const chorus = await start({ factor: 20, config: { retry: { attempts: 3, base: 0.5 } } })
    chorus.model.always({ kind: 'bad-json' })
    chorus.room.say('ann', '@ava hello')
    await chorus.record.settled(1)
    expect(chorus.record.of('reply:settled')).toMatchObject([
      { outcome: { kind: 'dead', code: 'model-bad-answer' } },
    ])
    expect(chorus.model.requests).toBe(3)
    chorus.model.heal()
    chorus.room.say('bob', '@ava hello')
    await chorus.record.settled(2)
    expect(chorus.record.of('reply:settled')[1]?.outcome).toMatchObject({ kind: 'sent' })
    await expectSaidOnce(chorus)
  })

  it('because it refuses a question for its content: that one is dead at once, the others are answered', async () => {
    const chorus = await start({ factor: 20 })
    chorus.model.always({ kind: 'content-refused' })
    chorus.room.say('ann', '@ava something awful')
    await chorus.record.settled(1)
    expect(chorus.record.of('reply:settled')).toMatchObject([
      { outcome: { kind: 'dead', code: 'model-refused-prompt' } },
    ])
    chorus.model.heal()
    chorus.room.say('bob', '@ava something nice')
    await chorus.record.settled(2)
    await expectSaidOnce(chorus)
  })

  it('by hanging on every request of a while lets the other bot wait no longer than the deadline', async () => {
    const chorus = await start({ factor: 10, config: { model: { deadline: 4 } } })
    chorus.model.script({ kind: 'hang' }, { kind: 'hang' })
    chorus.room.say('ann', '@ava hello')
    chorus.room.say('bob', '@ava hello')
    await chorus.model.until(() => chorus.model.inFlight === 2, soon())
    chorus.room.say('cid', '@ben hello')
    await chorus.record.settled(1)
    expect(chorus.record.of('reply:settled')[0]?.task.bot).toBe('ben')
    await expectAllAnswered(chorus, 3)
  })
})
