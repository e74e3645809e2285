import type { ChorusEmitter } from '../events.js'

/**
 * Warns when more replies wait than the threshold: once per episode, which is over when half of it is left, so that a
 * backlog that hovers around the threshold does not warn again and again.
 */
export class BacklogWatch {
  readonly #threshold: number
  readonly #events: ChorusEmitter
  #episode: { readonly sinceMs: number; peak: number } | undefined

  constructor(threshold: number, events: ChorusEmitter) {
    this.#threshold = threshold
    this.#events = events
  }

  /** Tell it the size whenever it may have changed; `nowMs` of the monotonic clock. */
  update(size: number, nowMs: number): void {
    if (this.#episode) {
      this.#episode.peak = Math.max(this.#episode.peak, size)
      if (size <= this.#threshold / 2) this.#end(size, nowMs)
    } else if (size > this.#threshold) {
      this.#episode = { sinceMs: nowMs, peak: size }
      this.#events.emit('backlog:raised', { size, threshold: this.#threshold })
    }
  }

  #end(size: number, nowMs: number): void {
    if (!this.#episode) return
    const { sinceMs, peak } = this.#episode
    this.#episode = undefined
    this.#events.emit('backlog:cleared', { size, peak, lastedMs: nowMs - sinceMs })
  }
}
