import { realpathSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** How this process was started. */
export interface Started {
  /** What Node was told to run, as it was named: `process.argv[1]`. */
  readonly script: string | undefined
  readonly cwd: string
}

/**
 * What people type in front of a command where they are: advice that does not work is none. `npm start --` in a clone,
 * `node dist/cli.js` where that was called, by a service manager perhaps, else `chorus`, as the package installs it.
 */
export function programName({ script, cwd }: Started = ofThisProcess()): string {
  const file = script === undefined ? undefined : realOf(script)
  if (script === undefined || file === undefined) return 'chorus'
  if (file === ours('scripts/run.mjs')) return 'npm start --'
  // What npm installs is reached by a link named chorus, or, on Windows, by a file that names the one in node_modules.
  const isNamed = path.basename(script) === 'cli.js' && !script.split(path.sep).includes('node_modules')
  if (!isNamed || file !== ours('dist/cli.js')) return 'chorus'
  const near = path.relative(cwd, script)
  const shown = near.startsWith('..') ? script : near
  return `node ${/\s/.test(shown) ? JSON.stringify(shown) : shown}`
}

/** Looked up at each call, for nothing is to happen at import. */
const ofThisProcess = (): Started => ({ script: process.argv[1], cwd: process.cwd() })

/** A file of this project: its folder is one above this file, in the sources as in what is built. */
const ours = (name: string) => realOf(fileURLToPath(new URL(`../${name}`, import.meta.url)))

function realOf(file: string): string | undefined {
  try {
    return realpathSync(file)
  } catch {
    // A script may be gone, or none: then it is not ours.
    return undefined
  }
}
