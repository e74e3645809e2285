#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { configSchemaModule } from './built.mjs'
import { prepare } from './prepare.mjs'
import { Problem, runMain } from './problem.mjs'
import { inProject, readIfThere } from './project.mjs'
import { fillMarkers, generatedTables } from './tables.mjs'

const SCHEMA_FILE = 'config/chorus.schema.json'
const README = 'README.md'

/** `npm run generate [-- --check]`: what is made of the schema; with `--check` nothing is written, only compared. */
await runMain(async () => {
  await prepare()
  const wanted = await generatedFiles()
  const stale = [...wanted].filter(([file, text]) => readIfThere(inProject(file)) !== text)
  if (process.argv.includes('--check')) {
    if (stale.length === 0) return
    throw new Problem(
      `Out of step with the schema: ${stale.map(([file]) => file).join(', ')}. Run: npm run generate`,
    )
  }
  for (const [file, text] of stale) writeFileSync(inProject(file), text)
  console.log(
    stale.length === 0 ? 'Everything was in step.' : `Written: ${stale.map(([file]) => file).join(', ')}`,
  )
})

/** @returns {Promise<ReadonlyMap<string, string>>} text by file */
async function generatedFiles() {
  const { configJsonSchema } = await configSchemaModule()
  const readme = readIfThere(inProject(README))
  if (readme === undefined) throw new Problem(`${README} is missing.`)
  return new Map([
    [SCHEMA_FILE, `${JSON.stringify(configJsonSchema(), null, 2)}\n`],
    [README, fillMarkers(readme, await generatedTables())],
  ])
}
