import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ask, environmentWith, idleChorus, rooms } from '../control-room/room-fixture.js'
import { sieges } from '../control-room/siege.js'
import { browsers } from './browser-fixture.js'
import { partsOf, until } from './page-parts.js'

const open = rooms()
const { openContext, openRoom } = browsers()
const besiege = sieges()

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/**
 * What rooms were asked below `/api` by others than their own page, and how they answered: a browser tells nobody of what it
 * keeps from a page. No page can choose what the browser says of where it comes from.
 */
const answers: string[] = []
const note = (message: unknown) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
  const { headers, method, url = '' } = request
  const isOwn = headers['sec-fetch-site'] === 'same-origin'
  if (url.startsWith('/api/') && !isOwn) answers.push(`${method} ${url} ${response.statusCode}`)
}
beforeEach(() => subscribe('http.server.response.finish', note))
afterEach(() => {
  unsubscribe('http.server.response.finish', note)
  answers.length = 0
})

/** Somebody else's page on another port: of the same site, so that the browser sends the cookie along. */
async function foreignUrl(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>not yours</title>')
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** A room that has been entered, its Chorus, and a foreign page in the same browser. */
async function besideForeigner() {
  const chorus = await idleChorus()
  const room = await open({ chorus })
  const page = await openRoom(room)
  const foreign = await page.context().newPage()
  await foreign.goto(await foreignUrl())
  return { chorus, room, foreign }
}

/** What a page is given for a `fetch`, or the name of what it fails with. */
function fetched(page: Page, url: string, init: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const options = JSON.stringify({ credentials: 'include', ...init })
  return page.evaluate(
    `fetch(${JSON.stringify(url)}, ${options}).then((answer) => answer.text()).catch((error) => error.name)`,
  )
}

const CALM = { method: 'POST', body: JSON.stringify({ on: true }) }
const AS_JSON = { headers: { 'content-type': 'application/json' } }

describe('the link of the start, in a browser', () => {
  test('opens the page, and its token stays neither in the address nor in the history', async () => {
    const room = await open({ environment: environmentWith() })
    expect(room.link).toContain('token=')
    const page = await openRoom(room)
    expect(page.url()).toBe(room.url)
    await page.goBack()
    expect(page.url()).toBe('about:blank')
  })

  test('leaves a cookie that no script and no other site can use, and that opens it from then on', async () => {
    const room = await open()
    const page = await openRoom(room)
    const name = `chorus_${new URL(room.url).port}`
    expect(await page.context().cookies()).toMatchObject([{ name, httpOnly: true, sameSite: 'Strict' }])
    expect(await page.evaluate('document.cookie')).toBe('')
    expect((await page.goto(room.url))?.status()).toBe(200)
    const stranger = await (await openContext()).newPage()
    expect((await stranger.goto(room.url))?.status()).toBe(401)
  })
})

describe('a page of another origin, in a browser that has the cookie', () => {
  test.each([
    ['as JSON', { ...CALM, ...AS_JSON }, 'OPTIONS'],
    ['without asking first', { ...CALM, mode: 'no-cors' }, 'POST'],
  ])('can turn nothing by fetch, %s', async (_how, init, asks) => {
    const { chorus, room, foreign } = await besideForeigner()
    expect(await fetched(foreign, `${room.url}api/calm`, init)).toBe('TypeError')
    expect(answers).toEqual([`${asks} /api/calm 403`])
    expect(chorus.router.controls.isCalm).toBe(false)
  })

  test('can turn nothing by a form', async () => {
    const { chorus, room, foreign } = await besideForeigner()
    await foreign.setContent(
      `<form method="post" enctype="text/plain" action="${room.url}api/calm"><input name='{"on":true,"' value='":1}'></form>`,
    )
    const refused = foreign.waitForResponse(`${room.url}api/calm`)
    await foreign.evaluate('document.forms[0].submit()')
    expect((await refused).status()).toBe(403)
    expect(answers).toEqual(['POST /api/calm 403'])
    expect(chorus.router.controls.isCalm).toBe(false)
  })

  test.each([
    ['as a reader', {}],
    // It comes without an Origin, as a picture would: only the browser says that another page asks.
    ['blindly', { mode: 'no-cors' }],
  ])('can read nothing by fetch, %s', async (_how, init) => {
    const { room, foreign } = await besideForeigner()
    expect(await fetched(foreign, `${room.url}api/status`, init)).toBe('TypeError')
    expect(answers).toEqual(['GET /api/status 403'])
  })

  test('can follow nothing as a stream, and can load and frame nothing', async () => {
    const { room, foreign } = await besideForeigner()
    const opened = `new Promise((resolve) => {
      const source = new EventSource(${JSON.stringify(`${room.url}api/events`)}, { withCredentials: true })
      source.onopen = () => resolve('open')
      source.onerror = () => resolve('refused')
    })`
    expect(await foreign.evaluate(opened)).toBe('refused')
    await foreign.setContent(`<img src="${room.url}api/status"><iframe src="${room.url}"></iframe>`)
    await until(() => answers).toEqual(['GET /api/events 403', 'GET /api/status 403'])
    // What a frame shows in place of the page that refuses it.
    await until(() => foreign.frames().map((frame) => frame.url())).toContain('chrome-error://chromewebdata/')
  })

  test('is all that is kept from it: a page of the room may do the same', async () => {
    const chorus = await idleChorus()
    const room = await open({ chorus, environment: environmentWith() })
    // What its own policy allows a page is not the question here.
    const page = await (await openContext({ bypassCSP: true })).newPage()
    await page.goto(room.link)
    expect(await fetched(page, `${room.url}api/status`)).toContain('"controls"')
    await fetched(page, `${room.url}api/calm`, { ...CALM, ...AS_JSON })
    expect(chorus.router.controls.isCalm).toBe(true)
  })
})

test('a foreign name that leads to the room is refused, with the right token too', async () => {
  const room = await open({ environment: environmentWith() })
  const context = await openContext()
  const page = await context.newPage()
  const rebound = new URL(room.link)
  rebound.hostname = 'evil.example'
  expect((await page.goto(rebound.href))?.status()).toBe(403)
  expect(await context.cookies()).toEqual([])
  // It is the name alone that is refused.
  expect((await ask(room.link)).status).toBe(303)
})

test('the page opens, is followed and can be used while a stranger holds every place of the server', async () => {
  const chorus = await idleChorus()
  const room = await open({ chorus })
  const siege = await besiege(room.url, 'GET / HTTP/1.1\r\n')
  const page = await openRoom(room)
  const { headline } = partsOf(page)
  await until(() => headline.textContent()).toBe('No bot is in chat')
  await page.reload()
  await until(() => headline.textContent()).toBe('No bot is in chat')
  await page.getByRole('button', { name: /Calm/ }).click()
  await until(() => chorus.router.controls.isCalm).toBe(true)
  expect(siege.renewals).toBeGreaterThan(200)
})
