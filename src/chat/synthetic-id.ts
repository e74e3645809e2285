import { createHash } from 'node:crypto'
import { type MessageId, toMessageId } from '../domain.js'

/** No id of Twitch looks like this: those are UUIDs. */
const PREFIX = 'synthetic-'

/** An id for a line that came without one; the same parts give the same id. */
export function toSyntheticId(parts: readonly string[]): MessageId {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  return toMessageId(PREFIX + hash.slice(0, 32))
}

/** Whether Chorus made the id up. Twitch doesn't know such an id, so nothing can be threaded to it. */
export function isSyntheticId(id: MessageId): boolean {
  return id.startsWith(PREFIX)
}
