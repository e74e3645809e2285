/**
 * Longest real time that a test waits for something to happen, in milliseconds. It only ends what would hang: a slow machine
 * is no failure.
 */
export const WAIT_MS = 60_000

/** A signal for one wait of a test. */
export const soon = () => AbortSignal.timeout(WAIT_MS)
