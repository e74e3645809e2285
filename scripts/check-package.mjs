#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { runNode } from './child.mjs'
import { npm } from './npm.mjs'
import { Problem, runMain } from './problem.mjs'
import { inProject } from './project.mjs'

const DEMO_DEADLINE_MS = 60_000
const STOP_DEADLINE_MS = 20_000
/** A line of chat that one of the shipped bots wrote. */
const ANSWER = /^(stickyman1776|geneJacqueman): \S/i

/** What someone's program looks like that uses the library. */
const PROGRAM = `
import { strict as assert } from 'node:assert'
import { createChorus, MessageRouter } from 'chorus'
assert.equal(typeof MessageRouter, 'function')
const config = { channels: ['mychannel'], bots: [{ login: 'stickyman1776' }] }
await assert.rejects(createChorus(config), { name: 'ChorusError', code: 'no-bot' })
await assert.rejects(createChorus({ ...config, channels: [] }), { name: 'ChorusError', code: 'config-invalid' })
`

/** The same in TypeScript: compiles only if the shipped types are whole. */
const TYPED_PROGRAM = `
import { type Chorus, createChorus, MessageRouter, type QueueMetrics } from 'chorus'
export const chorus: Chorus = await createChorus({ channels: ['mychannel'], bots: [{ login: 'stickyman1776' }] })
export const metrics: QueueMetrics = chorus.router.getQueueMetrics()
export const waiting: number = metrics.global.size
export const Router: typeof MessageRouter = MessageRouter
// @ts-expect-error a configuration without bots is none
await createChorus({ channels: ['mychannel'] })
`

/** What npm would publish is packed, installed in a folder elsewhere, and used there as its users would. */
await runMain(async () => {
  const temp = realpathSync(mkdtempSync(path.join(tmpdir(), 'chorus-package-')))
  try {
    const consumer = path.join(temp, 'consumer')
    const steps = /** @type {const} */ ([
      ['pack and install', () => install(temp, consumer)],
      ['contents', () => checkContents(consumer)],
      ['import', () => run(consumer, 'program.mjs', PROGRAM)],
      ['types', () => compile(consumer)],
      ['npx chorus --version', () => checkVersion(consumer)],
      ['chorus demo', () => watchDemo(consumer)],
    ])
    for (const [name, step] of steps) {
      await step()
      console.log(`${name.padEnd(20)} ok`)
    }
  } finally {
    rmSync(temp, { recursive: true, force: true })
  }
})

/**
 * @param {string} temp
 * @param {string} consumer
 */
async function install(temp, consumer) {
  await must('npm pack', npm(['pack', '--pack-destination', temp]))
  const tarball = readdirSync(temp).find((name) => name.endsWith('.tgz'))
  if (!tarball) throw new Problem('npm pack made no tarball.')
  mkdirSync(consumer)
  writeFileSync(path.join(consumer, 'package.json'), '{ "private": true, "type": "module" }\n')
  // A consumer gets versions of its own below those that we pin: only this sees one that needs a newer Node.
  const strict = ['--engine-strict', '--prefer-offline', '--no-audit', '--no-fund']
  const args = ['install', ...strict, path.join(temp, tarball)]
  await must('npm install', npm(args, { cwd: consumer }))
}

/** @param {string} consumer */
function checkContents(consumer) {
  const inPackage = (/** @type {string} */ name) => existsSync(inInstalled(consumer, name))
  const wanted = [
    'dist/index.d.ts',
    'dist/page/index.html',
    'dist/page/licenses.md',
    'config/chorus.yaml',
    '.env.example',
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
  ]
  const unwanted = ['src', 'test', 'scripts', '.ci', 'dist/.stamp', '.env', 'data']
  const missing = wanted.filter((name) => !inPackage(name))
  const stray = unwanted.filter(inPackage)
  if (missing.length > 0) throw new Problem(`The package lacks ${missing.join(', ')}.`)
  const dead = linksOf(inInstalled(consumer, 'README.md')).filter((link) => !inPackage(link))
  if (dead.length > 0) throw new Problem(`The package lacks what its README links to: ${dead.join(', ')}.`)
  if (stray.length > 0) throw new Problem(`The package should not hold ${stray.join(', ')}.`)
}

