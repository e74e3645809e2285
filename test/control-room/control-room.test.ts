import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { createLogger } from '../../src/logger.js'
import { ask, BEARER, closedRoom, environmentWith, idleChorus, rooms, TOKEN } from './room-fixture.js'

const open = rooms()
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

/** A connection that says `text` and then nothing more. */
function connected(url: string, text = ''): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(text, () => resolve(socket)))
    socket.on('error', reject)
    sockets.push(socket)
  })
}

describe('the link of the start', () => {
  test('lets a browser in by a cookie, and leaves an address without the token', async () => {
    const { link, url } = await open({ environment: environmentWith() })
    const entered = await ask(link)
    expect([entered.status, entered.headers.location]).toEqual([303, '/'])
    const [cookie = ''] = entered.headers['set-cookie'] ?? []
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(await ask(url, { headers: { cookie: cookie.split(';')[0] ?? '' } })).toMatchObject({ status: 200 })
  })

  test.each(['', '?token=', '?token=wrong', '?token=a&token=b'])(
    'alone does: / with %s is 401 and says what to do',
    async (query) => {
      const { url } = await open()
      const refused = await ask(`${url}${query}`)
      expect([refused.status, refused.headers['set-cookie']]).toEqual([401, undefined])
      expect(refused.text).toContain('link')
    },
  )

  test('lacks a token that somebody has set, who knows it', async () => {
    const { link, url } = await open()
    expect(link).toBe(url)
    expect((await ask(`${url}?token=${TOKEN}`)).status).toBe(303)
  })

  test('is in no line of the log, however it is told', async () => {
    const environment = environmentWith()
    const { link } = await open({ environment })
    const lines: string[] = []
    const destination = { write: (line: string) => void lines.push(line) }
    const logger = createLogger({ level: 'info', pretty: false, secrets: environment.secrets, destination })
    logger.error({ err: new Error(`GET ${link}`), link }, `opened ${link}`)
    expect(lines.join('')).not.toContain(new URL(link).searchParams.get('token'))
    expect(lines.join('')).toContain('[secret]')
  })
})

describe('every answer', () => {
  test.each([
    ['200', 'healthz', {}],
    ['401', '', {}],
    ['403', 'healthz', { host: 'evil.example' }],
    ['404', 'nothing', {}],
    ['400', '%ff', {}],
  ])('has the headers that keep browsers from harm: %s', async (status, path, headers) => {
    const { url } = await open()
    const answer = await ask(`${url}${path}`, { headers })
    expect(answer.status).toBe(Number(status))
    expect(answer.headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test.each(['healthz', 'readyz', '', 'nothing', '%ff', `?token=${TOKEN}`])(
    'is 403 for a name that was pointed at us (DNS rebinding), and for a page of another origin: /%s',
    async (path) => {
      const { url } = await open()
      const { port } = new URL(url)
      const foreign = [{ host: `evil.example:${port}` }, { origin: 'http://evil.example' }]
      for (const headers of foreign) {
        const refused = await ask(`${url}${path}`, { headers: { ...BEARER, ...headers } })
        expect(refused).toMatchObject({ status: 403, data: { advice: expect.any(String) } })
        expect(refused.headers).not.toHaveProperty('set-cookie')
      }
    },
  )
})

describe('a client that holds its connection and', () => {
  test.each([
    ['says nothing', ''],
    ['never ends its headers', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n'],
    ['asks for nothing more', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('%s is cut off within seconds', async (_what, text) => {
    const { url } = await open()
    const socket = await connected(url, text)
    const startedMs = performance.now()
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(performance.now() - startedMs).toBeLessThan(30 * SECOND)
  })
})

describe('stop', () => {
  test.each([
    ['says nothing', ''],
    ['says half a request', 'GET /healthz HTTP/1.1\r\nHost: '],
    ['keeps its connection', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['sends half a body', 'POST /api/calm HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{'],
  ])('does not wait for a client that %s', async (_what, text) => {
    const room = await open()
    const socket = await connected(room.url, text)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const startedMs = performance.now()
    await room.stop()
    await closed
    // Later it would cut it off anyway.
    expect(performance.now() - startedMs).toBeLessThan(5 * SECOND)
    await expect(ask(room.url)).rejects.toThrow('ECONNREFUSED')
  })

  test('is safe before the start, during it, twice and at once', async () => {
    await (await closedRoom()).stop()
    const room = await closedRoom()
    await Promise.all([room.start(), room.stop(), room.stop()])
    await room[Symbol.asyncDispose]()
    await expect(ask(room.url)).rejects.toThrow('ECONNREFUSED')
  })

  test('after a start that has failed is safe, too', async () => {
    const { url } = await open()
    const environment = environmentWith({ PORT: new URL(url).port })
    const room = await closedRoom({ environment })
    await expect(room.start()).rejects.toMatchObject({ code: 'port-taken' })
    await room.stop()
  })
})

describe('a host that others can reach', () => {
  test('is refused while nothing was set that opens the control room', async () => {
    const chorus = await idleChorus()
    for (const HOST of ['0.0.0.0', '192.168.1.5', '::', 'chorus.lan'])
      await expect(closedRoom({ chorus, environment: environmentWith({ HOST }) })).rejects.toThrow(
        expect.objectContaining({
          code: 'no-control-token',
          advice: expect.stringContaining('CHORUS_CONTROL_TOKEN'),
        }),
      )
  })

  test('is listened on with such a token, and shown as one that a browser can be led to', async () => {
    const { url } = await open({
      environment: environmentWith({ HOST: '0.0.0.0', CHORUS_CONTROL_TOKEN: TOKEN }),
    })
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await ask(url, { headers: BEARER })).toMatchObject({ status: 200 })
  })
})
