import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programName } from '../src/program-name.js'

const PROJECT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const CLI = path.join(PROJECT, 'dist', 'cli.js')
const elsewhere = realpathSync(mkdtempSync(path.join(tmpdir(), 'chorus-program name-')))
const inElsewhere = (...parts: string[]) => path.join(elsewhere, ...parts)

beforeAll(() => {
  mkdirSync(inElsewhere('node_modules', '.bin'), { recursive: true })
  symlinkSync(CLI, inElsewhere('node_modules', '.bin', 'chorus'))
  symlinkSync(CLI, inElsewhere('chorus'))
  symlinkSync(PROJECT, inElsewhere('node_modules', 'chorus'))
  symlinkSync(PROJECT, inElsewhere('clone'))
})
afterAll(() => rmSync(elsewhere, { recursive: true }))

describe('what people type in front of a command is', () => {
  it.each([
    ['npm start --', 'the script behind npm start', path.join(PROJECT, 'scripts', 'run.mjs'), PROJECT],
    ['node dist/cli.js', 'what is built, from its folder', CLI, PROJECT],
    [`node ${CLI}`, 'what is built, from elsewhere', CLI, elsewhere],
    ['node clone/dist/cli.js', 'the same by a link', inElsewhere('clone', 'dist', 'cli.js'), elsewhere],
    [
      `node "${inElsewhere('clone', 'dist', 'cli.js')}"`,
      'the same in a folder with a space in its name',
      inElsewhere('clone', 'dist', 'cli.js'),
      PROJECT,
    ],
    ['chorus', 'the command of the package', inElsewhere('node_modules', '.bin', 'chorus'), elsewhere],
    ['chorus', 'the same, installed for all', inElsewhere('chorus'), elsewhere],
    [
      'chorus',
      'the package’s file, as npm calls it on Windows',
      inElsewhere('node_modules', 'chorus', 'dist', 'cli.js'),
      elsewhere,
    ],
    ['chorus', 'a program that uses the library', path.join(PROJECT, 'examples', 'embed.mjs'), PROJECT],
    ['chorus', 'a script that is gone', inElsewhere('gone.js'), elsewhere],
    ['chorus', 'no script', undefined, elsewhere],
  ])('%s for %s', (expected, _, script, cwd) => {
    expect(programName({ script, cwd })).toBe(expected)
  })
})
