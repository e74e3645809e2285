import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's root folder: every script works from here, wherever it was called. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * The absolute path of something in the project.
 *
 * @param {string[]} parts
 */
export const inProject = (...parts) => path.join(ROOT, ...parts)

/**
 * The absolute path of something that is installed.
 *
 * @param {string[]} parts below node_modules
 */
export const tool = (...parts) => inProject('node_modules', ...parts)

/**
 * One hash over the names and contents of files and folders; what does not exist counts as absent, not as an error.
 *
 * @param {readonly string[]} paths absolute
 */
export function contentHash(paths) {
  const hash = createHash('sha256')
  for (const file of paths.flatMap(filesUnder)) {
    hash
      .update(`${path.relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

/**
 * Every file under a folder, sorted; the file itself where it is one.
 *
 * @param {string} target absolute
 * @returns {string[]} absolute
 */
export function filesUnder(target) {
  if (!existsSync(target)) return []
  const entries = readdirOrNothing(target)
  if (!entries) return [target]
  return entries.sort().flatMap((name) => filesUnder(path.join(target, name)))
}

/**
 * @param {string} target
 * @returns {string[] | undefined} undefined for what is no folder
 */
function readdirOrNothing(target) {
  try {
    return readdirSync(target)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR') return undefined
    throw error
  }
}

/**
 * @param {string} file absolute
 * @returns {string | undefined} its text; undefined where there is none
 */
export function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
