import { connect, createServer } from 'node:net'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { seededRandom } from '../../src/random.js'
import { REQUEST_MAX_BYTES } from '../../src/simulator/model-request.js'
import { ModelSimulator } from '../../src/simulator/model-simulator.js'
import { ManualClock, settle } from '../support/manual-clock.js'
import { ask, modelServers, QUESTION } from '../support/model-server.js'

const startModel = modelServers()

const sdk = (model: ModelSimulator) => new OpenAI({ apiKey: 'none', baseURL: model.url, maxRetries: 0 })

describe('the built-in model', () => {
  it('answers a chat completion of the real SDK in the persona’s voice', async () => {
    const model = await startModel()
    const answer = await sdk(model).chat.completions.create({
      ...QUESTION,
      max_tokens: 120,
      temperature: 0.9,
    })
    expect(answer.model).toBe('built-in')
    expect(answer.choices[0]?.message.content).toMatch(/\w/)
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(answer.usage?.prompt_tokens).toBeGreaterThan(10)
    expect(answer.usage?.total_tokens).toBe(
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
    )
  })

  it('lists itself as the only model', async () => {
    const model = await startModel()
    const models = await sdk(model).models.list()
    expect(models.data.map(({ id }) => id)).toEqual(['built-in'])
  })

  it('has no moderation endpoint unless it is given one', async () => {
    const model = await startModel()
    await expect(sdk(model).moderations.create({ input: 'hello' })).rejects.toMatchObject({ status: 404 })
    model.moderate({ kind: 'marks', words: ['Zonk'] })
    const { results } = await sdk(model).moderations.create({ input: ['hello', 'a zonky word'] })
    expect(results.map(({ flagged }) => flagged)).toEqual([false, true])
    model.moderate({ kind: 'broken' })
    await expect(sdk(model).moderations.create({ input: 'hello' })).rejects.toMatchObject({ status: 500 })
    model.moderate({ kind: 'garbled' })
    expect(await sdk(model).moderations.create({ input: 'hello' })).toEqual({ results: 'later' })
    expect(model.requests).toBe(0)
  })

  it('cuts an answer at the token limit', async () => {
    const model = await startModel()
    const answer = await sdk(model).chat.completions.create({ ...QUESTION, max_tokens: 3 })
    expect(answer.choices[0]?.finish_reason).toBe('length')
    expect(answer.choices[0]?.message.content).toHaveLength(12)
    expect(answer.usage?.completion_tokens).toBe(3)
  })

  it('gives the same answers for the same seed', async () => {
    const said = async () => {
      const model = await startModel({ random: seededRandom(5) })
      for (let i = 0; i < 5; i++) await (await ask(model)).text()
      return model.records.map((record) => record.said)
    }
    expect(await said()).toEqual(await said())
  })

  it.each([
    ['stream', { ...QUESTION, stream: true }],
    ['messages', { model: 'built-in' }],
    ['messages', { model: 'built-in', messages: [] }],
    ['messages', { model: 'built-in', messages: [{ role: 'user' }] }],
    ['model', { messages: QUESTION.messages }],
    ['max_tokens', { ...QUESTION, max_tokens: 0 }],
    ['temperature', { ...QUESTION, temperature: 3 }],
    ['body', [1]],
    ['body', null],
  ])('refuses a request with a wrong %s by name', async (param, body) => {
    const model = await startModel()
    const response = await ask(model, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { param, type: 'invalid_request_error' } })
  })

  it('outlives a client that breaks off in the middle of its request', async () => {
    const model = await startModel()
    const { port } = new URL(model.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"mod')
    await new Promise((resolve) => socket.once('ready', resolve))
    socket.resetAndDestroy()
    expect((await ask(model)).status).toBe(200)
    expect(model.requests).toBe(1)
  })

  it('answers any other address with 404 as JSON', async () => {
    const model = await startModel()
    for (const [method, path] of [
      ['GET', '/chat/completions'],
      ['POST', '/completions'],
      ['GET', '/../secret'],
    ]) {
      const response = await fetch(model.url + path, { method: method ?? '' })
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ error: { code: 'unknown_url' } })
    }
  })

  it('refuses a request body that is too long without reading all of it', async () => {
    const model = await startModel()
    const response = await ask(model, { ...QUESTION, filler: 'x'.repeat(REQUEST_MAX_BYTES) })
    expect(response.status).toBe(413)
    expect(model.requests).toBe(0)
  })
})

describe('the time an answer takes', () => {
  it('passes on the given clock', async () => {
    const clock = new ManualClock()
    const model = await startModel({ clock, latency: 1200 })
    const answer = ask(model)
    await model.until(() => model.inFlight === 1)
    await clock.advance(1199)
    expect(model.records[0]?.ended).toBeUndefined()
    await clock.advance(1)
    expect((await answer).status).toBe(200)
    expect(model.records[0]).toMatchObject({ atMs: 0, endedAtMs: 1200, ended: 'answered' })
  })

  it('ends with the client: who hangs up leaves no timer behind', async () => {
    const clock = new ManualClock()
    const model = await startModel({ clock, latency: 1200 })
    const client = new AbortController()
    const answer = ask(model, QUESTION, client.signal).catch(() => 'gone')
    await model.until(() => model.inFlight === 1)
    expect(clock.pendingTimers).toBe(1)
    client.abort()
    expect(await answer).toBe('gone')
    await model.until(() => model.inFlight === 0)
    expect(clock.pendingTimers).toBe(0)
    expect(model.records[0]).toMatchObject({ ended: 'hung-up' })
  })
})

describe('starting and stopping the built-in model', () => {
  it('rejects with port-taken when another program has the port', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const model = new ModelSimulator({ clock: systemClock(), random: seededRandom(1), port: port ?? 0 })
    await expect(model.start()).rejects.toMatchObject({ code: 'port-taken' })
    await new Promise((resolve) => other.close(resolve))
    await model.start()
    expect(model.url).toBe(`http://127.0.0.1:${port}/v1`)
    await model.stop()
  })

  it('has no address before it is started', () => {
    const model = new ModelSimulator({ clock: systemClock(), random: seededRandom(1) })
    expect(() => model.url).toThrow('started')
  })

  it('is safe twice and at once', async () => {
    const model = await startModel()
    await Promise.all([model.start(), model.start()])
    expect((await ask(model)).status).toBe(200)
    await Promise.all([model.stop(), model.stop(), model[Symbol.asyncDispose]()])
    await expect(ask(model)).rejects.toThrow()
    await model.stop()
  })

  it('stops at once while answers are pending, and leaves no timer', async () => {
    const clock = new ManualClock()
    const model = await startModel({ clock, latency: 60_000 })
    const answer = ask(model).catch(() => 'cut')
    await model.until(() => model.inFlight === 1)
    await model.stop()
    expect(await answer).toBe('cut')
    await settle()
    expect(clock.pendingTimers).toBe(0)
    expect(model.records[0]).toMatchObject({ ended: 'away' })
    expect(model.inFlight).toBe(0)
  })
})
