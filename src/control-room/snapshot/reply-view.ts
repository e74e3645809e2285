import type { OwedReply } from '../../reply-queue.js'
import type { WaitingReply } from './snapshot.js'

/** What a person needs to know of a reply that is owed. `text` is a viewer’s: to be shown as text, and as nothing else. */
export function toReplyView({ task, state }: OwedReply): Omit<WaitingReply, 'askedAtMs'> {
  const { channel, displayName: viewer, text } = task.message
  return { id: task.id, bot: task.bot, channel, viewer, text, cause: task.cause, state }
}
