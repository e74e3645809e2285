import { spawnSync } from 'node:child_process'
import type { TestContext } from 'vitest'

/**
 * Skips a test where a program of the system is missing, with one line that says what to install. Where
 * CHORUS_TEST_REQUIRE_ALL is 1 the test fails instead.
 */
export function needs(skip: TestContext['skip'], program: string, install: string): void {
  const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' })
  if (!error) return
  const message = `needs ${program}: ${install}`
  if (process.env.CHORUS_TEST_REQUIRE_ALL === '1') throw new Error(message)
  skip(message)
}
