import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/**
 * A folder for the test that runs, or is about to. It is removed after every `afterEach`: by then what the test has started is
 * stopped, and writes nothing into it any more.
 */
export function tempFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'chorus-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
