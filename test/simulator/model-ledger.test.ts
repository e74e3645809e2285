import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { RECORDS_MAX } from '../../src/simulator/model-ledger.js'
import { ManualClock } from '../support/manual-clock.js'
import { ask, modelServers, QUESTION } from '../support/model-server.js'

const startModel = modelServers()

describe('the records of the built-in model', () => {
  it('tell what was asked, what was said and how it ended, and no key', async () => {
    const model = await startModel()
    model.script({ kind: 'say', text: 'Salut!' })
    await (await ask(model)).text()
    expect(model.records).toEqual([
      {
        number: 1,
        method: 'POST',
        path: '/v1/chat/completions',
        body: QUESTION,
        atMs: expect.any(Number),
        status: 200,
        said: 'Salut!',
        ended: 'answered',
        endedAtMs: expect.any(Number),
      },
    ])
    const openai = new OpenAI({ apiKey: 'none', baseURL: model.url, maxRetries: 0 })
    await openai.chat.completions.create(QUESTION)
    expect(JSON.stringify(model.records)).not.toMatch(/bearer|authorization/i)
  })

  it('count what is asked at once', async () => {
    const clock = new ManualClock()
    const model = await startModel({ clock, latency: 100 })
    const answers = [ask(model), ask(model), ask(model)]
    await model.until(() => model.inFlight === 3)
    await clock.advance(100)
    await Promise.all(answers)
    expect([model.requests, model.inFlight, model.maxInFlight]).toEqual([3, 0, 3])
  })

  it('are bounded: the oldest is forgotten', async () => {
    const model = await startModel()
    for (let i = 0; i < RECORDS_MAX + 3; i++) await (await fetch(`${model.url}/models`)).text()
    expect(model.records).toHaveLength(RECORDS_MAX)
    expect(model.records[0]?.number).toBe(4)
  })

  it('can be waited for, until the signal or the end of the server', async () => {
    const model = await startModel()
    const waiting = model.until(() => model.requests === 1)
    await ask(model)
    await waiting
    await expect(model.until(() => false, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
    const tooLong = new AbortController()
    const given = model.until(() => false, tooLong.signal)
    tooLong.abort(new Error('too long'))
    await expect(given).rejects.toThrow('too long')
    const forever = model.until(() => false)
    const rejected = expect(forever).rejects.toThrow('stopped')
    await model.stop()
    await rejected
  })
})
