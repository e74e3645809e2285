import { spawnSync } from 'node:child_process'
import type { TestContext } from 'vitest'

/** Skips a test where a program of the system is missing, as {@link lacks} says. */
export function needs(skip: TestContext['skip'], program: string, install: string): void {
  const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' })
  if (error) lacks(skip, program, install)
}

/**
 * Skips a test, with one line that says what to install. Where CHORUS_TEST_REQUIRE_ALL is 1 the test fails instead.
 */
export function lacks(
  skip: TestContext['skip'],
  program: string,
  install: string,
  environment: NodeJS.ProcessEnv = process.env,
): never {
  const message = `needs ${program}: ${install}`
  if (environment.CHORUS_TEST_REQUIRE_ALL === '1') throw new Error(message)
  return skip(message)
}
