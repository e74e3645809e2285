import { describe, expect, it, vi } from 'vitest'
import { SECOND, systemClock } from '../../src/clock.js'
import { ChorusError, type ErrorCode } from '../../src/errors.js'
import { seededRandom } from '../../src/random.js'
import { ModelClient, type ModelClientOptions } from '../../src/reply/model-client.js'
import type { ModelFault } from '../../src/simulator/model-faults.js'
import { ModelSimulator, type ModelSimulatorOptions } from '../../src/simulator/model-simulator.js'
import { ManualClock } from '../support/manual-clock.js'
import { recordEvents } from './event-record.js'
import { oddServer, saying } from './odd-server.js'

const KEY = 'sk-geheim-0123456789'
const SECRET_PROMPT = 'the persona is a retired lighthouse keeper'
const PROMPT = [
  { role: 'system', content: SECRET_PROMPT },
  { role: 'user', content: 'ann: hi' },
] as const
const DEADLINE_MS = 20 * SECOND

/** The real SDK on a real socket; only the client's clock is moved by hand. */
async function startModel(options: Partial<ModelSimulatorOptions> = {}) {
  const model = new ModelSimulator({ clock: systemClock(), random: seededRandom(1), latency: 0, ...options })
  await model.start()
  return model
}

function clientOf(baseUrl: string, options: Partial<ModelClientOptions> = {}) {
  const clock = new ManualClock(Date.UTC(2026, 10, 1))
  const recorded = recordEvents()
  const client = new ModelClient({
    ...{ apiKey: KEY, baseUrl, model: 'tiny', temperature: 0.9, maxTokens: 120, deadlineMs: DEADLINE_MS },
    ...{ clock, events: recorded.events },
    ...options,
  })
  const ask = (signal = new AbortController().signal) => client.complete(PROMPT, { signal })
  return { ...recorded, client, clock, ask }
}

async function failureOf(promise: Promise<unknown>): Promise<ChorusError> {
  const error: unknown = await promise.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ChorusError)) throw new Error(`expected a ChorusError, got ${String(error)}`)
  return error
}

/** Everything of an error that could reach a log, its causes and hidden fields included. */
function everythingOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 8) return JSON.stringify(error) ?? ''
  const fields = Object.getOwnPropertyNames(error).map((name) => {
    const value: unknown = Reflect.get(error, name)
    return value instanceof Error ? everythingOf(value, depth + 1) : (JSON.stringify(value) ?? String(value))
  })
  return [error.message, error.stack, ...fields, everythingOf(error.cause, depth + 1)].join('\n')
}

function expectNoSecret(error: unknown): void {
  const all = everythingOf(error)
  for (const secret of [KEY, 'geheim', SECRET_PROMPT, 'lighthouse']) expect(all).not.toContain(secret)
}

