import { findRunner, type Runner } from '../journal/runner-lock.js'

/** Who runs on the data folder: `undefined` is nobody, and where it can't be told it is unknown. */
export function runnerOn(dataDir: string): Runner | 'unknown' | undefined {
  try {
    return findRunner(dataDir)
  } catch {
    return 'unknown'
  }
}
