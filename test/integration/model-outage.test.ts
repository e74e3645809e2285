import { afterEach, describe, expect, it } from 'vitest'
import { type Clock, SECOND } from '../../src/clock.js'
import { seededRandom } from '../../src/random.js'
import type { ModelFault } from '../../src/simulator/model-faults.js'
import type { ModelRecord } from '../../src/simulator/model-ledger.js'
import { ModelSimulator } from '../../src/simulator/model-simulator.js'
import { raid } from '../../src/simulator/scenarios.js'
import { PacedClock } from '../support/paced-clock.js'
import { soon } from '../support/soon.js'
import { API_KEY, CHANNEL, choruses, type Fixture } from './chorus-fixture.js'
import { expectAllAnswered } from './said-once.js'

/**
 * Goal: while the model is away no reply is lost, none pays for it, and the server is left in peace. Method: the whole of Chorus
 * on real sockets; the built-in model is taken away in every way, and keeps the list of what it was asked meanwhile.
 */
const start = choruses()
const DOWN: ModelFault = { kind: 'server-error', status: 503 }
const FACTOR = 20

/** A second model; the test's end stops it. */
const others: ModelSimulator[] = []
afterEach(async () => {
  await Promise.all(others.splice(0).map((model) => model.stop()))
})
async function secondModel(clock: Clock): Promise<ModelSimulator> {
  const model = new ModelSimulator({ clock, random: seededRandom(9), latency: 500 })
  others.push(model)
  await model.start()
  return model
}

const raidOf = (chorus: Fixture, viewers: number) =>
  chorus.play(raid({ seed: 31, channel: CHANNEL, bots: chorus.bots, viewers, overMs: 5 * SECOND }))

/** A probe asks for a few tokens only. */
const isProbe = ({ body }: ModelRecord) => (body as { max_tokens?: number }).max_tokens === 16
const isChat = ({ path }: ModelRecord) => path.endsWith('/chat/completions')

/** What the model was asked from its first failure until it answered again. */
function askedWhileAway({ model }: Fixture, status: number): { replies: number; probes: number } {
  const failed = model.records.filter((record) => isChat(record) && record.status === status)
  const probes = failed.filter(isProbe).length
  return { probes, replies: failed.length - probes }
}

function expectNoAttemptSpent({ record }: Fixture): void {
  expect(record.of('reply:started').filter(({ attempt }) => attempt > 1)).toEqual([])
}

