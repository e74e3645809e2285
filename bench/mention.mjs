import { toChannelName, toMessageId, toTaskId, toUserId } from './product.mjs'

/** @import { BotLogin, ChatMessage, ReplyTask } from '../src/domain.js' */

let count = 0

/**
 * A reply that one bot owes one viewer at once, without a pause.
 *
 * @param {BotLogin} bot
 * @param {number} nowMs
 * @returns {ReplyTask}
 */
export function mentionOf(bot, nowMs) {
  const number = ++count
  /** @type {ChatMessage} */
  const message = {
    id: toMessageId(`m-${number}`),
    channel: toChannelName('bench'),
    userId: toUserId(`${number}`),
    login: `viewer${number}`,
    displayName: `Viewer${number}`,
    text: `@${bot} hello`,
    roles: { broadcaster: false, moderator: false, vip: false, subscriber: false },
    isMirrored: false,
    arrivedAtMs: nowMs,
  }
  return { id: toTaskId(bot, message.id), bot, cause: 'mention', message, delayMs: 0 }
}
