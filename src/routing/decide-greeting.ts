import type { Decision, Raid } from '../domain.js'
import type { Random } from '../random.js'
import type { Circumstances } from '../reply-decider.js'
import { reply, silence } from './decision.js'
import type { ReplyRules } from './reply-rules.js'
import { drawBot, reasonToLeaveOut } from './unasked.js'

/** Which bot greets the viewers of a raid. Pure but for the numbers taken from `random`. */
export function decideGreeting(
  raid: Raid,
  rules: ReplyRules,
  random: Random,
  circumstances: Circumstances,
): Decision {
  if (raid.isMirrored) return silence('mirrored')
  if (!rules.greetsRaids) return silence('not-greeted')
  const hindrance = reasonToLeaveOut(circumstances)
  if (hindrance) return silence(hindrance)
  const bot = drawBot(rules.bots, random, circumstances)
  return bot ? reply(raid, bot, 'low', rules, random) : silence('no-talker')
}
