#!/usr/bin/env node
import { prepare } from '../scripts/prepare.mjs'
import { Problem, runMain } from '../scripts/problem.mjs'
import { formatTable, isMissed } from './table.mjs'

/** Loaded one by one and only after the build: they measure what is built. */
const BENCHMARKS = {
  nesting: async () => (await import('./nesting.mjs')).nesting(),
  throughput: async () => (await import('./throughput.mjs')).throughput(),
  memory: async () => (await import('./memory.mjs')).memory(),
  order: async () => (await import('./order.mjs')).order(),
  journal: async () => (await import('./journal.mjs')).journal(),
  restart: async () => (await import('./restart.mjs')).restart(),
  raid: async () => (await import('./raid-drain.mjs')).raidDrain(),
  lines: async () => (await import('./lines.mjs')).lines(),
  readers: async () => (await import('./readers.mjs')).readers(),
}

/** `npm run bench [-- NAME…]`: prints a table each and writes nothing; exit code 1 when a bound is missed. */
await runMain(async () => {
  const names = readNames(process.argv.slice(2))
  await prepare()
  let code = 0
  for (const name of names) {
    process.stderr.write(`Measuring ${name} …\n`)
    const table = await BENCHMARKS[name]()
    console.log(formatTable(table))
    if (isMissed(table)) code = 1
  }
  return code
})

/** @param {readonly string[]} args */
function readNames(args) {
  const known = /** @type {(keyof typeof BENCHMARKS)[]} */ (Object.keys(BENCHMARKS))
  const unknown = args.find((arg) => !known.some((name) => name === arg))
  if (unknown !== undefined) throw new Problem(`No benchmark ${unknown}. There are: ${known.join(', ')}`)
  return args.length === 0 ? known : known.filter((name) => args.includes(name))
}
