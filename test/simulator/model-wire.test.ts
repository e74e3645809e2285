import { describe, expect, it } from 'vitest'
import { ManualClock } from '../support/manual-clock.js'
import { ask, askingWith, modelServers, QUESTION, textOf } from '../support/model-server.js'

const startModel = modelServers()
const askWith = askingWith(startModel)

describe('a broken connection to the built-in model', () => {
  it('is reset in mid-body', async () => {
    const model = await startModel()
    for (let i = 0; i < 20; i++) {
      model.script({ kind: 'reset' })
      const response = await ask(model)
      expect(response.status).toBe(200)
      await expect(response.text()).rejects.toThrow()
    }
    expect(new Set(model.records.map(({ ended }) => ended))).toEqual(new Set(['cut']))
  })

  it('hangs for ever, with no timer, until the client goes', async () => {
    const clock = new ManualClock()
    const model = await startModel({ clock })
    model.script({ kind: 'hang' })
    const client = new AbortController()
    const answer = ask(model, QUESTION, client.signal).catch(() => 'gone')
    await model.until(() => model.inFlight === 1)
    await clock.advance(3_600_000)
    expect(model.inFlight).toBe(1)
    client.abort()
    expect(await answer).toBe('gone')
    await model.until(() => model.inFlight === 0)
    expect(model.records[0]).toMatchObject({ ended: 'hung-up' })
  })

  it('hangs after the headers', async () => {
    const model = await startModel()
    model.script({ kind: 'hang', afterHeaders: true })
    const client = new AbortController()
    const response = await ask(model, QUESTION, client.signal)
    expect(response.status).toBe(200)
    client.abort()
    await expect(response.text()).rejects.toThrow()
    await model.until(() => model.inFlight === 0)
  })

  it('drips byte by byte on the clock', async () => {
    const clock = new ManualClock()
    const model = await startModel({ clock })
    model.script({ kind: 'drip', everyMs: 50 })
    const response = await ask(model)
    const reader = response.body?.getReader()
    for (let i = 0; i < 5; i++) {
      const { value } = (await reader?.read()) ?? {}
      expect(value).toHaveLength(1)
      await clock.advance(50)
    }
    expect(clock.pendingTimers).toBe(1)
    await reader?.cancel()
    await model.until(() => model.inFlight === 0)
    expect(clock.pendingTimers).toBe(0)
  })

  it('drips the whole answer to a client with patience', async () => {
    const clock = new ManualClock()
    const model = await startModel({ clock })
    model.script({ kind: 'drip' })
    const response = await ask(model)
    await clock.advance(100 * 1000)
    expect(await textOf(response)).toMatch(/\w/)
    expect(model.records[0]).toMatchObject({ ended: 'answered' })
  })

  it('sends ten megabytes to who reads them all', async () => {
    const text = await textOf(await askWith({ kind: 'huge' }))
    expect(text).toHaveLength(10 * 1024 * 1024)
  })

  it('stops sending megabytes when the client has enough', async () => {
    const model = await startModel()
    model.script({ kind: 'huge', bytes: 1024 ** 3 })
    const reader = (await ask(model)).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await model.until(() => model.inFlight === 0)
    expect(model.records[0]).toMatchObject({ ended: 'hung-up' })
  })

  it('is really refused while the server is away, and works on the same port when it is back', async () => {
    const model = await startModel({ latency: 60_000, clock: new ManualClock() })
    const url = model.url
    const pending = ask(model).catch(() => 'cut')
    await model.until(() => model.inFlight === 1)
    await model.away()
    expect(await pending).toBe('cut')
    const refused = await ask(model).catch((error: Error) => error.cause)
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' })
    await model.back()
    expect(model.url).toBe(url)
    expect((await fetch(`${url}/models`)).status).toBe(200)
  })
})
