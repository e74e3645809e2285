import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { replaceTree } from '../../scripts/build.mjs'
import { runChild, runNode } from '../../scripts/child.mjs'
import { adviceFor, holdsAll } from '../../scripts/install.mjs'
import { requireNode } from '../../scripts/node-version.mjs'
import { contentHash, filesUnder } from '../../scripts/project.mjs'
import { tempFolder } from '../support/temp-folder.js'

let folder: string

beforeEach(() => {
  folder = tempFolder()
})

/** Makes files below the test's folder, their name as their text. */
function make(...files: string[]): void {
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), file)
  }
}

const inFolder = (name: string) => path.join(folder, name)

describe('Node’s version', () => {
  test.each(['18.20.4', '20.18.3', '20.9.0'])('%s is too old, and the message says so', (version) => {
    expect(() => requireNode(version, '>=20.19')).toThrow(`needs Node.js 20.19 or newer; this is ${version}`)
  })

  test.each(['20.19.0', '20.20.2', '22.0.0', '24.9.0'])('%s will do', (version) => {
    expect(() => requireNode(version, '>=20.19')).not.toThrow()
  })
})

describe('an installation by hand', () => {
  const lockfile = JSON.stringify({
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true },
    },
  })
  const record = (packages: object) => JSON.stringify({ packages })

  test('is good when it holds all that is not optional', () => {
    expect(holdsAll(lockfile, record({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true)
  })

  test('is stale when a package or its version differs', () => {
    expect(holdsAll(lockfile, record({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false)
    expect(holdsAll(lockfile, record({ 'node_modules/b': { version: '2.0.0' } }))).toBe(false)
  })
})

test.each([
  ['npm error code ENOTFOUND', 'check the network'],
  ['npm error code E404', 'does not know a package'],
  ['npm error code ENOSPC', 'disk is full'],
  ['npm error code EACCES', 'can’t be written'],
  ['npm error code EUSAGE', 'npm install'],
  ['npm error something new', 'npm ci'],
])('a failed installation says what to do: %s', (output, advice) => {
  expect(adviceFor(output, 'https://registry.example/')).toContain(advice)
})

describe('a build', () => {
  test('replaces what is there and takes away what has no source any more', () => {
    make('next/a.js', 'next/chat/b.js', 'dist/a.js', 'dist/old.js', 'dist/gone/c.js')
    replaceTree(inFolder('next'), inFolder('dist'))
    expect(filesUnder(folder)).toEqual([inFolder('dist/a.js'), inFolder('dist/chat/b.js')])
  })

  test('is stale when a source changes, moves or goes', () => {
    make('src/a.ts', 'src/b.ts')
    const before = contentHash([inFolder('src')])
    expect(contentHash([inFolder('src')])).toBe(before)
    writeFileSync(inFolder('src/a.ts'), 'changed')
    const changed = contentHash([inFolder('src')])
    rmSync(inFolder('src/b.ts'))
    expect(new Set([before, changed, contentHash([inFolder('src')])]).size).toBe(3)
  })
})

describe('a child process', () => {
  test('gives its exit code and what it printed', async () => {
    const run = await runNode(['--eval', 'console.log("one"); process.exitCode = 3'])
    expect(run).toEqual({ code: 3, output: 'one\n' })
  })

  test('that a signal ended counts as shells count', async () => {
    expect((await runNode(['--eval', 'process.kill(process.pid, "SIGKILL")'])).code).toBe(137)
  })

  test('that can’t be started is an error', async () => {
    await expect(runChild(inFolder('no-such-program'), [])).rejects.toThrow('ENOENT')
  })
})
