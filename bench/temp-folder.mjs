import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/**
 * Runs `use` with a new folder that is gone afterwards.
 *
 * @template T
 * @param {(folder: string) => Promise<T>} use
 */
export async function inTempFolder(use) {
  const folder = mkdtempSync(path.join(tmpdir(), 'chorus-bench-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
