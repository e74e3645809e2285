import { type ChatMessage, type Decision, sameLogin } from '../domain.js'
import type { Random } from '../random.js'
import type { Circumstances } from '../reply-decider.js'
import { reply, silence } from './decision.js'
import type { ReplyRules } from './reply-rules.js'
import { reasonToLeaveOut, yieldOf } from './unasked.js'

/**
 * Whether a bot answers a line of another one of ours that names it: the first named that is not muted. Pure but for the
 * numbers taken from `random`.
 *
 * @param turns replies of bots to bots that the same line of a viewer has led to; `undefined` where nobody can tell
 */
export function decideBanter(
  message: ChatMessage,
  turns: number | undefined,
  rules: ReplyRules,
  random: Random,
  circumstances: Circumstances,
): Decision {
  if (!rules.banter || turns === undefined) return silence('own-bot')
  const bot = rules.banter.names
    .find(message.text)
    .find((named) => !sameLogin(named, message.login) && !circumstances.isMuted(named))
  if (!bot) return silence('own-bot')
  if (turns >= rules.banter.maxTurns) return silence('banter-over')
  const hindrance = reasonToLeaveOut(circumstances)
  if (hindrance) return silence(hindrance)
  return yieldOf(bot, rules, circumstances) ?? reply(message, bot, 'low', rules, random)
}
