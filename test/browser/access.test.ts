import axe from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { ask, outcomeOf } from '../integration/questions.js'
import { type ChorusPage, type ChorusPageOptions, chorusPages, makeDead } from './chorus-page.js'
import { gone, rowsOf, seen, textsOf, until } from './page-parts.js'

const { open } = chorusPages()

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** Far more than the page has of what can be focused. */
const TABS_MAX = 150

/** Where what breaks a rule stands, by the rule. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => [id, html, failureSummary].join(' '))))`)
}

/** Lines said or left unsaid, so that the list of them scrolls. */
const LINES_LEAST = 15

/** A raid, with a bot that is parked, one that is muted and owes answers, one that is at work, and dead letters. */
async function openInTrouble(): Promise<ChorusPage> {
  const page = await open({
    bots: ['ava', 'ben', 'cleo'],
    isDemo: true,
    context: { reducedMotion: 'reduce' },
    before: ({ twitch }) => twitch.revokeToken('ben'),
  })
  const { card, chorus, deadLetters, headline, lines, model, room, waiting } = page
  await seen(card('ben').getByText(/^■ Parked: /))
  await makeDead(page, ['ann', 'dora'])
  await outcomeOf(page, ask(page, { viewer: 'eve' }))
  chorus.router.mute('cleo')
  for (let number = 0; number < LINES_LEAST; number++)
    ask(page, { viewer: `left_out_${number}`, bot: 'cleo' })
  await until(() => chorus.router.owedCount).toBe(LINES_LEAST)
  for (const { task } of chorus.router.owed(LINES_LEAST)) chorus.router.skip(task.id)
  room.raid('CosmicCrumpet', 100)
  for (const viewer of ['fay', 'gus', 'hal']) ask(page, { viewer, bot: 'cleo' })
  for (const color of ['#FFFFFF', '#000000']) room.say({ login: 'painter', color }, 'can you read my name?')
  model.always({ kind: 'hang' })
  ask(page, { viewer: 'ida' })
  await seen(rowsOf(deadLetters).nth(1))
  await seen(rowsOf(lines).nth(LINES_LEAST + 2))
  await until(() => rowsOf(waiting).count()).toBe(4)
  await until(() => headline.textContent()).toContain('Raid from CosmicCrumpet')
  return page
}

/** A page that shows all that it has. */
async function openQuietly(options: ChorusPageOptions = {}): Promise<ChorusPage> {
  const page = await open({ context: { reducedMotion: 'reduce' }, ...options })
  await seen(page.card('ben').getByText('● In chat'))
  return page
}

const SITUATIONS = [
  ['while all is quiet', () => openQuietly()],
  ['in a raid, with bots parked and muted, and with dead letters', openInTrouble],
] as const

describe.each(SITUATIONS)('%s', (_situation, openPage) => {
  test('the page keeps WCAG 2 A and AA, dark and light, on a phone and on a large screen', async () => {
    const { page } = await openPage()
    for (const colorScheme of ['dark', 'light'] as const)
      for (const width of [320, 1600]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        await until(() => page.evaluate('document.documentElement.scrollWidth')).toBe(width)
        expect([colorScheme, width, await violationsOf(page)]).toEqual([colorScheme, width, []])
      }
    await page.getByRole('button', { name: /^Stop Answers/ }).click()
    await seen(page.getByRole('dialog'))
    expect(await violationsOf(page)).toEqual([])
  })

  test('Tab and Shift+Tab reach all that can be used, in sight and marked', async () => {
    const { page } = await openPage()
    await page.evaluate(NOTE_STOPS)
    const all = await page.evaluate('allOfTest().length')
    for (const key of ['Tab', 'Shift+Tab']) {
      await page.evaluate('stopsOfTest.clear(), hiddenOfTest.length = 0')
      for (
        let presses = 0;
        presses < TABS_MAX && Number(await page.evaluate('stopsOfTest.size')) < Number(all);
        presses++
      ) {
        await page.keyboard.press(key)
        await page.evaluate('noteOfTest()')
      }
      expect(
        await page.evaluate('allOfTest().filter((one) => !stopsOfTest.has(one)).map((one) => one.outerHTML)'),
      ).toEqual([])
      expect(await page.evaluate('hiddenOfTest')).toEqual([])
    }
  })
})

