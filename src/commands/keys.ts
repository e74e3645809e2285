/** Where keys come from: stdin, as far as this needs it. */
export interface KeyInput {
  readonly isTTY?: boolean | undefined
  setRawMode?(isRaw: boolean): unknown
  resume(): unknown
  pause(): unknown
  on(event: 'data', listener: (data: Buffer) => void): unknown
  off(event: 'data', listener: (data: Buffer) => void): unknown
}

/**
 * Single keys of a terminal, without Enter. `press` gets each as a string; Ctrl-C arrives as `\u0003`, because a raw
 * terminal sends no signal. Returns the way back to normal; where the input is no terminal nothing is read.
 */
export function readKeys(input: KeyInput, press: (key: string) => void): () => void {
  if (!input.isTTY || !input.setRawMode) return () => {}
  const listener = (data: Buffer) => {
    for (const key of data.toString('utf8')) press(key)
  }
  input.setRawMode(true)
  input.resume()
  input.on('data', listener)
  return () => {
    input.off('data', listener)
    input.setRawMode?.(false)
    input.pause()
  }
}
