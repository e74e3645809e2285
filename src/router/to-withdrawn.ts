import type { Clearing } from '../domain.js'
import type { TakenBack } from '../reply-queue.js'

/** In the words of the recorded outcome. */
const REASONS: Readonly<Record<Clearing['kind'], string>> = {
  message: 'the message was deleted',
  user: 'its author was timed out or banned',
  chat: 'the chat was cleared',
}

/** How replies end to what moderators have cleared away. */
export function toWithdrawn({ kind }: Clearing): TakenBack {
  return { kind: 'withdrawn', by: 'moderation', reason: REASONS[kind] }
}

/** How a reply ends that a streamer does not want said. */
export const SKIPPED: TakenBack = { kind: 'withdrawn', by: 'streamer', reason: 'skipped' }
