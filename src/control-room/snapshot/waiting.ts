import type { Chorus } from '../../chorus.js'
import { toReplyView } from './reply-view.js'
import type { Waiting } from './snapshot.js'

/** Replies shown at once: those that have waited longest. */
export const OWED_MAX = 100

/**
 * What has no outcome yet. Asked for often: it costs as much as what is shown, however much is owed.
 *
 * @param toWallMs when a moment of the clock was, on the wall
 */
export function toWaiting(
  { owed, count }: { readonly owed: ReturnType<Chorus['router']['owed']>; readonly count: number },
  toWallMs: (atMs: number) => number,
): Waiting {
  const replies = owed.map((reply) => ({
    ...toReplyView(reply),
    askedAtMs: toWallMs(reply.task.message.arrivedAtMs),
  }))
  return { replies, count: Math.max(count, replies.length) }
}
