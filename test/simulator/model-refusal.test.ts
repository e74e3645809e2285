import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { ModelFault } from '../../src/simulator/model-faults.js'
import { ManualClock } from '../support/manual-clock.js'
import { ask, askingWith, modelServers, QUESTION } from '../support/model-server.js'

const startModel = modelServers()
const askWith = askingWith(startModel)

describe('a refusal of the built-in model', () => {
  it.each(['0', '5', '3600', 'Wed, 21 Oct 2026 07:28:00 GMT', 'soon-ish'])(
    'with 429 carries the Retry-After it is given: %s',
    async (retryAfter) => {
      const response = await askWith({ kind: 'rate-limit', retryAfter })
      expect(response.status).toBe(429)
      expect(response.headers.get('retry-after')).toBe(retryAfter)
      expect(await response.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
    },
  )

  it('with 429 has no Retry-After where none is given', async () => {
    const response = await askWith({ kind: 'rate-limit' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, null])
  })

  it.each<[ModelFault, number, object]>([
    [{ kind: 'no-quota' }, 429, { code: 'insufficient_quota', type: 'insufficient_quota' }],
    [{ kind: 'server-error' }, 500, { type: 'server_error' }],
    [{ kind: 'server-error', status: 503 }, 503, { type: 'server_error' }],
    [{ kind: 'unauthorized' }, 401, { code: 'invalid_api_key' }],
    [{ kind: 'forbidden' }, 403, { code: 'permission_denied' }],
    [{ kind: 'no-model' }, 404, { code: 'model_not_found', param: 'model' }],
    [{ kind: 'content-refused' }, 400, { code: 'content_policy_violation' }],
    [{ kind: 'content-refused', code: 'content_filter' }, 400, { code: 'content_filter' }],
  ])('%j is %i with its code', async (fault, status, error) => {
    const response = await askWith(fault)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error })
  })

  it('comes at once, without the latency of an answer', async () => {
    const clock = new ManualClock()
    const model = await startModel({ clock, latency: 60_000 })
    model.script({ kind: 'server-error' })
    expect((await ask(model)).status).toBe(500)
    expect(clock.pendingTimers).toBe(0)
  })

  it('reaches the real SDK as an error with its status and code', async () => {
    const model = await startModel()
    const openai = new OpenAI({ apiKey: 'none', baseURL: model.url, maxRetries: 0 })
    model.script({ kind: 'no-quota' })
    const refused = openai.chat.completions.create(QUESTION)
    await expect(refused).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' })
  })
})

describe('a refused parameter', () => {
  it.each([
    ['max_tokens', 100, 'max_completion_tokens'],
    ['max_completion_tokens', 100, 'max_tokens'],
    ['temperature', 0.9, '0.9'],
    ['response_format', { type: 'json_object' }, 'response_format'],
  ] as const)('is named: %s', async (parameter, value, inMessage) => {
    const fault: ModelFault = { kind: 'parameter-refused', parameter }
    const response = await askWith(fault, { [parameter]: value })
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { param: string; message: string } }
    expect(error.param).toBe(parameter)
    expect(error.message).toContain(`${parameter}`)
    expect(error.message).toContain(inMessage)
  })

  it('is named in the message only where the server is a sloppy one', async () => {
    const fault: ModelFault = { kind: 'parameter-refused', parameter: 'max_tokens', inMessageOnly: true }
    const { error } = (await (await askWith(fault, { max_tokens: 9 })).json()) as {
      error: { message: string }
    }
    expect(error).toMatchObject({ param: null, code: null })
    expect(error.message).toContain('max_tokens')
  })

  it('does not hurt a request without it', async () => {
    const model = await startModel()
    model.always({ kind: 'parameter-refused', parameter: 'max_tokens' })
    expect((await ask(model, { ...QUESTION, max_tokens: 100 })).status).toBe(400)
    expect((await ask(model, { ...QUESTION, max_completion_tokens: 100 })).status).toBe(200)
  })
})
