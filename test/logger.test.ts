import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ChorusError } from '../src/errors.js'
import { createLogger, type LoggerOptions } from '../src/logger.js'

const TOKEN = 'abcdefghij0123456789klmnopqrst'

/** A logger and everything it has written. */
function recordedLogger(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const logger = createLogger({ level: 'trace', pretty: false, secrets: [TOKEN], destination, ...options })
  return { logger, lines, text: () => lines.join('') }
}

function failingRequest(): Error {
  const refused = new Error(`PASS oauth:${TOKEN}`)
  const rejected = Object.assign(new Error(`401 for ${TOKEN}`, { cause: refused }), {
    headers: { authorization: `Bearer ${TOKEN}` },
    token: TOKEN,
  })
  return new ChorusError('model-unauthorized', `asked with ${TOKEN}`, { cause: rejected })
}

describe.each([false, true])('with pretty: %s, a token never comes out', (pretty) => {
  test.each([
    [
      'of a field with a telling name',
      { token: TOKEN, openai: { apiKey: TOKEN }, headers: { authorization: TOKEN } },
    ],
    ['of a field with any name', { note: `it is ${TOKEN}, really`, deep: { list: [[TOKEN]] } }],
    ['of a key', { [TOKEN]: 1 }],
    ['of an error, its stack, its causes and its fields', { err: failingRequest() }],
    ['of an error in another field', { error: failingRequest() }],
    ['of a cause that is no error', { err: new Error('x', { cause: TOKEN }) }],
    ['of a thrown string', { err: `thrown: ${TOKEN}` }],
    ['of an address', { url: `https://user:${encodeURIComponent(TOKEN)}@host` }],
    ['of a header in base64', { header: Buffer.from(TOKEN).toString('base64') }],
  ])('%s', (_where, fields) => {
    const { logger, text } = recordedLogger({ pretty })
    logger.info(fields, 'something happened')
    expect(text()).toContain('something happened')
    expect(text()).not.toContain(TOKEN)
    expect(text()).not.toContain(Buffer.from(TOKEN).toString('base64'))
  })

  test('of the message', () => {
    const { logger, text } = recordedLogger({ pretty })
    logger.error(`login as ${TOKEN}`)
    logger.error(failingRequest(), `with ${TOKEN}`)
    expect(text()).not.toContain(TOKEN)
  })

  test('of a child logger’s bindings', () => {
    const { logger, text } = recordedLogger({ pretty })
    logger.child({ bound: TOKEN }).warn('hello')
    expect(text()).toContain('hello')
    expect(text()).not.toContain(TOKEN)
  })
})

test('a secret of any letters is masked and the line stays JSON', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8, maxLength: 40 }), (letters) => {
      const secret = `#"\\${letters}`
      const { logger, lines } = recordedLogger({ secrets: [secret] })
      logger.info({ event: 'x', quoted: `<${secret}>`, list: [secret] }, 'x')
      const line: unknown = JSON.parse(lines[0] ?? '')
      expect(line).toMatchObject({ quoted: '<[secret]>', list: ['[secret]'] })
    }),
  )
})

test('a login token that nobody told the logger of is masked, too', () => {
  const { logger, text } = recordedLogger({ secrets: [] })
  logger.info({ wire: 'PASS oauth:zzzzzzzzzz' }, 'connecting')
  expect(text()).not.toContain('zzzzzzzzzz')
})

test('an error is logged with its code, advice, causes and stack, and nothing that an SDK put on it', () => {
  const { logger, lines } = recordedLogger({ secrets: [] })
  const request = { body: 'the whole prompt' }
  const cause = Object.assign(new Error('socket hang up'), { request })
  const error = new ChorusError('model-unreachable', 'no answer', { cause })
  logger.error({ err: Object.assign(error, { request }) }, 'failed')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    err: {
      type: 'ChorusError',
      code: 'model-unreachable',
      message: 'no answer',
      advice: expect.stringContaining('OPENAI_BASE_URL'),
      causes: ['Error: socket hang up'],
      stack: expect.stringContaining('ChorusError'),
    },
  })
  expect(lines[0]).not.toContain('the whole prompt')
})

test('a chain of causes that runs in a circle ends', () => {
  const { logger, lines } = recordedLogger()
  const error = new Error('round')
  error.cause = error
  logger.error({ err: error }, 'failed')
  expect(JSON.parse(lines[0] ?? '').err.causes).toHaveLength(5)
})

test.each([null, Object.create(null), { toString: null }, Symbol('odd'), 7])(
  'whatever was thrown is logged',
  (thrown) => {
    const { logger, lines } = recordedLogger()
    logger.error({ err: thrown }, 'failed')
    logger.error({ err: new Error('outer', { cause: thrown }) }, 'failed')
    expect(lines).toHaveLength(2)
  },
)

test('a page that a server sent as its error is cut', () => {
  const { logger, text } = recordedLogger()
  logger.error({ err: new Error('x'.repeat(1_000_000), { cause: 'y'.repeat(1_000_000) }) }, 'failed')
  expect(text().length).toBeLessThan(20_000)
})

test('what a server says can’t steer the terminal', () => {
  const { logger, text } = recordedLogger({ pretty: true })
  logger.error({ err: new Error('\u001b[2J\u009b2Jgone'), says: '\u001b[2J\u009b2J' }, 'failed')
  expect(text()).toContain('gone')
  for (const steering of ['\u001b[2J', '\u009b']) expect(text()).not.toContain(steering)
})

test('only lines of the level and above are written', () => {
  const { logger, lines } = recordedLogger({ level: 'warn' })
  logger.info('quiet')
  logger.warn('loud')
  expect(lines).toHaveLength(1)
})
