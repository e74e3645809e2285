import { readFileSync } from 'node:fs'

/** What package.json says of this program. */
export interface Manifest {
  readonly version: string
  /** Such as `>=20.19`. */
  readonly engines: { readonly node: string }
}

/** Reads it: it lies one folder above this file, in the sources as in what is built. */
export function readManifest(): Manifest {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
}
