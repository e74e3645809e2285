import { statSync } from 'node:fs'

/** Tells a file from another one that came to its name; 0 where there is none. */
export function inodeOf(file: string): number {
  try {
    return statSync(file).ino
  } catch {
    return 0
  }
}
