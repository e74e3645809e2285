import {
  type BotLogin,
  type Decision,
  type MessageId,
  type ReplyCause,
  type SilenceReason,
  toTaskId,
} from '../domain.js'
import { between, type Random } from '../random.js'
import type { ReplyRules } from './reply-rules.js'

/** Reasons that need no further words. */
export type PlainReason = Exclude<SilenceReason, 'yielded'>

/** The bot's reply to a message, after a pause drawn from those of its cause. */
export function reply(
  { id }: { readonly id: MessageId },
  bot: BotLogin,
  cause: ReplyCause,
  { delaysMs }: Pick<ReplyRules, 'delaysMs'>,
  random: Random,
): Extract<Decision, { kind: 'reply' }> {
  const delayMs = Math.round(between(random, delaysMs[cause]))
  return { kind: 'reply', task: toTaskId(bot, id), bot, cause, delayMs }
}

export function silence(reason: PlainReason): Extract<Decision, { reason: PlainReason }> {
  return { kind: 'silence', reason }
}