describe('while the model is away', () => {
  it('a single mention waits, is answered after it, and pays nothing', async () => {
    const chorus = await start({ factor: FACTOR, config: { retry: { attempts: 1 } } })
    const { model, record } = chorus
    model.during(60 * SECOND, DOWN)
    chorus.room.say('ann', '@ava are you there?')
    await record.until(() => record.of('model:away').length === 1)
    expect(chorus.chorus.modelStatus()).toMatchObject({
      state: 'away',
      code: 'model-server-error',
      answeredBy: 'nobody',
    })
    await record.settled(1)
    expect(chorus.chorus.modelStatus()).toMatchObject({ state: 'serving', answeredBy: 'main' })
    expectNoAttemptSpent(chorus)
    const { replies, probes } = askedWhileAway(chorus, 503)
    expect(replies).toBe(3)
    expect(probes).toBeLessThanOrEqual(9)
    expect(record.of('model:failed')).toHaveLength(3)
    expect(record.of('model:away')).toHaveLength(1)
    expect(record.of('model:back')).toHaveLength(1)
    expect(record.of('model:back')[0]?.awayMs).toBeGreaterThan(30 * SECOND)
    await expectAllAnswered(chorus, 1)
  })

  it('a raid of a hundred is answered whole: no attempt is spent, and the server gets little more than probes', async () => {
    const chorus = await start({ factor: 12 })
    const { model, record } = chorus
    const answered = record.settled(4)
    const played = raidOf(chorus, 100)
    await answered
    model.during(60 * SECOND, DOWN)
    await played
    await expectAllAnswered(chorus, 100)
    expectNoAttemptSpent(chorus)
    const { replies, probes } = askedWhileAway(chorus, 503)
    expect(replies).toBeGreaterThanOrEqual(3)
    expect(replies).toBeLessThanOrEqual(5 + 3)
    expect(probes).toBeGreaterThanOrEqual(3)
    expect(probes).toBeLessThanOrEqual(9)
    expect(record.of('model:away')).toHaveLength(1)
    expect(record.of('model:failed').length).toBeLessThanOrEqual(8)
  })

  it.each<[string, ModelFault]>([
    ['hangs', { kind: 'hang' }],
    ['hangs after its headers', { kind: 'hang', afterHeaders: true }],
    ['drips', { kind: 'drip', everyMs: 2000 }],
    ['cuts its answers off', { kind: 'reset' }],
  ])('because it %s, every slot is free at the deadline and both bots answer after it', async (_, fault) => {
    const chorus = await start({ factor: FACTOR, config: { model: { deadline: 5 }, retry: { attempts: 1 } } })
    const { model, record } = chorus
    model.always(fault)
    await raidOf(chorus, 10)
    await record.until(() => record.of('model:away').length === 1)
    await record.until(() => chorus.chorus.router.getQueueMetrics().global.pending === 0)
    model.heal()
    await expectAllAnswered(chorus, 10)
    expectNoAttemptSpent(chorus)
  })

  it.each(['0', '5', '3600', 'Sun, 01 Nov 2099 00:00:30 GMT', 'soon'])(
    'because of too many requests, it comes back soon after: Retry-After %s',
    async (retryAfter) => {
      const chorus = await start({ factor: FACTOR, config: { retry: { attempts: 1, max: 10 } } })
      const { model, record } = chorus
      model.always({ kind: 'rate-limit', retryAfter })
      await raidOf(chorus, 6)
      await record.until(() => record.of('model:away').length === 1)
      const status = chorus.chorus.modelStatus()
      expect(status.state === 'away' && status.nextProbeInMs).toBeLessThanOrEqual(30 * SECOND)
      model.heal()
      await record.until(() => record.of('model:back').length === 1)
      expect(record.of('model:back')[0]?.awayMs).toBeLessThan(60 * SECOND)
      await expectAllAnswered(chorus, 6)
      expectNoAttemptSpent(chorus)
    },
  )

  it('because the key is refused in mid-run, the operator is told once, and replies come when it is good again', async () => {
    const chorus = await start({ factor: FACTOR, config: { retry: { attempts: 1 } } })
    const { model, record } = chorus
    chorus.room.say('ann', '@ava hello')
    await record.settled(1)
    model.always({ kind: 'unauthorized' })
    await raidOf(chorus, 8)
    // Some probes have failed by then.
    await model.until(() => model.records.filter(isProbe).length >= 3, soon())
    model.heal()
    await record.until(() => record.of('model:back').length === 1)
    expect(record.of('model:away')).toMatchObject([
      {
        code: 'model-unauthorized',
        advice: 'Check OPENAI_API_KEY, OPENAI_BASE_URL, the model name and the account’s credit.',
        meanwhile: 'nobody',
      },
    ])
    expect(askedWhileAway(chorus, 401).replies).toBeLessThanOrEqual(4)
    await expectAllAnswered(chorus, 9)
    expectNoAttemptSpent(chorus)
  })

  it('a stop leaves neither timer nor request, in the middle of a probe too', async () => {
    const pending = new Set<object>()
    const clockOf = (clock: Clock): Clock => ({
      now: () => clock.now(),
      wall: () => clock.wall(),
      after(ms, run) {
        const timer = {}
        pending.add(timer)
        const cancel = clock.after(ms, () => {
          pending.delete(timer)
          run()
        })
        return () => {
          pending.delete(timer)
          cancel()
        }
      },
    })
    const chorus = await start({ factor: FACTOR, clockOf })
    const { model, record } = chorus
    model.script({ kind: 'unauthorized' })
    model.always({ kind: 'hang' })
    chorus.room.say('ann', '@ava hello')
    await model.until(() => model.records.some(isProbe), soon())
    await chorus.chorus.stop()
    expect(pending.size).toBe(0)
    await model.until(() => model.inFlight === 0, soon())
    expect(record.of('model:away')).toHaveLength(1)
  })
})

