import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { npm } from './npm.mjs'
import { Problem } from './problem.mjs'
import { contentHash, inProject, readIfThere } from './project.mjs'

const LOCKFILE = inProject('package-lock.json')
const STAMP = inProject('node_modules', '.chorus-installed')
/** npm's own record of what is in node_modules, written when an install is complete. */
const NPM_RECORD = inProject('node_modules', '.package-lock.json')
const TELL_EVERY_MS = 15_000
/** npm's own would let someone without a network wait for minutes. */
const PATIENCE = ['--prefer-offline', '--fetch-retry-mintimeout=2000', '--fetch-retry-factor=2']

/** Whether node_modules is what package-lock.json asks for, on this kind of machine. */
export const isInstalled = () => readIfThere(STAMP) === wantedStamp()

/**
 * Installs everything, the tools for building and testing too, also with NODE_ENV=production.
 *
 * @param {(line: string) => void} tell
 */
export async function install(tell) {
  if (isInstalledByHand()) return writeStamp()
  tell('Installing … (once, and after an update)')
  rmSync(STAMP, { force: true })
  const startedAt = Date.now()
  const telling = setInterval(() => {
    tell(`Installing … ${Math.round((Date.now() - startedAt) / 1000)} s`)
  }, TELL_EVERY_MS)
  try {
    const { code, output } = await npm(['ci', '--include=dev', ...PATIENCE])
    if (code !== 0) throw new Problem(await explain(output))
  } finally {
    clearInterval(telling)
  }
  writeStamp()
}

const wantedStamp = () => `${contentHash([LOCKFILE])} ${process.platform} ${process.arch}\n`

function writeStamp() {
  mkdirSync(inProject('node_modules'), { recursive: true })
  writeFileSync(STAMP, wantedStamp())
}

/** Someone who ran `npm ci` or `npm install` should not wait for a second one. */
function isInstalledByHand() {
  const record = readIfThere(NPM_RECORD)
  return record !== undefined && holdsAll(readFileSync(LOCKFILE, 'utf8'), record)
}

/**
 * Whether every package that a lockfile needs is in npm's record of an install, in that version. What is
 * optional may be meant for another machine.
 *
 * @param {string} lockfile JSON
 * @param {string} record JSON
 */
export function holdsAll(lockfile, record) {
  const there = JSON.parse(record).packages ?? {}
  return Object.entries(JSON.parse(lockfile).packages).every(
    ([name, wanted]) => name === '' || wanted.optional === true || there[name]?.version === wanted.version,
  )
}

/** @param {string} output what npm printed */
async function explain(output) {
  const registry = (await npm(['config', 'get', 'registry'])).output.trim().split('\n').at(-1)
  return `${output.trim()}\n\nThe installation failed. ${adviceFor(output, registry ?? 'the registry')}`
}

/**
 * What to do about a failed installation, as sentences.
 *
 * @param {string} output what npm printed
 * @param {string} registry the address that npm asks
 */
export function adviceFor(output, registry) {
  const found = ADVICE.find(([pattern]) => pattern.test(output))
  return found ? found[1](registry) : 'The lines above say why; run it alone with: npm ci'
}

/** @type {readonly (readonly [RegExp, (registry: string) => string])[]} */
const ADVICE = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|network/i,
    (registry) =>
      `No way to ${registry}: check the network and, behind a proxy, HTTPS_PROXY. If your network has a registry of its own: npm config set registry <its address>`,
  ],
  [
    /E401|E403|E404|ENOVERSIONS|ETARGET|\b40[134]\b/,
    (registry) =>
      `${registry} does not know a package or refuses it. If it is the wrong registry: npm config set registry https://registry.npmjs.org/`,
  ],
  [/ENOSPC/, () => 'The disk is full: make room and try again.'],
  [/EACCES|EPERM|EROFS/, () => 'The project’s folder can’t be written: check its owner and its rights.'],
  [/EINTEGRITY/, () => 'A download was damaged: run npm cache clean --force and try again.'],
  [/EUSAGE/, () => 'package.json and package-lock.json disagree: run npm install and try again.'],
]
