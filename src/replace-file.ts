import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** For this user alone. */
const MODE = 0o600

/**
 * Writes a file so that it holds the old text or the new one at any moment. The caller makes sure that nobody else does
 * the same: what a dead writer has left behind is taken away.
 *
 * @param survives what the new text must outlive once this returns: the end of the process, or a power cut, too, which
 * costs the disk's time
 * @throws whatever the file system says; then the old text stands and nothing is left behind.
 */
export function replaceFile(
  file: string,
  text: string,
  survives: 'process' | 'power-cut' = 'power-cut',
): void {
  const temporary = `${file}.tmp`
  rmSync(temporary, { force: true })
  try {
    writeDown(temporary, text, survives)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  if (survives === 'power-cut') syncFolder(path.dirname(file))
}

function writeDown(file: string, text: string, survives: 'process' | 'power-cut'): void {
  const descriptor = openSync(file, 'wx', MODE)
  try {
    writeFileSync(descriptor, text)
    // Else a power cut after the rename could leave the new name with nothing in it.
    if (survives === 'power-cut') fsyncSync(descriptor)
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
