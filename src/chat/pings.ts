/**
 * PINGs of one connection and their answers, by when they were sent, in clock milliseconds. The server repeats the word of each: so it
 * is known which of several it has read.
 */
export class Pings {
  #sentMs = Number.NEGATIVE_INFINITY
  #answeredMs = Number.NEGATIVE_INFINITY

  /** When the one was sent that the server answered last. */
  get answeredMs(): number {
    return this.#answeredMs
  }

  /** Returns the line to send. */
  next(nowMs: number): string {
    this.#sentMs = nowMs
    return `PING ${nowMs}`
  }

  /** False where nothing was sent that has this word: whatever number it is, it says nothing of what was read. */
  answered(word: string): boolean {
    const sentMs = Number(word)
    if (!(sentMs <= this.#sentMs)) return false
    this.#answeredMs = Math.max(this.#answeredMs, sentMs)
    return true
  }
}
