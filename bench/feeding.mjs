/** @import { Worker } from './worker.mjs' */

/**
 * Feeds a reader's channel. Resolves to what the reader found when all of it is read.
 *
 * @param {Worker} feeder
 * @param {Worker} reader
 * @param {Parameters<typeof import('./chat-lines.mjs').chatLines>[0]} lines
 */
export async function feed(feeder, reader, lines) {
  // Before the first line is on its way, else a short feeding could be over unnoticed.
  await reader.ask({ kind: 'expect' })
  const [found] = await Promise.all([reader.ask({ kind: 'found' }), feeder.ask({ kind: 'feed', ...lines })])
  return found
}
