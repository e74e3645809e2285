import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { afterAll, afterEach, beforeEach, expect } from 'vitest'
import type { ControlRoom } from '../../src/control-room/control-room.js'
import { TOKEN } from '../control-room/room-fixture.js'
import { needsChromium } from '../support/chromium.js'
import { WAIT_MS } from '../support/soon.js'

/** Every name that ends in this leads to this machine; every other one but those of loopback leads nowhere. */
const NAMES = 'MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE [::1], EXCLUDE localhost'
/** Faults kept of one test: the first ones tell. */
const FAULTS_MAX = 20

export interface Browsers {
  /**
   * Opens a room’s page as its link does, with cookies of its own. Whatever goes wrong in the page fails the test when it ends: an
   * error, one in the console, what the content security policy has stopped, a request to another origin, a crash.
   */
  openRoom(room: Pick<ControlRoom, 'link' | 'url'>, options?: BrowserContextOptions): Promise<Page>
  /** A browser without cookies, for pages of others: nobody watches what goes wrong there, and so it is with `page.context().newPage()`. */
  openContext(options?: BrowserContextOptions): Promise<BrowserContext>
  /** What has gone wrong so far, and is forgotten by that: for tests that mean it to. */
  takeFaults(): string[]
}

/**
 * Gives the file's tests a headless Chromium, started by the first that asks; a test's end closes what it has opened. To be called
 * after `rooms()` and `choruses()`: what was asked for last ends first, and a page whose room is gone has faults.
 */
export function browsers(): Browsers {
  const contexts: BrowserContext[] = []
  const faults: string[] = []
  let executablePath = ''
  let browser: Promise<Browser> | undefined

  beforeEach(({ skip }) => {
    executablePath = needsChromium(skip)
  })
  afterEach(async () => {
    // What the pages still had to tell comes before their end.
    for (const context of contexts.splice(0)) await context.close()
    expect(faults.splice(0)).toEqual([])
  })
  afterAll(async () => (await browser)?.close())

  const openContext = async (options: BrowserContextOptions = {}) => {
    browser ??= launch(executablePath)
    const context = await (await browser).newContext(options)
    contexts.push(context)
    context.setDefaultTimeout(WAIT_MS)
    return context
  }
  return {
    openContext,
    async openRoom(room, options) {
      const page = await (await openContext(options)).newPage()
      watch(page, new URL(room.url).origin, (fault) => {
        if (faults.length < FAULTS_MAX) faults.push(fault)
      })
      const answer = await page.goto(entranceOf(room))
      if (answer?.ok() !== true) throw new Error(`the room has answered with ${answer?.status()}`)
      return page
    },
    takeFaults: () => faults.splice(0),
  }
}

/** A room whose token is set has it not in its link: then it is the one that the fixture of rooms sets. */
function entranceOf({ link, url }: Pick<ControlRoom, 'link' | 'url'>): string {
  return link === url ? `${url}?token=${TOKEN}` : link
}

function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    timeout: WAIT_MS,
    // Chromium refuses to have a sandbox as root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [`--host-resolver-rules=${NAMES}`],
  })
}

function watch(page: Page, origin: string, tell: (fault: string) => void): void {
  page.on('pageerror', (error) => tell(`error: ${error.message}`))
  // What the content security policy has stopped is told here, too.
  page.on('console', (message) => {
    if (message.type() === 'error') tell(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const asked = new URL(request.url())
    if (asked.protocol.startsWith('http') && asked.origin !== origin) tell(`request: ${asked.origin}`)
  })
  page.on('crash', () => tell('crash'))
}
