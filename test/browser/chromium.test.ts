import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { needsChromium } from '../support/chromium.js'
import { tempFolder } from '../support/temp-folder.js'

let folder: string
beforeEach(() => {
  folder = tempFolder()
})

/** A program of that name, which can be run, or not. */
function program(name: string, mode = 0o755): string {
  const file = path.join(folder, name)
  writeFileSync(file, '')
  chmodSync(file, mode)
  return file
}

const skip = vi.fn<(note?: string | boolean) => never>((note) => {
  throw new Error(`skipped: ${note}`)
})

test('a browser is found by any of its names, and Debian’s first', () => {
  const chrome = program('google-chrome')
  expect(needsChromium(skip, { PATH: `/nowhere:${folder}` })).toBe(chrome)
  program('chromium', 0o644)
  expect(needsChromium(skip, { PATH: folder })).toBe(chrome)
  expect(needsChromium(skip, { PATH: folder, CHORUS_TEST_CHROMIUM: '' })).toBe(chrome)
  const chromium = program('chromium')
  expect(needsChromium(skip, { PATH: folder })).toBe(chromium)
})

test('a browser that was named is the one that is used, or none', () => {
  program('chromium')
  const own = program('my-browser')
  expect(needsChromium(skip, { PATH: folder, CHORUS_TEST_CHROMIUM: own })).toBe(own)
  const missing = { PATH: folder, CHORUS_TEST_CHROMIUM: path.join(folder, 'nothing') }
  expect(() => needsChromium(skip, missing)).toThrow('skipped: needs chromium')
})

test('without a browser a test is skipped and says what to install, or fails where all must run', () => {
  expect(() => needsChromium(skip, { PATH: folder })).toThrow(
    /^skipped: needs chromium: apt-get install chromium/,
  )
  expect(() => needsChromium(skip, { PATH: folder, CHORUS_TEST_REQUIRE_ALL: '1' })).toThrow(
    /^needs chromium: apt-get/,
  )
})
