import { readFileSync } from 'node:fs'
import { Problem } from './problem.mjs'
import { inProject } from './project.mjs'

/**
 * Throws a {@link Problem} when this Node is older than package.json asks for.
 *
 * @param {string} running such as `20.19.1`
 * @param {string} wanted such as `>=20.19`
 */
export function requireNode(running = process.versions.node, wanted = wantedNode()) {
  const oldest = wanted.replace(/^>=\s*/, '')
  if (!isOlder(numbers(running), numbers(oldest))) return
  throw new Problem(
    `Chorus needs Node.js ${oldest} or newer; this is ${running}. Get one from https://nodejs.org and try again.`,
  )
}

function wantedNode() {
  const manifest = JSON.parse(readFileSync(inProject('package.json'), 'utf8'))
  return String(manifest.engines.node)
}

/** @param {string} version */
const numbers = (version) => version.split('.').map((part) => Number.parseInt(part, 10))

/**
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
function isOlder(a, b) {
  for (const [index, part] of b.entries()) {
    const other = a[index] ?? 0
    if (other !== part) return other < part
  }
  return false
}
