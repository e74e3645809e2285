#!/usr/bin/env node
import { runNode } from './child.mjs'
import { prepare } from './prepare.mjs'
import { runMain } from './problem.mjs'
import { inProject, tool } from './project.mjs'

/** Each needs no network and no key. @type {readonly (readonly [name: string, args: readonly string[]])[]} */
const STEPS = [
  ['types', [tool('typescript', 'bin', 'tsc'), '-p', '.']],
  ['types of the page', [tool('typescript', 'bin', 'tsc'), '-p', inProject('src', 'control-room', 'page')]],
  ['lint and format', [tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.']],
  ['unused code', [tool('knip', 'bin', 'knip.js')]],
  ['generated files', [inProject('scripts', 'generate.mjs'), '--check']],
  ['tests', [tool('vitest', 'vitest.mjs'), 'run']],
]

/** `npm run check [-- --no-tests]`: one line per step; the first that fails prints what it said and ends the run. */
await runMain(async () => {
  await prepare()
  const isWithoutTests = process.argv.includes('--no-tests')
  for (const [name, args] of STEPS) {
    if (name === 'tests' && isWithoutTests) continue
    const startedAt = performance.now()
    const { code, output } = await runNode(args)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${name.padEnd(18)} ${code === 0 ? 'ok' : 'FAILED'}  ${seconds} s`)
    if (code !== 0) {
      console.log(output)
      return 1
    }
  }
})
