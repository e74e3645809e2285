import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { type ChorusPage, chorusPages } from './chorus-page.js'
import { gone, readsForward, rowsOf, seen, until } from './page-parts.js'

/*
 * Goal: what viewers and models write is text, wherever the page shows it. Method: all of it is hostile and is said in a real chat;
 * what counts is what the browser made of it. That nothing of another origin was asked for, and that the content security policy
 * had nothing to stop, is looked at by the fixture.
 */

const { open } = chorusPages()

const NAME = '<img src=x onerror=alert(1)>'
const TEXT =
  '<script>alert(2)</script> <svg onload=alert(3)> <a href="javascript:alert(4)">x</a> &lt;b&gt; {{7*7}} <style>*{display:none}</style>'
const MALLORY = { login: 'mallory', displayName: NAME }

/** What has run, or was asked for, because of what somebody wrote. */
function watchRuns(page: Page): () => string[] {
  const runs: string[] = []
  page.on('dialog', (dialog) => {
    runs.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (!/^\/(api|assets)\//.test(pathname)) runs.push(`request ${pathname}`)
  })
  return () => runs
}

/** Elements that only what somebody wrote could have made. */
function madeElements(page: Page): Promise<number> {
  return page.locator('#page :is(img, script, svg, style, iframe, a[href^="javascript"])').count()
}

test('names, lines, and what a model writes are shown as text and run nothing, in every place', async () => {
  const page = await open({ isDemo: true })
  const { button, chat, chorus, deadLetters, headline, lines, model, notices, room, tryOut, waiting } = page
  const runs = watchRuns(page.page)
  // Answered, and with a hostile line.
  model.always({ kind: 'say', text: `${NAME} <script>alert(5)</script>` })
  room.say(MALLORY, `@ava ${TEXT}`)
  await seen(chat.locator('.viewer', { hasText: `${NAME}: @ava ${TEXT}` }))
  await seen(chat.locator('.bot', { hasText: `${NAME} <script>alert(5)` }))
  await seen(
    rowsOf(lines)
      .filter({ hasText: `ava → @${NAME}` })
      .filter({ hasText: '<script>alert(5)' }),
  )
  // Tried.
  await tryOut.getByLabel('What a viewer says').fill(TEXT)
  await tryOut.getByRole('button').click()
  await seen(tryOut.locator('.said', { hasText: `${NAME} <script>alert(5)` }))
  // Dead.
  model.heal()
  model.script({ kind: 'bad-json' })
  room.say(MALLORY, `@ava ${TEXT}`)
  await seen(rowsOf(deadLetters).filter({ hasText: TEXT }))
  // Waiting, and skipped.
  chorus.router.mute('ava')
  room.say(MALLORY, `@ava again ${TEXT}`)
  await seen(
    rowsOf(waiting)
      .filter({ hasText: `@ava again ${TEXT}` })
      .filter({ hasText: NAME }),
  )
  await button(`Skip the answer of ava to ${NAME}`).click()
  await seen(notices.getByText(`${NAME} gets no answer from ava, unless the line was on its way.`))
  await gone(rowsOf(waiting))
  // Raiding.
  room.raid(MALLORY, 3)
  await until(() => headline.textContent()).toContain(`Raid from ${NAME}, 3 viewers`)
  expect(await page.page.title()).toContain(NAME)
  expect(runs()).toEqual([])
  expect(await madeElements(page.page)).toBe(0)
})

/** A long word in every place that shows what others wrote: waiting, said, dead, tried, raiding. */
async function fillWith(page: ChorusPage, word: string): Promise<void> {
  const { chorus, deadLetters, lines, model, room, tryOut, waiting } = page
  const viewer = { login: 'w'.repeat(25), displayName: word.slice(0, 25) }
  model.always({ kind: 'say', text: word })
  room.say(viewer, `@ava ${word}`)
  await seen(rowsOf(lines).filter({ hasText: '✓ Sent' }))
  await tryOut.getByLabel('What a viewer says').fill('hello?')
  await tryOut.getByRole('button').click()
  await seen(tryOut.locator('.said'))
  model.heal()
  model.script({ kind: 'bad-json' })
  room.say(viewer, `@ava ${word}`)
  await seen(rowsOf(deadLetters))
  chorus.router.mute('ava')
  room.say(viewer, `@ava ${word}`)
  await seen(rowsOf(waiting))
  room.raid(viewer, 100)
}

test('very long words leave the page as wide as the screen', async () => {
  const page = await open({ isDemo: true })
  await fillWith(page, 'W'.repeat(400))
  await until(() => page.headline.textContent()).toContain('WWWW')
  for (const width of [320, 360, 1600]) {
    await page.page.setViewportSize({ width, height: 800 })
    await until(() => page.page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  }
})

describe('characters that turn the order of letters round', () => {
  const RTL = '\u202e'

  test.each([
    [
      'what is to be answered',
      async (page: ChorusPage) => {
        page.chorus.router.mute('ava')
        page.room.say({ login: 'mallory', displayName: `${RTL}evil` }, '@ava hello')
        return { part: rowsOf(page.waiting), text: 'unmuted' }
      },
    ],
    [
      'the last lines',
      async (page: ChorusPage) => {
        page.room.say({ login: 'mallory', displayName: `${RTL}evil` }, '@ava hello')
        return { part: rowsOf(page.lines).filter({ hasText: ', after' }), text: ', after' }
      },
    ],
    [
      'chat',
      async (page: ChorusPage) => {
        page.room.say({ login: 'mallory', displayName: `${RTL}evil` }, 'hello there')
        return { part: page.chat.locator('.viewer'), text: 'hello there' }
      },
    ],
    [
      'notices',
      async (page: ChorusPage) => {
        page.chorus.router.mute('ava')
        page.room.say({ login: 'mallory', displayName: `${RTL}evil` }, '@ava hello')
        await page.page.getByRole('button', { name: /^Skip the answer/ }).click()
        return { part: page.notices, text: 'gets no answer' }
      },
    ],
  ])('in a name turn nothing else round: %s', async (_where, show) => {
    const page = await open({ isDemo: true })
    const { part, text } = await show(page)
    await seen(part.filter({ hasText: text }))
    expect(await readsForward(part.first(), text)).toBe(true)
  })
})
