import { type ChatMessage, type Clearing, isCleared } from '../../domain.js'

/** Clearings remembered; the oldest one is forgotten. A line that was being written at the time has its fate long before. */
const CLEARINGS_MAX = 200

interface Remembered {
  readonly clearing: Clearing
  readonly atMs: number
}

/** What moderators have cleared away lately: a line that was on its way then may reach chat all the same. */
export class RecentClearings {
  readonly #clearings: Remembered[] = []

  /** @param atMs in clock milliseconds */
  add(clearing: Clearing, atMs: number): void {
    this.#clearings.push({ clearing, atMs })
    if (this.#clearings.length > CLEARINGS_MAX) this.#clearings.shift()
  }

  /** What was cleared away at this time and since. */
  since(atMs: number): Clearing[] {
    return this.#clearings.filter((one) => one.atMs >= atMs).map(({ clearing }) => clearing)
  }

  /** Whether the message was cleared away; what somebody has said since then was not. */
  covers(message: ChatMessage): boolean {
    return this.#clearings.some(
      ({ clearing, atMs }) =>
        clearing.channel === message.channel &&
        (clearing.kind === 'message' || message.arrivedAtMs <= atMs) &&
        isCleared(message, clearing),
    )
  }
}
