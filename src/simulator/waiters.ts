interface Waiter {
  readonly holds: () => boolean
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Most promises that can wait at once; one more is a RangeError. */
const WAITERS_MAX = 1000

/** Promises that settle when something has come to pass, looked at whenever there is news. */
export class Waiters {
  readonly #waiting = new Set<Waiter>()

  /** Resolves as soon as `holds` does. Rejects with the signal's reason. */
  until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    if (holds()) return Promise.resolve()
    if (this.#waiting.size >= WAITERS_MAX) throw new RangeError(`at most ${WAITERS_MAX} can wait at once`)
    return new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const abort = () => waiter.reject(signal?.reason)
      const leave = () => {
        this.#waiting.delete(waiter)
        signal?.removeEventListener('abort', abort)
      }
      const waiter: Waiter = {
        holds,
        resolve: () => {
          leave()
          resolve()
        },
        reject: (reason) => {
          leave()
          reject(reason)
        },
      }
      this.#waiting.add(waiter)
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** There is news: whoever waited for it goes on. */
  tell(): void {
    for (const waiter of [...this.#waiting]) if (waiter.holds()) waiter.resolve()
  }

  /** Rejects every promise: what they wait for can't come any more. */
  close(reason: Error): void {
    for (const waiter of [...this.#waiting]) waiter.reject(reason)
  }
}
