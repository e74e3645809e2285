import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { ask as askServer } from '../control-room/room-fixture.js'
import { ask } from '../integration/questions.js'
import { chorusPages } from './chorus-page.js'
import { gone, readsForward, seen, until } from './page-parts.js'

const { open, openContext } = chorusPages()

/** The address that is to be given to OBS. */
async function linkOf(page: Page): Promise<string> {
  const path = await page.getByRole('link', { name: 'Open it here' }).getAttribute('href')
  return new URL(path ?? '', page.url()).href
}

/** The overlay as OBS opens it: in a browser of its own, which knows nothing of the control room. */
async function openOverlay(room: Page): Promise<Page> {
  const overlay = await (await openContext()).newPage()
  const answer = await overlay.goto(await linkOf(room))
  expect(answer?.status()).toBe(200)
  return overlay
}

const rows = (overlay: Page) => overlay.getByRole('listitem')

describe('the overlay', () => {
  test('opens from the page, and shows who is being answered, then who was', async () => {
    const page = await open({ latency: 1500 })
    const [overlay] = await Promise.all([
      page.page.context().waitForEvent('page'),
      page.page.getByRole('link', { name: 'Open it here' }).click(),
    ])
    await overlay.waitForURL(`${page.controlRoom.url}overlay`)
    await gone(rows(overlay))
    ask(page, { viewer: 'ann' })
    await until(() => rows(overlay).allTextContents()).toEqual(['ava is answering @ann'])
    await until(() => rows(overlay).allTextContents()).toEqual(['ava answered @ann'])
  })

  test('has no ground of its own: what lies below it is seen', async () => {
    const page = await open()
    const overlay = await openOverlay(page.page)
    page.model.always({ kind: 'hang' })
    ask(page)
    await seen(rows(overlay))
    const [top, bottom] = await alphaOf(overlay)
    expect(top).toBe(0)
    expect(bottom).toBeGreaterThan(100)
  })

  test('shows hostile names as text, and no more than fits', async () => {
    const name = '<img src=x onerror=alert(1)>'
    const page = await open()
    const overlay = await openOverlay(page.page)
    const seenDialogs: string[] = []
    overlay.on('dialog', (dialog) => {
      seenDialogs.push(dialog.message())
      void dialog.dismiss()
    })
    await overlay.setViewportSize({ width: 300, height: 200 })
    page.room.say({ login: 'mallory', displayName: name }, '@ava hello')
    await until(() => rows(overlay).allTextContents()).toEqual([`ava answered @${name}`])
    page.room.say({ login: 'wide', displayName: 'W'.repeat(200) }, '@ben hello')
    await until(() => rows(overlay).count()).toBe(2)
    expect(await overlay.locator('#overlay img').count()).toBe(0)
    for (const row of await rows(overlay).all()) {
      const box = await row.boundingBox()
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(300)
    }
    expect(seenDialogs).toEqual([])
  })

  test('keeps the names apart: characters in one that turn the order of letters round turn no other', async () => {
    const page = await open()
    const overlay = await openOverlay(page.page)
    page.model.always({ kind: 'hang' })
    page.room.say({ login: 'mallory', displayName: '\u202eevil' }, '@ava hello')
    page.room.say('ann', '@ava hello')
    await until(() => rows(overlay).allTextContents()).toEqual(['ava is answering @\u202eevil and @ann'])
    expect(await readsForward(rows(overlay), '@ann')).toBe(true)
  })

  test('shows nobody while Chorus is away, for nobody is answered', async () => {
    const page = await open()
    const overlay = await openOverlay(page.page)
    page.model.always({ kind: 'hang' })
    ask(page)
    await seen(rows(overlay))
    // The page of the room would complain of what is gone.
    await page.page.close()
    await page.controlRoom.stop()
    await gone(rows(overlay))
  })
})

describe('the overlay’s token', () => {
  test('opens the overlay alone: neither the page, nor the API, nor the stream', async () => {
    const page = await open()
    const link = await linkOf(page.page)
    const { url } = page.controlRoom
    const overlay = await openOverlay(page.page)
    expect(overlay.url()).toBe(`${url}overlay`)
    for (const path of ['', 'api/status', 'api/events', 'metrics']) {
      const status = await overlay.evaluate(`fetch('/${path}').then(({ status }) => status)`)
      expect([path, status]).toEqual([path, 401])
    }
    const token = new URL(link).searchParams.get('token') ?? ''
    expect((await askServer(`${url}?token=${token}`)).status).toBe(401)
    const headers = { authorization: `Bearer ${token}` }
    expect((await askServer(`${url}api/status`, { headers })).status).toBe(401)
    expect((await overlay.goto(url))?.status()).toBe(401)
  })

  test('tells the names that are shown, the time, and which page there is: nothing else', async () => {
    const page = await open()
    const overlay = await openOverlay(page.page)
    page.model.always({ kind: 'hang' })
    ask(page, { viewer: 'ann' })
    await seen(rows(overlay))
    const told = String(await overlay.evaluate(FIRST_TOLD))
    expect(told.replaceAll(/"nowMs":\d+/g, '"nowMs":0').replace(/"[\da-f]{16}"/, '"a mark"')).toBe(
      [
        'event: clock\ndata: {"nowMs":0}\n\n',
        'event: page\ndata: "a mark"\n\n',
        'event: overlay\ndata: [{"id":"working ava","bot":"ava","viewers":["ann"],"isSaid":false}]\n\n',
      ].join(''),
    )
  })

  test('is needed: nobody sees the overlay without it', async () => {
    const { controlRoom } = await open()
    const stranger = await (await openContext()).newPage()
    expect((await stranger.goto(`${controlRoom.url}overlay`))?.status()).toBe(401)
    expect((await stranger.goto(`${controlRoom.url}overlay?token=wrong`))?.status()).toBe(401)
    expect((await askServer(`${controlRoom.url}overlay/events`)).status).toBe(401)
  })
})

/** What a new reader of the overlay’s stream is told at once. */
const FIRST_TOLD = `fetch('/overlay/events').then(async ({ body }) => {
  const reader = body.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return new TextDecoder().decode(value)
})`

/** How opaque the first pixel of the first row is, and the most opaque one of all, from 0 to 255. */
async function alphaOf(page: Page): Promise<readonly [first: number, most: number]> {
  const picture = (await page.screenshot({ omitBackground: true })).toString('base64')
  // The overlay's own policy lets no picture in that is not of the server.
  const reader = await (await openContext()).newPage()
  return reader.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob('${picture}'), (letter) => letter.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes]))
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
    context.drawImage(bitmap, 0, 0)
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height)
    const alphas = data.filter((_, at) => at % 4 === 3)
    return [alphas[0], alphas.reduce((most, alpha) => Math.max(most, alpha), 0)]
  })()`)
}
