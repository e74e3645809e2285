import { type IncomingHttpHeaders, request } from 'node:http'
import { afterEach } from 'vitest'
import { createChorus } from '../../src/chorus.js'
import { systemClock } from '../../src/clock.js'
import { ControlRoom, type ControlRoomOptions } from '../../src/control-room/control-room.js'
import type { Knock } from '../../src/control-room/web/guard.js'
import { toBotLogin } from '../../src/domain.js'
import { type Environment, parseEnvironment } from '../../src/environment.js'

/** What a control room opens with where a test sets it. */
export const TOKEN = 'a-token-that-was-set-0123456789'

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The text, read as JSON. */
  readonly data: unknown
}

/** Asks as any client may, with whatever headers: what `fetch` would not send, too. */
export function ask(url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('error', reject)
      response.on('end', () => {
        const isJson = text !== '' && response.headers['content-type']?.startsWith('application/json')
        const data: unknown = isJson ? JSON.parse(text) : undefined
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, data })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The environment of a control room on any free port. */
export function environmentWith(values: Readonly<Record<string, string>> = {}): Environment {
  const { environment, problems } = parseEnvironment(
    { PORT: '0', ...values },
    { logins: [toBotLogin('ava')], cwd: '/' },
  )
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return { ...environment, dataDir: undefined }
}

/** A Chorus that is built and never started: it has a status, and nobody in chat. */
export function idleChorus(): ReturnType<typeof createChorus> {
  const environment = environmentWith({
    TWITCH_CHAT_URL: 'ws://127.0.0.1:9',
    OPENAI_BASE_URL: 'http://127.0.0.1:9',
    TWITCH_TOKEN_AVA: 'a-token-of-ava',
  })
  return createChorus({ channels: ['mychannel'], bots: [{ login: 'ava' }] }, { environment })
}

/** A control room that nobody has started, of a Chorus that nobody has, either. */
export async function closedRoom(options: Partial<ControlRoomOptions> = {}): Promise<ControlRoom> {
  return new ControlRoom({
    chorus: options.chorus ?? (await idleChorus()),
    environment: environmentWith({ CHORUS_CONTROL_TOKEN: TOKEN }),
    clock: systemClock(),
    stopChorus: () => {},
    ...options,
  })
}

/** Gives the file's tests a function that opens a control room; each test's end closes it. */
export function rooms(): (options?: Partial<ControlRoomOptions>) => Promise<ControlRoom> {
  const open: AsyncDisposable[] = []
  afterEach(async () => {
    for (const each of open.splice(0)) await each[Symbol.asyncDispose]()
  })
  return async (options = {}) => {
    const room = await closedRoom(options)
    open.push(room)
    await room.start()
    return room
  }
}

/** Asks for something to be done, with the token. */
export function post(url: string, body: object | string): Promise<Answered> {
  const headers = { ...BEARER, 'content-type': 'application/json' }
  return ask(url, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })
}

export const BEARER = { authorization: `Bearer ${TOKEN}` }

/** What the headers of a request say, of one that comes from this machine where nothing else is said. */
export const knock = (headers: Partial<Knock> = {}): Knock => ({
  method: 'GET',
  host: '127.0.0.1:3000',
  origin: undefined,
  authorization: undefined,
  cookie: undefined,
  fetchSite: undefined,
  fetchMode: undefined,
  path: '/',
  localAddress: '127.0.0.1',
  ...headers,
})
