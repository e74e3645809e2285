import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { WAIT_MS } from '../support/soon.js'

/** Where things stand on the control room’s page, by the names that a screen reader says. */
export interface PageParts {
  /** The sentence at the top. */
  readonly headline: Locator
  /** The word beside it. */
  readonly light: Locator
  readonly chat: Locator
  readonly waiting: Locator
  readonly lines: Locator
  readonly deadLetters: Locator
  readonly modelPanel: Locator
  readonly tryOut: Locator
  /** What the page has told the person in front of it. */
  readonly notices: Locator
  card(bot: string): Locator
  button(name: string | RegExp): Locator
}

export function partsOf(page: Page): PageParts {
  const region = (name: string) => page.getByRole('region', { name })
  return {
    headline: page.getByRole('heading', { level: 1 }),
    light: page.locator('.light'),
    chat: page.getByRole('list', { name: 'Chat' }),
    waiting: region('To be answered'),
    lines: region('Last lines'),
    deadLetters: region('Dead letters'),
    modelPanel: region('Model'),
    tryOut: region('Try a persona'),
    notices: page.getByRole('status'),
    card: (bot) => page.getByRole('listitem', { name: bot, exact: true }),
    button: (name) => page.getByRole('button', { name, exact: true }),
  }
}

/** Waits for whatever is asked for again and again, as `expect.poll` does, and for as long as a page may take. */
export function until<T>(look: () => T | Promise<T>) {
  return expect.poll(look, { timeout: WAIT_MS })
}

/** Waits until the first that was meant can be seen. */
export async function seen(meant: Locator): Promise<void> {
  await meant.first().waitFor({ timeout: WAIT_MS })
}

/** Waits until nothing that was meant can be seen. */
export async function gone(meant: Locator): Promise<void> {
  await until(() => meant.count()).toBe(0)
}

/** Entries of a list in one of the parts. */
export function rowsOf(part: Locator): Locator {
  return part.locator('.entry')
}

/** Whether the first letter of a text stands left of its last one, in the element that has it. */
export function readsForward(element: Locator, text: string): Promise<boolean> {
  return element.evaluate(READS_FORWARD, text)
}

const READS_FORWARD = new Function(
  'element',
  'text',
  `
    const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      const from = node.data.indexOf(text)
      if (from < 0) continue
      const leftOf = (at) => {
        const range = document.createRange()
        range.setStart(node, at)
        range.setEnd(node, at + 1)
        return range.getBoundingClientRect().left
      }
      return leftOf(from) < leftOf(from + text.length - 1)
    }
    throw new Error('it is not there')
  `,
) as (element: unknown, text: string) => boolean

/** The last texts that a watched element has had; older ones go first. */
const TEXTS_MAX = 1000

/** Notes each text that an element has from now on, however short it is shown. Returns the way to have them. */
export async function textsOf(page: Page, selector: string): Promise<() => Promise<string[]>> {
  const name = JSON.stringify(`texts of ${selector}`)
  await page.evaluate(`{
    const element = document.querySelector(${JSON.stringify(selector)})
    const texts = [element.textContent]
    new MutationObserver(() => {
      if (texts.at(-1) !== element.textContent) texts.push(element.textContent)
      texts.splice(0, texts.length - ${TEXTS_MAX})
    }).observe(element, { childList: true, characterData: true, subtree: true })
    window[${name}] = texts
  }`)
  return () => page.evaluate(`window[${name}]`)
}
