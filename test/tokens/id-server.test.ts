import { describe, expect, test } from 'vitest'
import { SECOND, systemClock } from '../../src/clock.js'
import type { IdFault } from '../../src/simulator/id-faults.js'
import type { IdSimulator } from '../../src/simulator/id-simulator.js'
import { IdServer } from '../../src/tokens/id-server.js'
import { idServers } from '../support/id-servers.js'
import { ManualClock } from '../support/manual-clock.js'

const CLIENT = 'client'
const SCOPES = ['chat:read', 'chat:edit']

const startServer = idServers()
const never = () => new AbortController().signal

const clientOf = (server: IdSimulator, clock = systemClock()) => new IdServer({ url: server.url, clock })

/** A device login that has begun. */
async function begun(server: IdSimulator, client = clientOf(server)) {
  const answer = await client.startDeviceLogin({ clientId: CLIENT, scopes: SCOPES }, never())
  if (answer.kind !== 'ok') throw new Error(`it has not begun: ${answer.kind}`)
  const ask = () =>
    client.askDeviceToken({ clientId: CLIENT, scopes: SCOPES, device: answer.device }, never())
  return { device: answer.device, ask }
}

describe('a device login', () => {
  test('is pending until somebody approves it, and gives its tokens once', async () => {
    const server = await startServer()
    const { device, ask } = await begun(server)
    expect(device).toMatchObject({ expiresInMs: 1800 * SECOND, intervalMs: 5 * SECOND })
    expect(device.address).toContain(device.userCode)
    expect(await ask()).toEqual({ kind: 'pending', isTooFast: false })
    server.approve(device.userCode, 'Ava')
    const granted = await ask()
    expect(granted).toMatchObject({ kind: 'ok', grant: { scopes: SCOPES, expiresInMs: 4 * 3600 * SECOND } })
    expect(await ask()).toEqual({ kind: 'refused', says: 'invalid device code' })
    const token = granted.kind === 'ok' ? granted.grant.accessToken.reveal() : ''
    expect(await clientOf(server).validate(token, never())).toMatchObject({
      kind: 'ok',
      owner: { login: 'ava', clientId: CLIENT, scopes: SCOPES },
    })
  })

  test('that is denied is refused, and so is one whose time is over', async () => {
    const clock = new ManualClock()
    const server = await startServer({ clock })
    const denied = await begun(server)
    server.deny(denied.device.userCode)
    expect(await denied.ask()).toEqual({ kind: 'refused', says: 'access_denied' })
    const late = await begun(server)
    await clock.advance(1800 * SECOND)
    expect(await late.ask()).toEqual({ kind: 'refused', says: 'invalid device code' })
  })

  test('is asked for less often when the server says so', async () => {
    const server = await startServer()
    const { ask } = await begun(server)
    server.script({ kind: 'refuse', status: 400, message: 'slow_down' })
    expect(await ask()).toEqual({ kind: 'pending', isTooFast: true })
  })

  test('of an application that nobody knows is refused in the words of the server', async () => {
    const server = await startServer({ clientIds: ['another'] })
    const answer = await clientOf(server).startDeviceLogin({ clientId: CLIENT, scopes: SCOPES }, never())
    expect(answer).toEqual({ kind: 'refused', says: 'invalid client' })
  })
})

describe('a refresh', () => {
  test('gives new tokens for a refresh token, which works once', async () => {
    const server = await startServer()
    const client = clientOf(server)
    const { accessToken, refreshToken } = server.issue('ava')
    const first = await client.refresh({ clientId: CLIENT, refreshToken }, never())
    if (first.kind !== 'ok') throw new Error(first.kind)
    expect(first.grant.accessToken.reveal()).not.toBe(accessToken)
    expect(first.grant.refreshToken?.reveal()).not.toBe(refreshToken)
    const again = await client.refresh({ clientId: CLIENT, refreshToken }, never())
    expect(again).toEqual({ kind: 'refused', says: 'Invalid refresh token' })
    expect(await client.validate(accessToken, never())).toEqual({
      kind: 'refused',
      says: 'invalid access token',
    })
  })
})

