import { type BotLogin, type ReplyCause, type ReplyTask, toBotLogin, toTaskId } from '../../src/domain.js'
import { chatMessage } from './chat-message.js'

/** A reply to make, with everything a test does not care about filled in. */
export function replyTask(
  parts: {
    readonly bot?: string
    readonly cause?: ReplyCause
    readonly channel?: string
    readonly login?: string
    readonly arrivedAtMs?: number
    readonly delayMs?: number
    readonly text?: string
  } = {},
): ReplyTask {
  const bot: BotLogin = toBotLogin(parts.bot ?? 'ava')
  const message = chatMessage(parts.text ?? `@${bot} hello`, {
    arrivedAtMs: parts.arrivedAtMs ?? 0,
    ...(parts.channel !== undefined && { channel: parts.channel }),
    ...(parts.login !== undefined && { login: parts.login }),
  })
  return {
    id: toTaskId(bot, message.id),
    bot,
    cause: parts.cause ?? 'mention',
    message,
    delayMs: parts.delayMs ?? 0,
  }
}