describe('a model that answers oddly now and then is no outage', () => {
  it.each<[string, ModelFault]>([
    ['bad JSON', { kind: 'bad-json' }],
    ['a web page', { kind: 'html' }],
    ['nothing', { kind: 'empty' }],
    ['no choices', { kind: 'no-choices' }],
    ['10 MB', { kind: 'huge' }],
    ['only thoughts', { kind: 'think', answers: false }],
    ['out of tokens', { kind: 'out-of-tokens', below: 1_000_000 }],
  ])('%s: the reply is tried again, its attempts count, and the other bot is served', async (_, fault) => {
    const chorus = await start({ factor: FACTOR, config: { retry: { base: 0.5 } } })
    const { model, record } = chorus
    model.script(fault, fault)
    chorus.room.say('ann', '@ava hello')
    chorus.room.say('bob', '@ben hello')
    await record.settled(2)
    expect(record.of('model:away')).toEqual([])
    expect(chorus.chorus.modelStatus().state).toBe('serving')
    await expectAllAnswered(chorus, 2)
  })

  it.each<[string, ModelFault]>([
    ['max_tokens', { kind: 'parameter-refused', parameter: 'max_tokens' }],
    ['temperature', { kind: 'parameter-refused', parameter: 'temperature', inMessageOnly: true }],
  ])('so is one that refuses the parameter %s: nothing is held', async (_, fault) => {
    const chorus = await start({ factor: FACTOR })
    chorus.model.always(fault)
    chorus.room.say('ann', '@ava hello')
    await expectAllAnswered(chorus, 1)
    expect(chorus.record.of('reply:held')).toEqual([])
  })
})

it('a page about maintenance in place of each answer for a minute costs nobody in a raid his answer', async () => {
  const chorus = await start({ factor: FACTOR })
  chorus.model.during(60 * SECOND, { kind: 'html' })
  await raidOf(chorus, 20)
  await expectAllAnswered(chorus, 20)
  expect(chorus.record.of('model:away')).toMatchObject([{ code: 'model-bad-answer' }])
})

describe('where something else can answer, no lane pauses:', () => {
  it('a fallback model answers while the first one is away, and only then', async () => {
    const clock = new PacedClock(FACTOR)
    const fallback = await secondModel(clock)
    const chorus = await start({
      clock,
      config: { model: { fallback: { name: 'tiny', baseUrl: fallback.url } }, retry: { attempts: 1 } },
    })
    const { model, record } = chorus
    chorus.room.say('ann', '@ava hello')
    await record.settled(1)
    expect(fallback.requests).toBe(0)
    model.always(DOWN)
    await raidOf(chorus, 10)
    await record.settled(11)
    expect(record.of('model:away')).toMatchObject([{ model: 'gpt-5.4-mini', meanwhile: 'fallback' }])
    expect(chorus.chorus.modelStatus()).toMatchObject({
      state: 'away',
      answeredBy: 'fallback',
      fallback: { state: 'serving', model: 'tiny' },
    })
    expect(new Set(record.of('model:answered').map((event) => event.model))).toEqual(
      new Set(['gpt-5.4-mini', 'tiny']),
    )
    expectNoAttemptSpent(chorus)
    model.heal()
    await record.until(() => record.of('model:back').length === 1)
    const asked = fallback.requests
    chorus.room.say('bob', '@ava hello')
    await expectAllAnswered(chorus, 12)
    expect(fallback.requests).toBe(asked)
    expect(JSON.stringify(fallback.records)).not.toContain(API_KEY)
  })

  it('with both away replies wait, and either one that comes back answers them', async () => {
    const clock = new PacedClock(FACTOR)
    const fallback = await secondModel(clock)
    const chorus = await start({
      clock,
      config: { model: { fallback: { name: 'tiny', baseUrl: fallback.url } }, retry: { attempts: 1 } },
    })
    const { model, record } = chorus
    model.always(DOWN)
    fallback.always(DOWN)
    await raidOf(chorus, 10)
    await record.until(() => record.of('model:away').length === 2)
    expect(record.of('model:away')[1]).toMatchObject({ model: 'tiny', meanwhile: 'nobody' })
    fallback.heal()
    await expectAllAnswered(chorus, 10)
    expectNoAttemptSpent(chorus)
    expect(record.of('model:back')).toMatchObject([{ model: 'tiny' }])
  })

  it('with model.template every reply gets a line at once', async () => {
    const chorus = await start({ factor: FACTOR, config: { model: { template: true } } })
    const { model, record } = chorus
    model.always(DOWN)
    await raidOf(chorus, 10)
    await expectAllAnswered(chorus, 10)
    expect(record.of('model:back')).toEqual([])
    expect(record.of('model:answered')).toEqual([])
    expect(Math.max(...record.of('reply:settled').map(({ tookMs }) => tookMs))).toBeLessThan(30 * SECOND)
  })
})
