/**
 * Counts what happened in the last `windowMs`: a strict sliding window, the harshest reading of "N in 30 seconds".
 * Something exactly `windowMs` old still counts.
 */
export class RateLog {
  readonly #windowMs: number
  readonly #entriesMax: number
  #times: number[] = []
  #first = 0

  /**
   * @param entriesMax Bound: more are not told apart from this many, the oldest are forgotten first. Choose it
   *   above every limit that the count is compared with.
   */
  constructor(options: { readonly windowMs: number; readonly entriesMax: number }) {
    this.#windowMs = options.windowMs
    this.#entriesMax = options.entriesMax
  }

  add(nowMs: number): void {
    this.#times.push(nowMs)
    this.#forget(nowMs)
  }

  count(nowMs: number): number {
    this.#forget(nowMs)
    return this.#times.length - this.#first
  }

  #forget(nowMs: number): void {
    const oldest = nowMs - this.#windowMs
    while ((this.#times[this.#first] ?? oldest) < oldest) this.#first++
    this.#first = Math.max(this.#first, this.#times.length - this.#entriesMax)
    if (this.#first < this.#entriesMax) return
    this.#times = this.#times.slice(this.#first)
    this.#first = 0
  }
}
