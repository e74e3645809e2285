import { statSync } from 'node:fs'

/** Another text after every change of a file, without reading it; undefined while it is not there or can’t be seen. */
export function fileStamp(file: string): string | undefined {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch {
    return undefined
  }
}
