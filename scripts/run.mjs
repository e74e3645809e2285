#!/usr/bin/env node
import { pathToFileURL } from 'node:url'
import { runNode } from './child.mjs'
import { prepare } from './prepare.mjs'
import { Problem, runMain } from './problem.mjs'
import { inProject } from './project.mjs'

const PARENT_LOOK_MS = 500

/**
 * What `npm start`, `npm test` and `npm run build` call: plain Node, for there may be nothing installed yet.
 */
await runMain(async () => {
  const [command, ...args] = process.argv.slice(2)
  switch (command) {
    case 'start':
      await prepare()
      return start(args)
    case 'test':
      await prepare()
      return test(args)
    case 'build':
      return prepare({ mustBuild: true })
    default:
      throw new Problem('Usage: node scripts/run.mjs start|test|build [arguments]')
  }
})

/**
 * In this very process: signals reach it, the terminal is its own, and its exit code is ours.
 *
 * @param {readonly string[]} args
 */
async function start(args) {
  const cli = inProject('dist', 'cli.js')
  // The script stays this one: by that Chorus knows that people type `npm start -- …`.
  process.argv = [...process.argv.slice(0, 2), ...args]
  stopWithParent()
  await import(pathToFileURL(cli).href)
}

/**
 * npm does not pass every signal on: whoever ends it alone would leave bots talking that nobody watches. When the process
 * that started this one is gone, this one is asked to stop.
 */
function stopWithParent() {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, PARENT_LOOK_MS)
  watch.unref()
}

/** @param {readonly string[]} args */
async function test(args) {
  const { code } = await runNode([inProject('node_modules', 'vitest', 'vitest.mjs'), 'run', ...args], {
    isShown: true,
  })
  return code
}
