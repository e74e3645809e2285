import { type BotLogin, type ChatMessage, type Decision, sameLogin } from '../domain.js'
import type { Random } from '../random.js'
import type { Circumstances } from '../reply-decider.js'
import { isChatCommand } from './chat-command.js'
import { type PlainReason, reply, silence } from './decision.js'
import type { ReplyRules } from './reply-rules.js'
import { drawBot, reasonToLeaveOut, yieldOf } from './unasked.js'

/**
 * Who answers a line, and after which pause. Pure but for the numbers taken from `random`: the rules apply from top to
 * bottom, and silence is a decision with a reason.
 */
export function decideReplies(
  message: ChatMessage,
  rules: ReplyRules,
  random: Random,
  circumstances: Circumstances,
): Decision[] {
  const unheard = reasonToIgnore(message, rules)
  if (unheard) return [silence(unheard)]
  const isCommand = isChatCommand(message.text)
  if (isCommand && mayCommand(message)) return [silence('control')]
  const mentioned = mentionedBots(message, rules)
  if (mentioned.length > 0) return mentioned.map((bot) => reply(message, bot, 'mention', rules, random))
  if (isCommand || rules.commandPrefixes.some((prefix) => message.text.startsWith(prefix)))
    return [silence('command')]
  return [drawReply(message, rules, random, circumstances)]
}

function reasonToIgnore(message: ChatMessage, rules: ReplyRules): PlainReason | undefined {
  if (message.isMirrored) return 'mirrored'
  const login = message.login.toLowerCase()
  // Before mentions: lines of bots must create no work, or two bots that name each other would never end.
  if (rules.ownBots.has(login)) return 'own-bot'
  if (rules.knownBots.has(login)) return 'known-bot'
  if (rules.ignoredUsers.has(login)) return 'ignored-user'
  return undefined
}

/** By badge alone, since names can be sold. A mirrored line, whose badges are another room's, does not come so far. */
function mayCommand({ roles }: ChatMessage): boolean {
  return roles.broadcaster || roles.moderator
}

/** Mentioned by name, or by a reply to a line of theirs. */
function mentionedBots({ text, replyTo }: ChatMessage, rules: ReplyRules): BotLogin[] {
  const named = rules.mentions.find(text)
  const answered = replyTo && rules.bots.find((bot) => sameLogin(bot.login, replyTo.login))?.login
  return answered && !named.includes(answered) ? [answered, ...named] : named
}

function drawReply(
  message: ChatMessage,
  rules: ReplyRules,
  random: Random,
  circumstances: Circumstances,
): Decision {
  const draw = random()
  if (draw >= (circumstances.chance ?? rules.chance)) return { ...silence('not-drawn'), draw }
  if (circumstances.isChancePaused) return { ...silence('paused'), draw }
  const hindrance = reasonToLeaveOut(circumstances)
  if (hindrance) return { ...silence(hindrance), draw }
  const bot = drawBot(rules.bots, random, circumstances)
  if (!bot) return { ...silence('no-talker'), draw }
  return { ...(yieldOf(bot, rules, circumstances) ?? reply(message, bot, 'chance', rules, random)), draw }
}