/**
 * @param {string} consumer
 * @param {string} name
 */
function inInstalled(consumer, name) {
  return path.join(consumer, 'node_modules', 'chorus', name)
}

/**
 * The files that a page of Markdown links to or shows, without the place in them.
 *
 * @param {string} file
 */
function linksOf(file) {
  const targets = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)#\s]+)/g)].map(([, target = '']) => target)
  return targets.filter((target) => !/^[a-z]+:/i.test(target))
}

/**
 * @param {string} consumer
 * @param {string} name
 * @param {string} source
 */
async function run(consumer, name, source) {
  writeFileSync(path.join(consumer, name), source)
  await must(name, runNode([name], { cwd: consumer, env: bareEnvironment() }))
}

/** @param {string} consumer */
async function compile(consumer) {
  writeFileSync(path.join(consumer, 'program.ts'), TYPED_PROGRAM)
  const settings = {
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
      typeRoots: [inProject('node_modules', '@types')],
    },
    files: ['program.ts'],
  }
  writeFileSync(path.join(consumer, 'tsconfig.json'), JSON.stringify(settings))
  const compiler = inProject('node_modules', 'typescript', 'bin', 'tsc')
  await must('tsc', runNode([compiler, '-p', '.'], { cwd: consumer }))
}

/** @param {string} consumer */
async function checkVersion(consumer) {
  const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'))
  const args = ['exec', '--no', '--loglevel=silent', '--', 'chorus', '--version']
  const output = await must('npx chorus --version', npm(args, { cwd: consumer }))
  if (output.trim() !== version)
    throw new Problem(`npx chorus --version printed ${output.trim()}, not ${version}.`)
}

/**
 * Runs the demo with its output in a pipe until a bot has answered, then asks it to end.
 *
 * @param {string} consumer
 */
async function watchDemo(consumer) {
  const demo = spawn(binary(consumer), ['demo', '--seed', '1'], {
    cwd: consumer,
    env: bareEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines = /** @type {string[]} */ ([])
  const ended = once(demo, 'exit')
  const answered = new Promise((resolve) => {
    for (const stream of [demo.stdout, demo.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (stream === demo.stdout && ANSWER.test(line)) resolve(true)
      })
    }
  })
  const said = () => `It printed:\n${lines.join('\n')}`
  const hasAnswered = await withDeadline(Promise.race([answered, ended.then(() => false)]), DEMO_DEADLINE_MS)
  demo.kill('SIGTERM')
  const end = await withDeadline(ended, STOP_DEADLINE_MS)
  if (!end) demo.kill('SIGKILL')
  if (!hasAnswered) throw new Problem(`No bot answered in the demo. ${said()}`)
  if (end?.[0] !== 0) throw new Problem(`The demo did not end well on SIGTERM (${end}). ${said()}`)
}

/** @param {string} consumer */
function binary(consumer) {
  return path.join(consumer, 'node_modules', '.bin', 'chorus')
}

/** Without anyone's tokens and settings. */
function bareEnvironment() {
  const own = /^(TWITCH_|OPENAI_|CHORUS_|HOST$|PORT$|LOG_LEVEL$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @returns {Promise<T | undefined>} undefined when the time is over
 */
async function withDeadline(promise, ms) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * @param {string} name
 * @param {Promise<import('./child.mjs').Ended>} run
 * @returns {Promise<string>} its output
 */
async function must(name, run) {
  const { code, output } = await run
  if (code !== 0) throw new Problem(`${output.trim()}\n\n${name} failed (exit code ${code}).`)
  return output
}