const FAULTS: readonly (readonly [IdFault, string])[] = [
  [{ kind: 'server-error' }, 'HTTP 500'],
  [{ kind: 'server-error', status: 503 }, 'HTTP 503'],
  [{ kind: 'server-error', status: 429 }, 'HTTP 429'],
  [{ kind: 'html' }, 'HTTP 200'],
  [{ kind: 'html', status: 400 }, 'HTTP 400'],
  [{ kind: 'html', status: 401 }, 'HTTP 401'],
  [{ kind: 'bad-json' }, 'HTTP 200'],
  [{ kind: 'empty-json' }, 'HTTP 200'],
  [{ kind: 'huge' }, 'HTTP 200'],
  [{ kind: 'refuse', status: 404, message: 'Not Found' }, 'HTTP 404'],
  [{ kind: 'reset' }, 'no connection'],
  [{ kind: 'redirect', to: 'http://127.0.0.1:9/' }, 'no connection'],
]

describe('no refusal is', () => {
  test.each(FAULTS)('%j', async (fault, reason) => {
    const server = await startServer()
    const client = clientOf(server)
    const { accessToken, refreshToken } = server.issue('ava')
    const { ask } = await begun(server)
    server.always(fault)
    const answers = await Promise.all([
      client.startDeviceLogin({ clientId: CLIENT, scopes: SCOPES }, never()),
      ask(),
      client.refresh({ clientId: CLIENT, refreshToken }, never()),
      client.validate(accessToken, never()),
    ])
    for (const answer of answers) {
      expect(answer).toEqual({ kind: 'unavailable', reason: expect.stringContaining(reason) })
      expect(JSON.stringify(answer)).not.toContain(accessToken)
      expect(JSON.stringify(answer)).not.toContain(refreshToken)
    }
  })

  test.each([false, true])('a server that hangs, with headers: %s', async (afterHeaders) => {
    const server = await startServer()
    const clock = new ManualClock()
    server.always({ kind: 'hang', afterHeaders })
    const answer = clientOf(server, clock).validate('abcdef', never())
    await server.until(() => server.records.length === 1)
    await clock.advance(10 * SECOND)
    expect(await answer).toEqual({
      kind: 'unavailable',
      reason: `${new URL(server.url).host} gave no answer within 10 s`,
    })
    expect(clock.pendingTimers).toBe(0)
  })

  test('a server that is away', async () => {
    const server = await startServer()
    await server.away()
    expect(await clientOf(server).validate('abcdef', never())).toEqual({
      kind: 'unavailable',
      reason: `no connection to ${new URL(server.url).host} (ECONNREFUSED)`,
    })
  })

  test('a question that is taken back', async () => {
    const server = await startServer()
    const abort = new AbortController()
    server.always({ kind: 'hang' })
    const answer = clientOf(server).validate('abcdef', abort.signal)
    await server.until(() => server.records.length === 1)
    abort.abort(new Error('of no matter'))
    expect(await answer).toMatchObject({ kind: 'unavailable' })
    expect(await clientOf(server).validate('abcdef', abort.signal)).toMatchObject({ kind: 'unavailable' })
  })

  test('of a token: any status but 401', async () => {
    const server = await startServer()
    server.script({ kind: 'refuse', status: 403, message: 'go away' })
    expect(await clientOf(server).validate('abcdef', never())).toMatchObject({ kind: 'unavailable' })
  })
})

test('words of a server are one line, and never quote the token that they are about', async () => {
  const server = await startServer()
  const refreshToken = 'abcdefghij0123456789'
  const message = `no:\r\n\u001b[2J ${refreshToken} ${'x'.repeat(1000)}`
  server.always({ kind: 'refuse', status: 401, message })
  const client = clientOf(server)
  for (const answer of [
    await client.refresh({ clientId: CLIENT, refreshToken }, never()),
    await client.validate(refreshToken, never()),
  ]) {
    const says = answer.kind === 'refused' ? answer.says : ''
    expect(says).toMatch(/^no: \[2J \[secret\] x+$/)
    expect(says).toHaveLength(200)
  }
})

test('a token travels in no address', async () => {
  const server = await startServer()
  const { accessToken, refreshToken } = server.issue('ava')
  await clientOf(server).validate(accessToken, never())
  await clientOf(server).refresh({ clientId: CLIENT, refreshToken }, never())
  expect(server.records.map(({ route }) => route)).toEqual(['GET /oauth2/validate', 'POST /oauth2/token'])
})

test('a redirect is not followed: whoever it names gets no token', async () => {
  const server = await startServer()
  const other = await startServer()
  const { accessToken, refreshToken } = server.issue('ava')
  server.always({ kind: 'redirect', to: `${other.url}/oauth2/validate` })
  await clientOf(server).validate(accessToken, never())
  await clientOf(server).refresh({ clientId: CLIENT, refreshToken }, never())
  expect([server.records.length, other.records.length]).toEqual([2, 0])
})
