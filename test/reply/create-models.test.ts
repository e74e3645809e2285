import { describe, expect, it } from 'vitest'
import { defaults } from '../../src/config-schema.js'
import { parseEnvironment } from '../../src/environment.js'
import { ChorusEmitter } from '../../src/events.js'
import { createModels } from '../../src/reply/create-models.js'
import { ManualClock } from '../support/manual-clock.js'
import { oddServer, saying } from './odd-server.js'

const PROMPT = [{ role: 'user', content: 'hi' }] as const
const REFUSED = { status: 401, body: '{}' }

/** Models of an environment; the first is away from the first question on. */
async function askOnce(env: Readonly<Record<string, string>>, fallback: { name: string; baseUrl?: string }) {
  const { environment, problems } = parseEnvironment(env, { logins: [], cwd: '/' })
  expect(problems).toEqual([])
  const models = createModels({
    config: { model: defaults({ model: { name: 'large', fallback } }).model },
    environment,
    clock: new ManualClock(),
    events: new ChorusEmitter(),
    random: () => 0.5,
    tokenUse: undefined,
    changed: () => {},
  })
  const answer = await models.complete(PROMPT, { signal: new AbortController().signal })
  models.stop()
  return answer
}

describe('the key of the fallback', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ['its own', { OPENAI_FALLBACK_API_KEY: 'sk-second' }, 'Bearer sk-second'],
    ['none without one, never that of the first server', {}, undefined],
  ])('is on another server %s', async (_, env, sent) => {
    await using first = await oddServer(() => REFUSED)
    await using second = await oddServer(() => saying('ahoy'))
    const answer = await askOnce(
      { OPENAI_BASE_URL: first.url, OPENAI_API_KEY: 'sk-first', ...env },
      { name: 'small', baseUrl: second.url },
    )
    expect(answer).toEqual({ text: 'ahoy', by: 'fallback' })
    expect(first.requests[0]?.headers.authorization).toBe('Bearer sk-first')
    expect(first.requests).toHaveLength(1)
    expect(second.requests[0]?.headers.authorization).toBe(sent)
    expect(second.requests[0]?.body).toMatchObject({ model: 'small' })
  })

  it.each(['left out', 'spelled out'])(
    'is on the same server the first one’s, its address %s',
    async (how) => {
      await using server = await oddServer(({ body }) =>
        (body as { model: string }).model === 'large' ? REFUSED : saying('ahoy'),
      )
      const answer = await askOnce(
        { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-first', OPENAI_FALLBACK_API_KEY: 'sk-second' },
        { name: 'small', ...(how === 'spelled out' && { baseUrl: `${server.url}/` }) },
      )
      expect(answer.by).toBe('fallback')
      expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
        'Bearer sk-first',
        'Bearer sk-first',
      ])
    },
  )
})

describe('the address of the fallback', () => {
  it.each(['ftp://host/v1', 'localhost:11434', 'https://me:secret@host/v1', ''])('is not %s', (baseUrl) => {
    expect(() => defaults({ model: { fallback: { name: 'small', baseUrl } } })).toThrow()
  })
})