/** Notes where the focus is, and whether a person can see that: that it has an outline, and that nothing lies over it. */
const NOTE_STOPS = `{
  window.stopsOfTest = new Set()
  window.hiddenOfTest = []
  window.allOfTest = () => [...document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex="0"]')].filter(
    (one) => !one.disabled && one.checkVisibility())
  window.noteOfTest = () => {
    const one = document.activeElement
    if (one === document.body) return
    stopsOfTest.add(one)
    const { left, top, width, height } = one.getBoundingClientRect()
    const { outlineStyle, outlineWidth } = getComputedStyle(one)
    const over = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 20))
    const isMarked = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
    if (!isMarked || !one.contains(over)) hiddenOfTest.push(one.outerHTML + ' below ' + over?.outerHTML.slice(0, 80))
  }
}`

/** Presses Tab until something has the focus. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let presses = 0; presses < TABS_MAX; presses++) {
    await page.keyboard.press('Tab')
    if (await hasFocus(wanted)) return
  }
  throw new Error(`Tab never led to ${wanted}`)
}

async function hasFocus(wanted: Locator): Promise<boolean> {
  return wanted.and(wanted.page().locator(':focus')).isVisible()
}

describe('with the keyboard alone', () => {
  test('a bot is muted and talks again, calm is turned, and somebody is skipped', async () => {
    const page = await openQuietly()
    const { button, card, chorus, waiting } = page
    const { keyboard } = page.page
    await tabTo(page.page, page.page.getByRole('button', { name: /Calm/ }))
    await keyboard.press('Space')
    await until(() => chorus.router.controls.isCalm).toBe(true)
    await tabTo(page.page, button('Mute ava'))
    await keyboard.press('Enter')
    await seen(card('ava').getByText('‖ In chat, muted'))
    expect(await hasFocus(button('Unmute ava'))).toBe(true)
    const questions = ['ann', 'cat'].map((viewer) => ask(page, { viewer }))
    await until(() => rowsOf(waiting).count()).toBe(2)
    await tabTo(page.page, button('Skip the answer of ava to ann'))
    await keyboard.press('Enter')
    expect(await outcomeOf(page, questions[0] ?? '')).toMatchObject({ kind: 'withdrawn' })
    await until(() => rowsOf(waiting).count()).toBe(1)
    // Where the row was, not at the top of the page.
    await until(() => hasFocus(button('Skip the answer of ava to cat'))).toBe(true)
    await tabTo(page.page, button('Unmute ava'))
    await keyboard.press('Space')
    expect(await outcomeOf(page, questions[1] ?? '')).toMatchObject({ kind: 'sent' })
  })

  test('whoever mutes a bot for some minutes goes on at the button that ends it', async () => {
    const { button, page } = await openQuietly()
    await tabTo(page, button('Mute ava for 5 min'))
    await page.keyboard.press('Enter')
    await seen(button('Unmute ava'))
    await until(() => hasFocus(button('Unmute ava'))).toBe(true)
  })

  test('Chorus is stopped, or is not: Escape leads back to where the dialog was opened', async () => {
    const { button, page, stopChorus } = await openQuietly()
    const stop = page.getByRole('button', { name: /^Stop Answers/ })
    const dialog = page.getByRole('dialog')
    await tabTo(page, stop)
    await page.keyboard.press('Enter')
    await seen(dialog)
    expect(await hasFocus(button('Go on'))).toBe(true)
    await page.keyboard.press('Escape')
    await gone(dialog)
    expect(await hasFocus(stop)).toBe(true)
    expect(stopChorus).not.toHaveBeenCalled()
    await page.keyboard.press('Space')
    await seen(dialog)
    await tabTo(page, button('Stop it'))
    await page.keyboard.press('Enter')
    await until(() => stopChorus.mock.calls.length).toBe(1)
  })

  test('the first Tab offers to skip to the bots, past the demo’s chat', async () => {
    const { button, page } = await openQuietly({ isDemo: true })
    for (const key of ['Tab', 'Enter', 'Tab']) await page.keyboard.press(key)
    expect(await hasFocus(button('Mute all'))).toBe(true)
  })

  test('the second one offers to skip to the demo’s chat', async () => {
    const { page } = await openQuietly({ isDemo: true })
    for (const key of ['Tab', 'Tab', 'Enter', 'Tab']) await page.keyboard.press(key)
    expect(await hasFocus(page.getByRole('button', { name: 'Raid!' }))).toBe(true)
  })
})

test('a screen reader is told at once of another light, and of another sentence ten seconds later at most', async () => {
  const fixture = await openQuietly()
  const { chorus, headline, page } = fixture
  chorus.router.mute('ava')
  // From here on time in the page is moved by hand.
  await page.clock.install()
  await page.reload()
  await until(() => headline.textContent()).toMatch(/^All quiet/)
  // Ahead of the page, which must not be there yet, and not so far that it takes Chorus for gone.
  await page.clock.pauseAt(Date.now() + 10 * SECOND)
  const said = await textsOf(page, '.spoken')
  for (const [asked, sentence] of [
    [1, /^1 viewer waits/],
    [2, /^2 viewers wait/],
    [3, /^3 viewers wait/],
  ] as const) {
    ask(fixture, { viewer: `viewer_${asked}` })
    await until(() => headline.textContent()).toMatch(sentence)
  }
  await until(said).toEqual([
    expect.stringMatching(/^All well: /),
    expect.stringMatching(/^Busy: 1 viewer waits/),
  ])
  await page.clock.runFor(9 * SECOND)
  expect(await said()).toHaveLength(2)
  await page.clock.runFor(SECOND)
  expect((await said()).slice(2)).toEqual([expect.stringMatching(/^Busy: 3 viewers wait/)])
  expect(await headline.getAttribute('aria-live')).toBe(null)
})

test('the page grows with the text size that is set in the browser', async () => {
  const { page } = await open({ context: { viewport: { width: 360, height: 800 } } })
  const size = () => page.evaluate('Number.parseFloat(getComputedStyle(document.body).fontSize)')
  const before = Number(await size())
  const session = await page.context().newCDPSession(page)
  await session.send('Page.setFontSizes', { fontSizes: { standard: 32 } })
  await until(size).toBeCloseTo(2 * before, 0)
})

test('how it goes is told by signs and words, not by colours alone', async () => {
  const { card, light, page } = await openInTrouble()
  expect(await light.textContent()).toBe('■Look here')
  await seen(card('cleo').getByText('‖ In chat, muted'))
  await seen(card('ava').getByText('● In chat'))
  await seen(page.getByRole('img', { name: 'Slots of ava: 1 of 2 taken' }))
  await seen(page.getByRole('img', { name: 'Slots of all bots: 1 of 5 taken' }))
  const keys = `[...document.querySelectorAll('.legend li')].map((one) => getComputedStyle(one, '::before').borderTopStyle)`
  expect(await page.evaluate(keys)).toEqual(['solid', 'dotted', 'dashed'])
})

test.each([
  ['reduce', ['0s']],
  ['no-preference', ['0.2s', '0s']],
] as const)('nothing moves for whom motion disturbs: %s', async (reducedMotion, durations) => {
  const { page } = await open({ context: { reducedMotion } })
  await seen(page.locator('.cell'))
  const found = `[...document.querySelectorAll('*')].map((one) => getComputedStyle(one).transitionDuration)`
  expect(await page.evaluate(`[...new Set(${found})].sort()`)).toEqual(durations)
})
