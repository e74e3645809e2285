import { randomUUID } from 'node:crypto'
import { toChannelName, toMessageId, toTaskId, toUserId } from './product.mjs'

/** @import { BotLogin, ChatMessage, ReplyTask } from '../src/domain.js' */

let count = 0

/**
 * A line of chat, each by another viewer.
 *
 * @param {string} text
 * @param {number} nowMs
 * @returns {ChatMessage}
 */
export function viewerLine(text, nowMs) {
  const number = ++count
  return {
    id: toMessageId(randomUUID()),
    channel: toChannelName('bench'),
    userId: toUserId(`${40_000_000 + number}`),
    login: `viewer${number}`,
    displayName: `Viewer${number}`,
    text,
    roles: { broadcaster: false, moderator: false, vip: false, subscriber: false },
    isMirrored: false,
    arrivedAtMs: nowMs,
  }
}

/**
 * A reply that one bot owes one viewer at once, without a pause.
 *
 * @param {BotLogin} bot
 * @param {number} nowMs
 * @returns {ReplyTask}
 */
export function mentionOf(bot, nowMs) {
  const message = viewerLine(`@${bot} hello`, nowMs)
  return { id: toTaskId(bot, message.id), bot, cause: 'mention', message, delayMs: 0 }
}
