import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { ChorusError, type ErrorCode } from '../../src/errors.js'
import { ChorusEmitter } from '../../src/events.js'
import { Models, type ModelsOptions } from '../../src/reply/models.js'
import type { TokenLevel } from '../../src/reply/token-ceiling.js'
import { ManualClock } from '../support/manual-clock.js'

const PROMPT = [{ role: 'user', content: 'hi' }] as const

/** A model that answers with its own name, or fails. */
function fakeModel(name: string) {
  const fake = {
    code: undefined as ErrorCode | undefined,
    asked: [] as string[],
    client: {} as ModelsOptions['main'],
  }
  const ask = async (what: string) => {
    fake.asked.push(what)
    if (fake.code) throw new ChorusError(fake.code, `${name} fails`)
    return name
  }
  fake.client = {
    model: name,
    complete: () => ask('reply'),
    probe: async () => void (await ask('probe')),
    moderate: async () => {
      fake.asked.push('moderation')
      return 'ok'
    },
  }
  return fake
}

function setUp(options: { readonly hasFallback?: boolean; readonly template?: boolean } = {}) {
  const clock = new ManualClock()
  const events = new ChorusEmitter()
  const told: string[] = []
  let changes = 0
  events.on('model:away', ({ model, code, meanwhile }) => told.push(`${model} away ${code} ${meanwhile}`))
  events.on('model:back', ({ model, awayMs }) => told.push(`${model} back ${awayMs / SECOND}`))
  const main = fakeModel('main')
  const second = fakeModel('second')
  const tokens = { level: 'enough' as TokenLevel }
  const models = new Models({
    main: main.client,
    fallback: options.hasFallback ? second.client : undefined,
    template: options.template ?? false,
    ceiling: {
      get level() {
        return tokens.level
      },
      restore: () => {},
      status: () => ({ day: '2026-01-01', tokens: 0, perDay: 0, level: tokens.level }),
    },
    ...{ clock, events, random: () => 1 },
    changed: () => {
      changes += 1
    },
  })
  const { signal } = new AbortController()
  const ask = () =>
    models.complete(PROMPT, { signal }).then(
      ({ text, by }) => `${text} as ${by}`,
      (error: ChorusError) => error.code,
    )
  const askTimes = async (times: number) => {
    const said: string[] = []
    for (let count = 0; count < times; count++) said.push(await ask())
    return said
  }
  return { clock, events, told, main, second, models, tokens, ask, askTimes, changes: () => changes, signal }
}

describe('a model without a fallback', () => {
  it('is asked no more once it is away, says so, and is asked again when a probe was answered', async () => {
    const at = setUp()
    at.main.code = 'model-server-error'
    expect(at.models.away()).toBeUndefined()
    expect(await at.askTimes(5)).toEqual([
      ...Array(3).fill('model-server-error'),
      ...Array(2).fill('model-away'),
    ])
    expect(at.main.asked).toHaveLength(3)
    expect(at.models.away()).toEqual({ reason: 'the model is away: main fails', sinceMs: 0 })
    expect(at.models.status()).toMatchObject({
      state: 'away',
      model: 'main',
      code: 'model-server-error',
      reason: 'main fails',
      awayMs: 0,
      nextProbeInMs: SECOND,
      answeredBy: 'nobody',
      fallback: undefined,
    })
    expect(at.changes()).toBe(1)
    at.main.code = undefined
    await at.clock.advance(SECOND)
    expect(at.models.away()).toBeUndefined()
    expect(at.models.servedAtMs()).toBe(SECOND)
    expect(at.models.status()).toMatchObject({ state: 'serving', answeredBy: 'main' })
    expect(await at.ask()).toBe('main as main')
    expect(at.told).toEqual(['main away model-server-error nobody', 'main back 1'])
    expect(at.changes()).toBe(2)
  })

  it('is told of once in an outage of an hour, and once more when it needs a person', async () => {
    const at = setUp()
    at.main.code = 'model-unreachable'
    await at.askTimes(3)
    await at.clock.advance(3600 * SECOND)
    expect(at.told).toEqual(['main away model-unreachable nobody'])
    at.main.code = 'model-unauthorized'
    await at.clock.advance(600 * SECOND)
    at.main.code = 'model-unreachable'
    await at.clock.advance(600 * SECOND)
    expect(at.told.slice(1)).toEqual(['main away model-unauthorized nobody'])
    expect(at.models.status()).toMatchObject({ code: 'model-unreachable' })
  })

  it('counts no failure of a caller who gave up', async () => {
    const at = setUp()
    at.main.client = Object.assign(at.main.client, {
      complete: () => Promise.reject(new ChorusError('model-unauthorized', 'x')),
    })
    const controller = new AbortController()
    const asked = at.models.complete(PROMPT, { signal: controller.signal })
    controller.abort('enough')
    await expect(asked).rejects.toThrow('x')
    await expect(at.models.complete(PROMPT, { signal: controller.signal })).rejects.toBe('enough')
    expect(at.models.away()).toBeUndefined()
  })

  it('leaves no timer after a stop, and is asked no more', async () => {
    const at = setUp({ hasFallback: true })
    at.main.code = 'model-unauthorized'
    at.second.code = 'model-unauthorized'
    await at.ask()
    expect(at.clock.pendingTimers).toBe(2)
    at.models.stop()
    expect(at.clock.pendingTimers).toBe(0)
    expect(await at.ask()).toBe('stopping')
  })
})

