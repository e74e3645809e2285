import type { ChatMessage, Clearing, MessageId } from '../domain.js'
import { RecentIds } from '../recent-ids.js'

/** Cleared messages that are remembered: one that comes later than so many others was read long ago. */
const CLEARED_MAX = 1000

/** Which messages were heard, and which were cleared away before they were: several connections hear each one. */
export class HeardMessages {
  readonly #seen = new RecentIds()
  readonly #clearedIds = new RecentIds(CLEARED_MAX)

  /** Takes in a message, and says why it needs no decision; nothing where it does. */
  hear(message: Pick<ChatMessage, 'id' | 'channel' | 'isMirrored'>): 'duplicate' | 'moderated' | undefined {
    if (!this.#seen.add(keyOf(message))) return 'duplicate'
    // Another connection may have told of the clearing before this one brought the message.
    return this.#clearedIds.has(message.id) ? 'moderated' : undefined
  }

  clear(clearing: Clearing): void {
    if (clearing.kind === 'message') this.#clearedIds.add(clearing.id)
  }

  has(id: MessageId): boolean {
    return this.#seen.has(id)
  }
}

/**
 * What makes two hearings one. A shared-chat copy carries the id of its original; were it the same, a copy that comes
 * first would hide the original, which alone is answered.
 */
function keyOf({ id, channel, isMirrored }: Pick<ChatMessage, 'id' | 'channel' | 'isMirrored'>): string {
  return isMirrored ? `${channel}/${id}` : id
}

/** A client of somebody's own may not say when it came: it has come now. */
export function stamped<T extends { readonly arrivedAtMs: number }>(incoming: T, nowMs: number): T {
  return Number.isFinite(incoming.arrivedAtMs) ? incoming : { ...incoming, arrivedAtMs: nowMs }
}
