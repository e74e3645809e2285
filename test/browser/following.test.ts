import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SECOND } from '../../src/clock.js'
import type { ControlRoom } from '../../src/control-room/control-room.js'
import { environmentWith, idleChorus, rooms, TOKEN } from '../control-room/room-fixture.js'
import { FakeDesk } from '../control-room/routes/fake-desk.js'
import { browsers } from './browser-fixture.js'
import { partsOf, seen, until } from './page-parts.js'

const open = rooms()
const { openContext, openRoom, takeFaults } = browsers()

/** Streams that pages of the test follow at this moment, as their server sees it. */
const streams = new Set<ServerResponse>()
/** Whether servers hold every stream open, and say nothing. */
let isFrozen = false
/** The page that servers say they have; their own where there is none. */
let toldPage: string | undefined
const note = (message: unknown) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
  if (request.url !== '/api/events' && request.url !== '/overlay/events') return
  if (isFrozen) silence(response)
  if (toldPage !== undefined) pretend(response, toldPage)
  streams.add(response)
  response.once('close', () => streams.delete(response))
}
const silence = (response: ServerResponse) => {
  response.write = () => true
}
const pretend = (response: ServerResponse, told: string) => {
  const write = response.write.bind(response) as (text: string) => boolean
  response.write = (text: unknown) => write(String(text).replace(/^(event: page\ndata: ).*$/m, `$1"${told}"`))
}
beforeEach(() => subscribe('http.server.request.start', note))
afterEach(() => {
  unsubscribe('http.server.request.start', note)
  streams.clear()
  isFrozen = false
  toldPage = undefined
})

const LOST = 'Chorus does not answer. What is shown below is old; this page tries again by itself.'
const REFUSED = 'Chorus does not know this page: it was started anew. Open the link that it has printed.'

/** A browser tells a page’s console of every attempt that fails, here of nothing else. */
function expectOnlyLostConnections(): void {
  for (const fault of takeFaults()) expect(fault).toMatch(/^console: Failed to load resource: /)
}

/** A room that listens where another one did. */
async function openAgain(before: ControlRoom, token = TOKEN): Promise<ControlRoom> {
  const { port } = new URL(before.url)
  return open({ environment: environmentWith({ PORT: port, CHORUS_CONTROL_TOKEN: token }) })
}

async function expectLive(page: Page): Promise<void> {
  await until(() => partsOf(page).headline.textContent()).toBe('No bot is in chat')
  expect(await page.locator('html').getAttribute('class')).not.toBe('is-stale')
}

/** It says that it is old, looks like it, and still shows what it has. */
async function expectStale(page: Page, sentence: string): Promise<void> {
  const { card, headline, light } = partsOf(page)
  await until(() => headline.textContent()).toBe(sentence)
  expect(await light.textContent()).toBe('○Not connected')
  expect(await page.title()).toContain(sentence)
  const look = 'getComputedStyle(document.querySelector(".layout")).filter'
  expect(await page.evaluate(look)).toBe('grayscale(1)')
  expect(await card('ava').isVisible()).toBe(true)
}

