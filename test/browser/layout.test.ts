import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { chorusPages } from './chorus-page.js'
import { seen, until } from './page-parts.js'

const { open } = chorusPages()

interface Place {
  readonly part: string
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Where the parts of the page are, in the order in which the keyboard and a screen reader come to them. */
function placesOf(page: Page): Promise<Place[]> {
  return page.locator('.headline, .controls, .chat-pane, #bots').evaluateAll(PLACES)
}

const PLACES = new Function(
  'parts',
  `return parts.map((one) => {
    const { left, top, right, bottom } = one.getBoundingClientRect()
    return { part: one.id || one.classList[0], left, top, right, bottom }
  })`,
) as (parts: unknown) => Place[]

/** Space between two parts, and nothing else. */
const GAP_MAX_PX = 30

test.each([360, 800])(
  'at %i pixels the demo’s chat follows the big buttons, comes onto one screen, and the bots are below it',
  async (width) => {
    const height = 780
    const { chat, page } = await open({ isDemo: true, context: { viewport: { width, height } } })
    await seen(chat)
    const places = await placesOf(page)
    expect(places.map(({ part }) => part)).toEqual(['headline', 'controls', 'chat', 'bots'])
    const [headline, ...others] = places as [Place, ...Place[]]
    let above = headline
    for (const place of others) {
      expect(place.top).toBeGreaterThanOrEqual(above.bottom)
      expect(place.top - above.bottom).toBeLessThan(GAP_MAX_PX)
      above = place
    }
    const [, pane] = others as [Place, Place]
    // The headline stays in sight when the page is scrolled.
    expect(pane.bottom - pane.top).toBeLessThanOrEqual(height - headline.bottom)
  },
)

test.each([
  [1280, 900],
  [1600, 1000],
  // Higher than all that stands beside the chat.
  [1600, 4000],
])(
  'at %i × %i pixels the demo’s chat is beside the buttons and the bots, and as high as the screen',
  async (width, height) => {
    const { chat, page } = await open({ isDemo: true, context: { viewport: { width, height } } })
    await seen(chat)
    const bottom = async () => (await placesOf(page)).find(({ part }) => part === 'chat')?.bottom
    // The height of the headline is measured first.
    await until(bottom).toBeLessThanOrEqual(height)
    const places = await placesOf(page)
    expect(places.map(({ part }) => part)).toEqual(['headline', 'controls', 'chat', 'bots'])
    const [, buttons, pane, bots] = places as [Place, Place, Place, Place]
    expect(pane.top).toBe(buttons.top)
    expect(height - pane.bottom).toBeLessThan(GAP_MAX_PX)
    expect(pane.left).toBeGreaterThan(Math.max(buttons.right, bots.right))
    expect(bots.top - buttons.bottom).toBeLessThan(GAP_MAX_PX)
  },
)

test('a live room has no chat: the bots follow the big buttons, over the whole width', async () => {
  const { card, page } = await open({ context: { viewport: { width: 1600, height: 900 } } })
  await seen(card('ava'))
  const places = await placesOf(page)
  expect(places.map(({ part }) => part)).toEqual(['headline', 'controls', 'bots'])
  const [headline, buttons, bots] = places as [Place, Place, Place]
  expect([bots.left, bots.right]).toEqual([buttons.left, buttons.right])
  expect(headline.right - bots.right).toBeLessThan(GAP_MAX_PX)
  expect(bots.top - buttons.bottom).toBeLessThan(GAP_MAX_PX)
})

test('at 1280 pixels the field to type in has a row of its own, and five bots’ names are all in sight', async () => {
  const bots = ['captain_quill', 'geneJacqueman', 'mimi_synth', 'prof_puddle', 'stickyman1776']
  const { page } = await open({ bots, isDemo: true, context: { viewport: { width: 1280, height: 900 } } })
  const form = page.getByRole('form', { name: 'Say something in chat' })
  await seen(form)
  const boxOf = async (part: Locator) => (await part.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  const names = await boxOf(form.locator('.row'))
  const chips = await Promise.all((await form.locator('.chip').all()).map(boxOf))
  expect(chips).toHaveLength(bots.length)
  for (const chip of chips) {
    expect(chip.x + chip.width).toBeLessThanOrEqual(names.x + names.width)
    expect(chip.y + chip.height).toBeLessThanOrEqual(names.y + names.height)
  }
  expect((await boxOf(form.getByLabel('and say'))).width).toBe(names.width)
})
