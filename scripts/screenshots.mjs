#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { prepare } from './prepare.mjs'
import { Problem, runMain } from './problem.mjs'
import { inProject } from './project.mjs'

const FOLDER = inProject('docs', 'images')
const DEADLINE_MS = 90_000
/** What a terminal is told of the control room. */
const LINK = /^Control room: (\S+)/

/** `npm run screenshots`: plays the demo in a real browser, and keeps what a person sees of it for the docs. */
await runMain(async () => {
  await prepare()
  mkdirSync(FOLDER, { recursive: true })
  const browser = await launch()
  try {
    const { demo, link } = await startDemo()
    try {
      await takeAll(browser, link)
    } finally {
      demo.kill('SIGTERM')
    }
  } finally {
    await browser.close()
  }
})

async function startDemo() {
  const args = [inProject('dist', 'cli.js'), 'demo', '--bots', '3', '--seed', '7']
  const demo = spawn(process.execPath, args, {
    env: { ...process.env, PORT: '0', CHORUS_CONTROL_TOKEN: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(demo, 'exit').then(() => undefined)
  const told = new Promise((resolve) => {
    createInterface({ input: demo.stdout }).on('line', (line) => {
      const found = LINK.exec(line)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  const link = /** @type {string | undefined} */ (await Promise.race([told, ended]))
  if (link === undefined) throw new Problem('The demo has ended before it told where its control room is.')
  return { demo, link }
}

/** As the tests find it: what is set, else the first that is in the PATH. */
function chromiumFile() {
  const { CHORUS_TEST_CHROMIUM: set, PATH = '' } = process.env
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const files = names.flatMap((name) => PATH.split(path.delimiter).map((folder) => path.join(folder, name)))
  return set || files.find((file) => existsSync(file)) || 'chromium'
}

async function launch() {
  try {
    return await chromium.launch({
      executablePath: chromiumFile(),
      // Chromium refuses to run as root with its sandbox; it shows nothing here but our own page.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    })
  } catch (cause) {
    throw new Problem(
      `There is no Chromium: apt-get install chromium, or set CHORUS_TEST_CHROMIUM.\n${cause}`,
    )
  }
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} link
 */
async function takeAll(browser, link) {
  const dark = await browser.newContext({
    viewport: { width: 1600, height: 1000 },
    colorScheme: 'dark',
    reducedMotion: 'reduce',
  })
  dark.setDefaultTimeout(DEADLINE_MS)
  const page = await dark.newPage()
  await page.goto(link)
  await page.locator('.light', { hasText: 'All well' }).waitFor()
  const overlay = await openOverlay(page)
  await page.getByRole('button', { name: 'Raid!' }).click()
  await page.getByRole('heading', { name: /([3-9]\d) of \d+ answered/ }).waitFor()
  await take(page, 'raid')
  await take(overlay, 'overlay', { omitBackground: true })
  await page.locator('.light', { hasText: 'All well' }).waitFor()
  await page.emulateMedia({ colorScheme: 'light' })
  await take(page, 'calm', { fullPage: true })
  await page.setViewportSize({ width: 360, height: 780 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await take(page, 'phone')
  await dark.close()
}

/** @param {import('playwright-core').Page} page */
async function openOverlay(page) {
  const address = await page.getByRole('link', { name: 'Open it here' }).getAttribute('href')
  const overlay = await page.context().newPage()
  await overlay.setViewportSize({ width: 800, height: 240 })
  await overlay.goto(new URL(address ?? '', page.url()).href)
  await page.bringToFront()
  return overlay
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {import('playwright-core').PageScreenshotOptions} [options]
 */
async function take(page, name, options = {}) {
  await page.screenshot({ ...options, path: path.join(FOLDER, `${name}.png`) })
  console.log(`docs/images/${name}.png`)
}
