import { describe, expect, test } from 'vitest'
import { ask } from '../integration/questions.js'
import { chorusPages } from './chorus-page.js'
import { rowsOf, seen, until } from './page-parts.js'

const { open } = chorusPages()

describe('what a reply waits for', () => {
  test('is its turn, or the end of its bot’s mute', async () => {
    const page = await open()
    const { chorus, model, waiting } = page
    const row = (viewer: string) => rowsOf(waiting).filter({ hasText: `${viewer} →` })
    model.always({ kind: 'hang' })
    for (const viewer of ['ann', 'bob', 'cat']) ask(page, { viewer })
    await seen(row('ann').getByText('→ ava, is being written'))
    await seen(row('cat').getByText('→ ava, waits its turn'))
    chorus.router.mute('ava')
    await seen(row('cat').getByText('→ ava, waits until it is unmuted'))
  })

  test('is a model that is away', async () => {
    const page = await open()
    const { model, waiting } = page
    await model.away()
    for (const viewer of ['ann', 'bob', 'cat', 'dan', 'eve']) ask(page, { viewer })
    await until(() =>
      rowsOf(waiting).filter({ hasText: '→ ava, waits for the model' }).count(),
    ).toBeGreaterThan(0)
    expect(await waiting.textContent()).not.toContain('waits its turn')
  })
})

describe('who goes by keyboard', () => {
  /** Three viewers of a muted bot, and the name of what has the focus. */
  async function openThree() {
    const parts = await open()
    const { chorus, page, waiting } = parts
    chorus.router.mute('ava')
    for (const viewer of ['ann', 'bob', 'cat']) {
      ask(parts, { viewer })
      await seen(rowsOf(waiting).filter({ hasText: `${viewer} →` }))
    }
    const focused = () =>
      page.evaluate<string>('document.activeElement.ariaLabel ?? document.activeElement.textContent')
    return { ...parts, focused }
  }

  test('is led from skip to skip, backwards from the last one, and to the heading when none is left', async () => {
    const { button, focused, page, waiting } = await openThree()
    const skipOf = (viewer: string) => `Skip the answer of ava to ${viewer}`
    await button(skipOf('bob')).focus()
    await page.keyboard.press('Enter')
    await until(focused).toBe(skipOf('cat'))
    await page.keyboard.press('Enter')
    await until(focused).toBe(skipOf('ann'))
    await page.keyboard.press('Enter')
    await until(focused).toBe('To be answered 0')
    expect(await rowsOf(waiting).count()).toBe(0)
  })

  test('is led to the heading when a row goes by itself: the next press must skip nobody', async () => {
    const { button, chorus, focused } = await openThree()
    await button('Skip the answer of ava to ann').focus()
    const [first] = chorus.router.owed(1)
    if (first) chorus.router.skip(first.task.id)
    await until(focused).toBe('To be answered 2')
  })

  test('keeps the focus elsewhere, whatever goes from the list', async () => {
    const { button, chorus, focused, waiting } = await openThree()
    await button('Mute ben').focus()
    for (const { task } of chorus.router.owed(3)) chorus.router.skip(task.id)
    await until(() => rowsOf(waiting).count()).toBe(0)
    expect(await focused()).toBe('Mute ben')
  })
})
