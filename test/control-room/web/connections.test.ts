import { connect, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { ControlToken } from '../../../src/control-room/web/control-token.js'
import { Secret } from '../../../src/secret.js'
import { ask, BEARER, idleChorus, rooms, TOKEN } from '../room-fixture.js'
import { sieges } from '../siege.js'

const open = rooms()
const besiege = sieges()
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

const PLACES = 200
const OVERLAY_TOKEN = new ControlToken(new Secret(TOKEN)).derive('overlay').reveal()

test.each([
  ['says nothing', ''],
  ['never ends its headers', 'GET / HTTP/1.1\r\nHost: HOST\r\n'],
  ['asks for what anybody may have', 'GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n'],
  ['brings a wrong token', 'GET / HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer wrong\r\n\r\n'],
  [
    'has the address of the overlay alone',
    `GET /overlay/events HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer ${OVERLAY_TOKEN}\r\n\r\n`,
  ],
  [
    'brings the token to a name of its own',
    `GET / HTTP/1.1\r\nHost: x\r\nCookie: chorus_PORT=${TOKEN}\r\n\r\n`,
  ],
])(
  'whoever holds and renews more connections than there are places, and %s, keeps nobody out who has the token',
  async (_what, text) => {
    const chorus = await idleChorus()
    const { url } = await open({ chorus })
    const { host, port } = new URL(url)
    const reader = (await fetch(`${url}api/events`, { headers: BEARER })).body?.getReader()
    const siege = await besiege(url, text.replace('HOST', host).replace('PORT', port))
    for (let n = 0; n < 20; n++) {
      expect(await ask(url, { headers: BEARER })).toMatchObject({ status: 200 })
      expect(await ask(`${url}?token=${TOKEN}`)).toMatchObject({ status: 303 })
    }
    // It really has had no place left.
    expect(siege.renewals).toBeGreaterThan(PLACES)
    expect(siege.sockets.size).toBeGreaterThan(PLACES)
    // Who came before it is still told what happens.
    chorus.router.calm(true)
    const decoder = new TextDecoder()
    let told = ''
    while (!told.includes('"isCalm":true')) {
      const part = await reader?.read()
      if (part?.done !== false) throw new Error(`it was cut off after ${told}`)
      told += decoder.decode(part.value)
    }
    await reader?.cancel()
  },
)

test('of those who have the token, the newest find no place when all are taken', async () => {
  const { url } = await open()
  const { host, hostname, port } = new URL(url)
  const isOpen: boolean[] = []
  const request = `GET /api/events HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`
  for (let n = 0; n < PLACES + 5; n++) {
    const socket = connect(Number(port), hostname, () => socket.write(request))
    sockets.push(socket)
    socket.on('error', () => {})
    socket.once('close', () => {
      isOpen[n] = false
    })
    await new Promise((resolve) => socket.once('data', resolve).once('close', resolve))
    isOpen[n] ??= true
  }
  await vi.waitFor(() => expect(isOpen.filter((is) => is)).toHaveLength(PLACES))
  expect(isOpen.slice(0, PLACES)).not.toContain(false)
})

test('while strangers take every place, an overlay is followed on', async () => {
  const { url } = await open()
  const { host, hostname, port } = new URL(url)
  const request = `GET /overlay/events HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${OVERLAY_TOKEN}\r\n\r\n`
  const overlay = connect(Number(port), hostname, () => overlay.write(request))
  sockets.push(overlay)
  overlay.on('error', () => {})
  let isCut = false
  overlay.once('close', () => {
    isCut = true
  })
  await new Promise((resolve) => overlay.once('data', resolve))
  overlay.resume()
  const siege = await besiege(url)
  await vi.waitFor(() => expect(siege.renewals).toBeGreaterThan(PLACES))
  expect(isCut).toBe(false)
})

test('a connection is answered what it asks for at once, up to ten requests; one that asks for more is closed', async () => {
  const { url } = await open()
  const { host, hostname, port } = new URL(url)
  const request = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  const answersTo = (count: number) =>
    new Promise<number>((resolve) => {
      let text = ''
      const end = () => resolve(text.split('HTTP/1.1 200 OK').length - 1)
      const socket = connect(Number(port), hostname, () => socket.write(request.repeat(count)))
      sockets.push(socket)
      socket.on('error', () => {})
      socket.once('close', end)
      socket.on('data', (part) => {
        text += part
        if (text.split('{"status":"alive"}').length > count) end()
      })
    })
  expect(await answersTo(10)).toBe(10)
  expect(await answersTo(1000)).toBeLessThan(10)
  expect(await ask(`${url}healthz`)).toMatchObject({ status: 200 })
})
