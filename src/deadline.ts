import type { Clock } from './clock.js'

/**
 * Runs something that may hang. Settles at once when `deadlineMs` have passed, with what `late` returns, or when
 * the caller's signal is aborted, with its reason: whether or not `run` obeys the signal that it is given.
 */
export async function withDeadline<T>(
  options: {
    readonly clock: Clock
    readonly deadlineMs: number
    readonly signal: AbortSignal
    readonly late: () => Error
  },
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, deadlineMs, signal, late } = options
  signal.throwIfAborted()
  const controller = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
  })
  const abort = () => controller.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  const cancel = clock.after(deadlineMs, () => controller.abort(late()))
  try {
    return await Promise.race([run(controller.signal), aborted])
  } finally {
    cancel()
    signal.removeEventListener('abort', abort)
  }
}
