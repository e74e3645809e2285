import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { MINUTE, systemClock } from '../../src/clock.js'
import { seededRandom } from '../../src/random.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { idServers } from '../support/id-servers.js'
import { ManualClock } from '../support/manual-clock.js'

// tmi.js takes the WebSocket built into newer Node if it finds one; the product makes it use `ws`, and so do we.
Reflect.deleteProperty(globalThis, 'WebSocket')
const tmi: typeof import('tmi.js') = createRequire(import.meta.url)('tmi.js')

const startServer = idServers()

/** Logs in to chat with a token; true where it is taken. */
async function logsIn(twitch: TwitchSimulator, token: string): Promise<boolean> {
  const client = new tmi.Client({
    options: { skipUpdatingEmotesets: true },
    connection: { server: '127.0.0.1', port: twitch.port, reconnect: false },
    identity: { username: 'ava', password: `oauth:${token}` },
    logger: { info() {}, warn() {}, error() {} },
  })
  try {
    await client.connect()
    await client.disconnect()
    return true
  } catch {
    return false
  }
}

describe('tokens of the built-in server for sign-in', () => {
  test('log in to the built-in Twitch until they are refreshed, end, or are taken back', async () => {
    await using twitch = new TwitchSimulator({ clock: systemClock(), random: seededRandom(1) })
    await twitch.start()
    const clock = new ManualClock()
    const server = await startServer({ clock, chat: twitch, lifetimes: { tokenMs: 5 * MINUTE } })
    const first = server.issue('Ava')
    expect(await logsIn(twitch, first.accessToken)).toBe(true)
    const second = server.issue('ava')
    expect(await logsIn(twitch, first.accessToken)).toBe(false)
    expect(await logsIn(twitch, second.accessToken)).toBe(true)
    await clock.advance(5 * MINUTE)
    expect(await logsIn(twitch, second.accessToken)).toBe(false)
    const third = server.issue('ava')
    server.revoke('AVA')
    expect(await logsIn(twitch, third.accessToken)).toBe(false)
    server.issue('ava')
    await server.stop()
    expect(clock.pendingTimers).toBe(0)
  })

  test('are in no record of a request', async () => {
    const server = await startServer()
    const { accessToken, refreshToken } = server.issue('ava')
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'client' }
    await fetch(`${server.url}/oauth2/token?refresh_token=${refreshToken}`, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    await fetch(`${server.url}/oauth2/validate`, { headers: { authorization: `OAuth ${accessToken}` } })
    expect(server.records.map(({ route, grant }) => [route, grant])).toEqual([
      ['POST /oauth2/token?…', 'refresh_token'],
      ['GET /oauth2/validate', undefined],
    ])
    expect(server.secrets).toContain(refreshToken)
    for (const secret of server.secrets) expect(JSON.stringify(server.records)).not.toContain(secret)
  })

  test('come only to an application that is registered, and what is no request is refused', async () => {
    const server = await startServer({ clientIds: ['known'] })
    const post = async (path: string, form: Record<string, string>) => {
      const response = await fetch(server.url + path, { method: 'POST', body: new URLSearchParams(form) })
      return [response.status, await response.json()]
    }
    const unknown = await post('/oauth2/device', { client_id: 'unknown' })
    expect(unknown).toEqual([400, { status: 400, message: 'invalid client' }])
    expect(await post('/oauth2/token', { client_id: 'known' })).toMatchObject([400, {}])
    expect(await post('/oauth2/authorize', { client_id: 'known' })).toMatchObject([404, {}])
    expect(() => server.approve('NOCODE', 'ava')).toThrow(RangeError)
    expect(() => server.script(...Array(10_001).fill({ kind: 'none' }))).toThrow(RangeError)
  })
})
