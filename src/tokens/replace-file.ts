import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** For this user alone. */
const MODE = 0o600

/**
 * Writes a file so that it holds the old text or the new one at any moment, also after a crash or a power cut. The
 * caller makes sure that nobody else does the same: what a dead writer has left behind is taken away.
 *
 * @throws whatever the file system says; then the old text stands and nothing is left behind.
 */
export function replaceFile(file: string, text: string): void {
  const temporary = `${file}.tmp`
  rmSync(temporary, { force: true })
  try {
    writeDown(temporary, text)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  syncFolder(path.dirname(file))
}

function writeDown(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', MODE)
  try {
    writeFileSync(descriptor, text)
    // Else a power cut after the rename could leave the new name with nothing in it.
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes the rename itself last. Some systems can't do that for a folder; the text is safe there, too. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // The new text stands; at worst a power cut in this second brings the old one back.
  }
}
