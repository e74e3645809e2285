import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runNode } from './child.mjs'
import { Problem } from './problem.mjs'
import { contentHash, filesUnder, inProject, readIfThere, tool } from './project.mjs'

const DIST = inProject('dist')
const STAMP = inProject('dist', '.stamp')
/** Beside dist, so that source maps hold the same relative paths and renaming never crosses a disk. */
const NEXT = inProject('.dist-next')
const SOURCES = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) =>
  inProject(name),
)

/** Whether dist was built from the sources as they are now. */
export const isBuilt = () => readIfThere(STAMP) === contentHash(SOURCES)

/**
 * Compiles src to dist, and the control room's page to dist/page. Compiles beside it and moves file by file, so that dist is never half written, not even
 * for a Chorus that is starting at this moment; files whose source is gone go, too.
 *
 * @param {(line: string) => void} tell
 */
export async function build(tell) {
  tell('Building …')
  const stamp = contentHash(SOURCES)
  rmSync(NEXT, { recursive: true, force: true })
  await must([tool('typescript', 'bin', 'tsc'), '-p', inProject('tsconfig.build.json'), '--outDir', NEXT])
  const config = inProject('src', 'control-room', 'page', 'vite.config.mjs')
  await must([
    tool('vite', 'bin', 'vite.js'),
    'build',
    '--config',
    config,
    '--outDir',
    path.join(NEXT, 'page'),
  ])
  rmSync(STAMP, { force: true })
  replaceTree(NEXT, DIST)
  writeFileSync(STAMP, stamp)
}

/** @param {readonly string[]} args */
async function must(args) {
  const { code, output } = await runNode(args)
  if (code === 0) return
  rmSync(NEXT, { recursive: true, force: true })
  throw new Problem(`${output.trim()}\n\nThe build failed: the lines above name the places.`)
}

/**
 * Makes `to` hold exactly the files of `from`, and `from` disappear.
 *
 * @param {string} from
 * @param {string} to
 */
export function replaceTree(from, to) {
  const wanted = filesUnder(from).map((file) => path.relative(from, file))
  for (const file of wanted) {
    mkdirSync(path.dirname(path.join(to, file)), { recursive: true })
    renameSync(path.join(from, file), path.join(to, file))
  }
  for (const file of filesUnder(to)) {
    if (!wanted.includes(path.relative(to, file))) rmSync(file)
  }
  if (existsSync(from)) rmSync(from, { recursive: true })
}