describe('a fallback', () => {
  it('answers in the same try in which the first model turns out to be away, and while it is', async () => {
    const at = setUp({ hasFallback: true })
    at.main.code = 'model-unreachable'
    expect(await at.askTimes(5)).toEqual([
      'model-unreachable',
      'model-unreachable',
      ...Array(3).fill('second as fallback'),
    ])
    expect(at.main.asked).toHaveLength(3)
    expect(at.models.away()).toBeUndefined()
    expect(at.told).toEqual(['main away model-unreachable fallback'])
    at.main.code = undefined
    await at.clock.advance(SECOND)
    expect(await at.ask()).toBe('main as main')
    expect(at.second.asked).toHaveLength(3)
  })

  it('is not asked because two answers were odd', async () => {
    const at = setUp({ hasFallback: true })
    at.main.code = 'model-bad-answer'
    expect(await at.askTimes(2)).toEqual(Array(2).fill('model-bad-answer'))
    expect(at.second.asked).toEqual([])
  })

  it('has a breaker of its own: with both away nobody answers, since the later one went', async () => {
    const at = setUp({ hasFallback: true })
    at.main.code = 'model-unauthorized'
    expect(await at.ask()).toBe('second as fallback')
    await at.clock.advance(500)
    at.second.code = 'model-unauthorized'
    // What the first model is away for stays the reason.
    expect(await at.ask()).toBe('model-away')
    expect(at.models.away()).toEqual({ reason: 'the model is away: main fails', sinceMs: 500 })
    expect(at.told.at(-1)).toBe('second away model-unauthorized nobody')
  })

  it('has its lines moderated by its own server, and nobody’s where all are away', async () => {
    const at = setUp({ hasFallback: true })
    const { signal } = at
    expect(await at.models.moderate('x', { by: 'fallback', signal })).toBe('ok')
    expect(at.main.asked).toEqual([])
    at.main.code = 'model-unauthorized'
    at.second.code = 'model-unauthorized'
    await at.ask()
    expect(await at.models.moderate('a template', { signal })).toBe('unavailable')
    expect(await at.models.moderate('made before', { by: 'main', signal })).toBe('ok')
  })
})

describe('templates', () => {
  it('stand in while no model answers, where the settings want them', async () => {
    const at = setUp({ template: true })
    expect(at.models.needsTemplate()).toBe(false)
    at.main.code = 'model-unauthorized'
    await at.ask()
    expect(at.models.needsTemplate()).toBe(true)
    expect(at.models.away()).toBeUndefined()
    expect(at.models.status()).toMatchObject({ state: 'away', answeredBy: 'template' })
  })

  it('do not as long as a fallback answers', async () => {
    const at = setUp({ template: true, hasFallback: true })
    at.main.code = 'model-unauthorized'
    await at.ask()
    expect(at.models.needsTemplate()).toBe(false)
  })
})

describe('when the tokens are spent', () => {
  it('no model is asked, not even by a probe, templates stand in, and the queue looks again', async () => {
    const at = setUp({ hasFallback: true })
    at.main.code = 'model-unreachable'
    await at.askTimes(3)
    const [asked, before] = [at.main.asked.length, at.changes()]
    at.tokens.level = 'spent'
    at.events.emit('tokens:spent', { day: '2026-01-01', tokens: 1, perDay: 1 })
    expect(at.changes()).toBe(before + 1)
    expect(await at.ask()).toBe('tokens-spent')
    await at.clock.advance(120 * SECOND)
    expect(at.main.asked).toHaveLength(asked)
    expect(at.models.needsTemplate()).toBe(true)
    expect(at.models.away()).toBeUndefined()
    at.tokens.level = 'low'
    expect(await at.ask()).toBe('second as fallback')
  })
})