describe('ModelClient', () => {
  it('gives the text of an answer, and tells the tokens it cost', async () => {
    await using model = await startModel()
    const { ask, answered } = clientOf(model.url)
    model.script({ kind: 'say', text: 'ahoy' })
    expect(await ask()).toBe('ahoy')
    expect(answered).toEqual([{ model: 'tiny', tookMs: 0, tokens: expect.any(Number) }])
    expect(answered[0]?.tokens).toBeGreaterThan(0)
    expect(model.records[0]?.body).toMatchObject({ model: 'tiny', max_tokens: 120, temperature: 0.9 })
  })

  it('gives every viewer of an answer its share of tokens', async () => {
    await using model = await startModel()
    const { client } = clientOf(model.url)
    await client.complete(PROMPT, { signal: new AbortController().signal, viewers: 3 })
    expect(model.records[0]?.body).toMatchObject({ max_tokens: 360 })
  })

  const faults: [string, ModelFault, ErrorCode][] = [
    ['429', { kind: 'rate-limit' }, 'model-rate-limited'],
    ['429 without credit', { kind: 'no-quota' }, 'model-unauthorized'],
    ['500', { kind: 'server-error' }, 'model-server-error'],
    ['503', { kind: 'server-error', status: 503 }, 'model-server-error'],
    ['401', { kind: 'unauthorized' }, 'model-unauthorized'],
    ['403', { kind: 'forbidden' }, 'model-unauthorized'],
    ['404', { kind: 'no-model' }, 'model-unauthorized'],
    ['400 for the content', { kind: 'content-refused' }, 'model-refused-prompt'],
    ['400 by a content filter', { kind: 'content-refused', code: 'content_filter' }, 'model-refused-prompt'],
    ['an answer that was filtered', { kind: 'content-filtered' }, 'model-refused-prompt'],
    ['a reset in mid-body', { kind: 'reset' }, 'model-unreachable'],
    ['10 MB', { kind: 'huge' }, 'model-too-large'],
    ['an empty body', { kind: 'empty' }, 'model-bad-answer'],
    ['a web page with 200', { kind: 'html' }, 'model-bad-answer'],
    ['JSON that breaks off', { kind: 'bad-json' }, 'model-bad-answer'],
    ['no choices', { kind: 'no-choices' }, 'model-bad-answer'],
    ['nothing but thoughts', { kind: 'think', answers: false }, 'model-empty'],
    ['nothing said', { kind: 'say', text: ' \n ' }, 'model-empty'],
  ]

  it.each(faults)(
    'makes of %s its error, asks once, gives nothing away, and works again',
    async (_, fault, code) => {
      await using model = await startModel()
      const { ask, clock, failed } = clientOf(model.url)
      model.script(fault)
      const error = await failureOf(ask())
      expect(error.code).toBe(code)
      expectNoSecret(error)
      expect(failed).toEqual([{ model: 'tiny', error, tookMs: 0 }])
      expect(model.requests).toBe(1)
      expect(clock.pendingTimers).toBe(0)
      expect(await ask()).not.toBe('')
    },
  )

  it('makes of a refused connection an unreachable model, which is reachable again later', async () => {
    await using model = await startModel()
    const { ask } = clientOf(model.url)
    await model.away()
    const error = await failureOf(ask())
    expect(error.code).toBe('model-unreachable')
    expect(error.message).toContain('ECONNREFUSED')
    expectNoSecret(error)
    await model.back()
    expect(await ask()).not.toBe('')
  })

  it.each<[string, ModelFault]>([
    ['never answers', { kind: 'hang' }],
    ['stops after the headers', { kind: 'hang', afterHeaders: true }],
    ['drips', { kind: 'drip', everyMs: 50 }],
  ])('settles at the deadline when the server %s, and hangs up', async (_, fault) => {
    await using model = await startModel()
    const { ask, clock } = clientOf(model.url)
    model.script(fault)
    const failure = failureOf(ask())
    await model.until(() => model.inFlight === 1)
    await clock.advance(DEADLINE_MS - 1)
    expect(model.inFlight).toBe(1)
    await clock.advance(1)
    expect(await failure).toMatchObject({ code: 'model-timeout' })
    expectNoSecret(await failure)
    await model.until(() => model.inFlight === 0)
    expect(clock.pendingTimers).toBe(0)
  })

  it.each([
    ['0', 0],
    ['5', 5 * SECOND],
    ['3600', 3600 * SECOND],
    ['Sun, 01 Nov 2026 00:00:30 GMT', 30 * SECOND],
    ['Sat, 31 Oct 2026 00:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1e999', undefined],
  ])('reads Retry-After: %s', async (retryAfter, expected) => {
    await using model = await startModel()
    const { ask } = clientOf(model.url)
    model.script({ kind: 'rate-limit', retryAfter })
    expect((await failureOf(ask())).retryAfterMs).toBe(expected)
  })

  it('rejects with the reason of a caller who gives up, which is no failure of the model', async () => {
    await using model = await startModel()
    const { ask, clock, failed } = clientOf(model.url)
    model.script({ kind: 'hang' })
    const controller = new AbortController()
    const asked = ask(controller.signal)
    await model.until(() => model.inFlight === 1)
    controller.abort('enough')
    await expect(asked).rejects.toBe('enough')
    await model.until(() => model.inFlight === 0)
    await expect(ask(controller.signal)).rejects.toBe('enough')
    expect(failed).toEqual([])
    expect(model.requests).toBe(1)
    expect(clock.pendingTimers).toBe(0)
  })

  it.each([
    ['max_tokens', { max_completion_tokens: 120, temperature: 0.9 }, 'max_completion_tokens instead'],
    ['temperature', { max_tokens: 120 }, 'left out'],
  ] as const)(
    'does without %s where the server refuses it, and remembers',
    async (parameter, sent, change) => {
      for (const inMessageOnly of [false, true]) {
        await using model = await startModel()
        const { adapted, ask, failed } = clientOf(model.url)
        model.always({ kind: 'parameter-refused', parameter, inMessageOnly })
        await ask()
        await ask()
        expect(adapted).toEqual([{ model: 'tiny', parameter, change }])
        expect(failed).toEqual([])
        expect(model.requests).toBe(3)
        const body = model.records.at(-1)?.body
        expect(body).toMatchObject(sent)
        expect(body).not.toHaveProperty(parameter)
      }
    },
  )

  it('tells an adaptation once when several requests learn it at the same time', async () => {
    await using model = await startModel()
    const { adapted, ask } = clientOf(model.url)
    model.always({ kind: 'parameter-refused', parameter: 'max_tokens' })
    await Promise.all([ask(), ask(), ask(), ask(), ask()])
    expect(adapted).toHaveLength(1)
  })

  it('ends with an error when a server refuses every parameter, even those it no longer gets', async () => {
    const names = ['max_tokens', 'max_completion_tokens', 'temperature']
    await using server = await oddServer(() => ({
      status: 400,
      body: JSON.stringify({ error: { message: `I dislike ${names.join(' and ')}` } }),
    }))
    const { ask, adapted } = clientOf(server.url)
    expect((await failureOf(ask())).code).toBe('model-refused-request')
    expect(adapted.map((event) => event.parameter).sort()).toEqual([...names].sort())
    expect(server.requests).toHaveLength(4)
  })

  it.each([
    [
      'the bare object of older servers',
      400,
      { object: 'error', message: 'no', param: 'max_tokens', code: 400 },
    ],
    ['a plain message', 400, { error: 'max_tokens is not known here' }],
    [
      'a shape check',
      422,
      { detail: [{ loc: ['body', 'max_tokens'], msg: 'extra', input: { temperature: 1 } }] },
    ],
  ])('finds the parameter in %s', async (_, status, refusal) => {
    await using server = await oddServer(({ body }) =>
      Object.hasOwn(body as object, 'max_tokens')
        ? { status, body: JSON.stringify(refusal) }
        : saying('ahoy'),
    )
    const { ask, adapted } = clientOf(server.url)
    expect(await ask()).toBe('ahoy')
    expect(adapted).toEqual([
      { model: 'tiny', parameter: 'max_tokens', change: 'max_completion_tokens instead' },
    ])
  })

  it('drops nothing because a refusal about something else quotes a parameter', async () => {
    await using server = await oddServer(() => ({
      status: 400,
      body: JSON.stringify({
        error: { message: 'too long, lower max_tokens', param: 'messages', code: 'x' },
      }),
    }))
    const { ask, adapted } = clientOf(server.url)
    expect((await failureOf(ask())).message).toContain('HTTP 400 (messages)')
    expect(adapted).toEqual([])
  })

  const NAME = 'it has no model of this name'
  const ELSEWHERE = `${NAME}, or OPENAI_BASE_URL does not lead to its API`
  const LONG = 'the prompt is longer than the model takes'
  it.each([
    ['OpenAI', 404, { code: 'model_not_found' }, 'model-unauthorized', ` (model_not_found): ${NAME}`],
    [
      'Mistral',
      400,
      { type: 'invalid_model', code: '1500' },
      'model-unauthorized',
      ` (invalid_model): ${NAME}`,
    ],
    ['Groq', 400, { code: 'model_decommissioned' }, 'model-unauthorized', ` (model_decommissioned): ${NAME}`],
    ['another one', 400, { param: 'model' }, 'model-unauthorized', ` (model): ${NAME}`],
    ['Ollama', 404, { type: 'not_found_error', code: null }, 'model-unauthorized', `: ${ELSEWHERE}`],
    ['another address', 404, 'page not found', 'model-unauthorized', `: ${ELSEWHERE}`],
    [
      'llama.cpp',
      400,
      { code: 400, type: 'exceed_context_size_error' },
      'model-refused-request',
      ` (exceed_context_size_error): ${LONG}`,
    ],
    [
      'OpenAI, too',
      400,
      { code: 'context_length_exceeded', param: 'messages' },
      'model-refused-request',
      ` (context_length_exceeded, messages): ${LONG}`,
    ],
    [
      'a server that says what nobody knows',
      400,
      { code: 'sk-secret', type: 'a prompt', param: '@ann' },
      'model-refused-request',
      '',
    ],
  ] as const)(
    'tells what to mend, and repeats nothing that could be a secret or a prompt: %s',
    async (_who, status, words, code, told) => {
      const error =
        typeof words === 'string' ? words : { message: 'tell me about model lama3 @ann sk-secret', ...words }
      await using server = await oddServer(() => ({ status, body: JSON.stringify({ error }) }))
      const { message, code: got } = await failureOf(clientOf(server.url).ask())
      expect([got, message.replace(/^\S+ /, '')]).toEqual([code, `answers HTTP ${status}${told}`])
    },
  )

  it('gives a reasoning model room to think, once, and remembers', async () => {
    await using model = await startModel({ reasoning: { tokens: 1000 } })
    const { adapted, ask, failed } = clientOf(model.url)
    expect(await ask()).not.toBe('')
    const learned = model.requests
    expect(await ask()).not.toBe('')
    expect(model.requests).toBe(learned + 1)
    expect(adapted.map((event) => event.parameter).sort()).toEqual([
      'max_tokens',
      'temperature',
      'token limit',
    ])
    expect(failed).toEqual([])
  })

  it('does so, too, where the server refuses to say nothing; a probe learns nothing from it', async () => {
    const message =
      'Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens.'
    await using server = await oddServer(({ body }) =>
      Number((body as { max_tokens?: number }).max_tokens) < 1000
        ? { status: 400, body: JSON.stringify({ error: { message, param: null } }) }
        : saying('ahoy'),
    )
    const { adapted, ask, client } = clientOf(server.url)
    await client.probe({ number: 1, signal: new AbortController().signal })
    expect(adapted).toEqual([])
    expect(await ask()).toBe('ahoy')
    expect(adapted).toMatchObject([{ parameter: 'token limit' }])
  })

  it('gives up on a model that spends any limit on nothing', async () => {
    await using model = await startModel()
    const { ask } = clientOf(model.url)
    model.always({ kind: 'out-of-tokens', below: 1_000_000 })
    expect((await failureOf(ask())).code).toBe('model-empty')
    expect(model.requests).toBe(2)
    expect((await failureOf(ask())).code).toBe('model-empty')
    expect(model.requests).toBe(3)
  })

  it('tells whoever counts what each answer has cost, by an estimate where the server does not say', async () => {
    const spent: number[] = []
    await using model = await startModel()
    const told = clientOf(model.url, { spent: (tokens) => spent.push(tokens) })
    await told.ask()
    await told.client.probe({ number: 1, signal: new AbortController().signal })
    expect(spent).toEqual(told.answered.map(({ tokens }) => tokens))
    expect(spent).toHaveLength(2)

    await using server = await oddServer(() => ({
      status: 200,
      body: JSON.stringify({ choices: [{ message: { content: 'ahoy, matey' } }] }),
    }))
    await clientOf(server.url, { spent: (tokens) => spent.push(tokens) }).ask()
    expect(spent[2]).toBe(Math.ceil((SECRET_PROMPT.length + 'ann: hi'.length + 'ahoy, matey'.length) / 4))
  })

  describe('a probe', () => {
    const probe = (client: ModelClient, number = 1, signal = new AbortController().signal) =>
      client.probe({ number, signal })

    it.each<[string, ModelFault]>([
      ['any answer', { kind: 'none' }],
      ['an empty one', { kind: 'say', text: '' }],
      ['one that ran out of tokens', { kind: 'out-of-tokens', below: 1000 }],
    ])('is content with %s, is tiny, and shows nothing of chat', async (_, fault) => {
      await using model = await startModel()
      const { client, failed, adapted } = clientOf(model.url)
      model.script(fault)
      await probe(client)
      expect(failed).toEqual([])
      expect(adapted).toEqual([])
      expect(model.requests).toBe(1)
      expect(model.records[0]?.body).toMatchObject({ model: 'tiny', max_tokens: 16 })
      expect(JSON.stringify(model.records[0]?.body)).not.toContain('lighthouse')
    })

    it('adapts its parameters as a reply does', async () => {
      await using model = await startModel()
      const { adapted, client } = clientOf(model.url)
      model.always({ kind: 'parameter-refused', parameter: 'max_tokens' })
      await probe(client)
      expect(adapted).toHaveLength(1)
      expect(model.records.at(-1)?.body).toMatchObject({ max_completion_tokens: 16 })
    })

    it('fails with the endpoint’s error, which no event tells', async () => {
      await using model = await startModel()
      const { client, failed } = clientOf(model.url)
      model.script({ kind: 'rate-limit', retryAfter: '5' })
      expect(await failureOf(probe(client))).toMatchObject({
        code: 'model-rate-limited',
        retryAfterMs: 5 * SECOND,
      })
      expect(failed).toEqual([])
    })

    it.each([
      [1, 5],
      [2, 10],
      [3, 20],
      [9, 20],
    ])('has a deadline that grows to that of a reply: number %i, %i s', async (number, seconds) => {
      await using model = await startModel()
      const { client, clock } = clientOf(model.url)
      model.script({ kind: 'hang' })
      const failure = failureOf(probe(client, number))
      await model.until(() => model.inFlight === 1)
      await clock.advance(seconds * SECOND - 1)
      expect(model.inFlight).toBe(1)
      await clock.advance(1)
      expect(await failure).toMatchObject({ code: 'model-timeout' })
      await model.until(() => model.inFlight === 0)
    })

    it('ends with the reason of a stop', async () => {
      await using model = await startModel()
      const { client, clock } = clientOf(model.url)
      model.script({ kind: 'hang' })
      const controller = new AbortController()
      const probing = probe(client, 1, controller.signal)
      await model.until(() => model.inFlight === 1)
      controller.abort('stopped')
      await expect(probing).rejects.toBe('stopped')
      await model.until(() => model.inFlight === 0)
      expect(clock.pendingTimers).toBe(0)
    })
  })

  it('counts repetitions into the same deadline', async () => {
    await using model = await startModel()
    const { ask, clock } = clientOf(model.url)
    model.script({ kind: 'parameter-refused', parameter: 'max_tokens' }, { kind: 'hang' })
    const failure = failureOf(ask())
    await model.until(() => model.requests === 2)
    await clock.advance(DEADLINE_MS)
    expect((await failure).code).toBe('model-timeout')
  })

  it('takes nothing from the environment and sends nothing that is not needed', async () => {
    for (const name of ['API_KEY', 'ADMIN_KEY', 'ORG_ID', 'PROJECT_ID', 'BASE_URL', 'LOG']) {
      vi.stubEnv(`OPENAI_${name}`, name === 'BASE_URL' ? 'http://127.0.0.1:1/v1' : 'debug')
    }
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'authorization: Bearer ambient\nx-ambient: yes')
    try {
      await using server = await oddServer(() => saying('ahoy'))
      expect(await clientOf(server.url).ask()).toBe('ahoy')
      expect(await clientOf(server.url, { apiKey: undefined }).ask()).toBe('ahoy')
      const [withKey, without] = server.requests
      expect(withKey?.headers.authorization).toBe(`Bearer ${KEY}`)
      expect(without?.headers).not.toHaveProperty('authorization')
      for (const request of server.requests) {
        expect(JSON.stringify(request.headers)).not.toMatch(/ambient|debug|stainless|openai-/i)
      }
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it.each([
    ['a letter no header may carry', `${KEY}\u2013`, 'model-unauthorized'],
    ['a line break inside', `${KEY}\n${KEY}`, 'model-unauthorized'],
  ])('does not print a key with %s', async (_, apiKey, code) => {
    await using server = await oddServer(() => saying('ahoy'))
    const error = await failureOf(clientOf(server.url, { apiKey }).ask())
    expect(error.code).toBe(code)
    expectNoSecret(error)
    expect(server.requests).toEqual([])
  })

  it('does not print what a server echoes: key, prompt, password in its address', async () => {
    const echo = {
      message: `key ${KEY}, prompt ${SECRET_PROMPT}`,
      code: KEY,
      param: SECRET_PROMPT,
      type: KEY,
    }
    for (const status of [400, 401, 403, 404, 418, 429, 500]) {
      await using server = await oddServer(() => ({ status, body: JSON.stringify({ error: echo }) }))
      const error = await failureOf(clientOf(server.url).ask())
      expectNoSecret(error)
      expect(error.message).toContain(String(status))
    }
    expectNoSecret(await failureOf(clientOf(`http://me:${KEY}@127.0.0.1:1/v1`).ask()))
  })

  it('counts what comes out of a compressed answer, not what goes in', async () => {
    const { gzipSync } = await import('node:zlib')
    const body = gzipSync(Buffer.alloc(20 * 1024 * 1024, ' '))
    expect(body.length).toBeLessThan(64 * 1024)
    await using server = await oddServer(() => ({
      status: 200,
      headers: { 'content-encoding': 'gzip' },
      body,
    }))
    expect((await failureOf(clientOf(server.url).ask())).code).toBe('model-too-large')
  })
})

describe('ModelClient.moderate', () => {
  const marks = { kind: 'marks', words: ['ugly'] } as const
  const { signal } = new AbortController()

  it('tells what the server says of a text', async () => {
    await using model = await startModel({ moderation: marks })
    const { client } = clientOf(model.url)
    expect(await client.moderate('a nice line', { signal })).toBe('ok')
    expect(await client.moderate('an ugly line', { signal })).toBe('flagged')
  })

  it('asks a server without such an endpoint once', async () => {
    await using model = await startModel()
    const { client } = clientOf(model.url)
    expect(await client.moderate('a line', { signal })).toBe('absent')
    expect(await client.moderate('a line', { signal })).toBe('absent')
    expect(model.records).toHaveLength(1)
  })

  it('takes 200 on any path for no endpoint', async () => {
    await using server = await oddServer(() => ({ status: 200, body: '{"error":"Unexpected endpoint"}' }))
    const { client } = clientOf(server.url)
    expect(await client.moderate('a line', { signal })).toBe('absent')
    expect(await client.moderate('a line', { signal })).toBe('absent')
    expect(server.requests).toHaveLength(1)
  })

  it.each([
    ['fails', { kind: 'broken' }],
    ['talks nonsense', { kind: 'garbled' }],
    ['is gone', undefined],
  ] as const)(
    'says that an endpoint which worked and now %s is unavailable, until it works again',
    async (_, fault) => {
      await using model = await startModel({ moderation: marks })
      const { client, failed } = clientOf(model.url)
      await client.moderate('a line', { signal })
      model.moderate(fault)
      expect(await client.moderate('a line', { signal })).toBe('unavailable')
      model.moderate(marks)
      expect(await client.moderate('an ugly line', { signal })).toBe('flagged')
      expect(failed).toEqual([])
    },
  )

  it('asks again after a fault of the network', async () => {
    await using model = await startModel({ moderation: marks })
    const { client } = clientOf(model.url)
    await model.away()
    expect(await client.moderate('an ugly line', { signal })).toBe('unavailable')
    await model.back()
    expect(await client.moderate('an ugly line', { signal })).toBe('flagged')
  })

  it('takes an endpoint that has never worked for missing after three faults', async () => {
    await using model = await startModel({ moderation: { kind: 'broken' } })
    const { client } = clientOf(model.url)
    const said = []
    for (let i = 0; i < 4; i++) said.push(await client.moderate('a line', { signal }))
    expect(said).toEqual(['unavailable', 'unavailable', 'absent', 'absent'])
  })

  it('rejects with the reason of a caller who gives up', async () => {
    await using model = await startModel({ moderation: marks })
    const { client } = clientOf(model.url)
    await expect(client.moderate('a line', { signal: AbortSignal.abort('enough') })).rejects.toBe('enough')
    expect(model.records).toEqual([])
  })
})
