import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import type { TestContext } from 'vitest'
import { lacks } from './needs.js'

/** As distributions and Google call it. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome']

const INSTALL = 'apt-get install chromium, or set CHORUS_TEST_CHROMIUM to the file of a Chromium or Chrome'

/**
 * The file of the browser that tests use: what CHORUS_TEST_CHROMIUM says, else the first that is in the PATH. Skips the test
 * where there is none, or fails it, as {@link lacks} says.
 */
export function needsChromium(skip: TestContext['skip'], environment = process.env): string {
  const { CHORUS_TEST_CHROMIUM: set = '', PATH = '' } = environment
  const inPath = PROGRAMS.flatMap((name) => PATH.split(path.delimiter).map((dir) => path.join(dir, name)))
  const file = (set === '' ? inPath : [set]).find(isProgram)
  return file ?? lacks(skip, 'chromium', INSTALL, environment)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