/** What a browser does with a tab that is put behind another one, or in front again. */
async function turnTab(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} })
    document.dispatchEvent(new Event('visibilitychange'))
  `)
}

test('a hidden tab follows no stream, and has all that it missed as soon as it is shown', async () => {
  const chorus = await idleChorus()
  const page = await openRoom(await open({ chorus }))
  await expectLive(page)
  expect(streams.size).toBe(1)
  await turnTab(page, true)
  await until(() => streams.size).toBe(0)
  chorus.router.mute('ava')
  chorus.router.calm(true)
  await turnTab(page, false)
  await seen(partsOf(page).button('Unmute ava'))
  await until(() => page.getByRole('button', { name: /Calm/ }).getAttribute('aria-pressed')).toBe('true')
  expect(streams.size).toBe(1)
  await expectLive(page)
})

test('when Chorus is gone the page says that it is old, and comes back by itself', async () => {
  const room = await open()
  const page = await openRoom(room)
  await expectLive(page)
  await room.stop()
  await expectStale(page, LOST)
  await openAgain(room)
  await expectLive(page)
  expectOnlyLostConnections()
})

test('what is pressed while Chorus is gone is answered in words', async () => {
  const room = await open()
  const page = await openRoom(room)
  await expectLive(page)
  await room.stop()
  await partsOf(page).button('Mute ava').click()
  await seen(partsOf(page).notices.getByText('Chorus does not answer. Is it still running?'))
  expectOnlyLostConnections()
})

test('a Chorus with another token is told of, and its link opens the page again', async () => {
  const room = await open()
  const page = await openRoom(room)
  await expectLive(page)
  await room.stop()
  await expectStale(page, LOST)
  const token = 'another-token-0123456789'
  const { url } = await openAgain(room, token)
  await expectStale(page, REFUSED)
  await page.goto(`${url}?token=${token}`)
  await expectLive(page)
  expectOnlyLostConnections()
})

test('a Chorus that holds the connection and says nothing is noticed, and so is that it talks again', async () => {
  const page = await openRoom(await open())
  // From the reload on, time in the page can be moved by hand.
  await page.clock.install()
  await page.reload()
  await expectLive(page)
  isFrozen = true
  for (const response of streams) silence(response)
  await page.clock.fastForward(15 * SECOND)
  await expectLive(page)
  await page.clock.fastForward(15 * SECOND)
  await expectStale(page, LOST)
  isFrozen = false
  await page.clock.fastForward(30 * SECOND)
  await expectLive(page)
})

/** Marks the page as it is loaded now. Returns whether it still is that one. */
async function markPage(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate('window.markOfTest = true')
  return async () => (await page.evaluate('window.markOfTest')) === true
}

test('a live start where a demo was is not taken for the demo', async () => {
  const room = await open({ demo: new FakeDesk() })
  const page = await openRoom(room)
  const { chat, modelPanel, tryOut } = partsOf(page)
  await seen(chat)
  await seen(modelPanel.getByText('The built-in stand-in'))
  const isSamePage = await markPage(page)
  await room.stop()
  await expectStale(page, LOST)
  await openAgain(room)
  await expectLive(page)
  await until(() => chat.count()).toBe(0)
  await seen(tryOut.getByText('The tokens count.'))
  expect(await modelPanel.textContent()).not.toContain('stand-in')
  expect(await isSamePage()).toBe(true)
  expectOnlyLostConnections()
})

test('what was being typed in the demo’s chat is still there when the page is followed again', async () => {
  const page = await openRoom(await open({ demo: new FakeDesk() }))
  await expectLive(page)
  await page.getByLabel('and say').fill('do you like')
  await turnTab(page, true)
  await until(() => streams.size).toBe(0)
  await turnTab(page, false)
  await expectLive(page)
  expect(await page.getByLabel('and say').inputValue()).toBe('do you like')
})

test('a Chorus that has another page is shown by that one', async () => {
  const room = await open()
  const page = await openRoom(room)
  await expectLive(page)
  const isSamePage = await markPage(page)
  await room.stop()
  await expectStale(page, LOST)
  toldPage = 'another'
  await openAgain(room)
  await until(isSamePage).toBe(false)
  await expectLive(page)
  expectOnlyLostConnections()
})

test('so it is with the overlay, which stays as it is where the page is the same', async () => {
  const room = await open()
  const page = await openRoom(room)
  await page.getByRole('link', { name: 'Open it here' }).waitFor()
  const link = await page.getByRole('link', { name: 'Open it here' }).getAttribute('href')
  await page.close()
  const overlay = await (await openContext()).newPage()
  await overlay.goto(new URL(link ?? '', room.url).href)
  await until(() => streams.size).toBe(1)
  const isSamePage = await markPage(overlay)
  await room.stop()
  await until(() => streams.size).toBe(0)
  const second = await openAgain(room)
  await until(() => streams.size).toBe(1)
  expect(await isSamePage()).toBe(true)
  await second.stop()
  await until(() => streams.size).toBe(0)
  toldPage = 'another'
  await openAgain(room)
  await until(isSamePage).toBe(false)
  await until(() => streams.size).toBe(1)
  expect(overlay.url()).toBe(`${room.url}overlay`)
})
