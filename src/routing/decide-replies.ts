import { DAY, SECOND } from '../clock.js'
import {
  type Bot,
  type BotLogin,
  type ChatMessage,
  type Decision,
  type ReplyCause,
  type SilenceReason,
  sameLogin,
  toTaskId,
} from '../domain.js'
import { between, type Random } from '../random.js'
import type { Circumstances } from '../reply-decider.js'
import { isChatCommand } from './chat-command.js'
import type { MentionFinder } from './mention.js'

/** Mentions that wait longer than this have a bot leave out what nobody has asked it for. */
const YIELD_OVER_MS = 5 * SECOND
/** Waits are told up to this one: a decision must be JSON-safe, and an endless wait is not. */
const WAIT_MAX_MS = DAY

/** Reasons that need no further words. */
type PlainReason = Exclude<SilenceReason, 'yielded'>

/** Shortest and longest pause in milliseconds. */
export type DelayRange = readonly [number, number]

/** Everything a decision depends on beside the line and chance. */
export interface ReplyRules {
  readonly bots: readonly Bot[]
  readonly mentions: MentionFinder
  /** Chance in [0, 1] that a line which mentions nobody gets a reply. */
  readonly chance: number
  readonly delaysMs: Readonly<Record<ReplyCause, DelayRange>>
  /** Whether chance replies are left out while mentions wait. */
  readonly yields: boolean
  /** Logins in lower case, as in the two sets below. */
  readonly ownBots: ReadonlySet<string>
  readonly knownBots: ReadonlySet<string>
  readonly ignoredUsers: ReadonlySet<string>
  readonly commandPrefixes: readonly string[]
}

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
  const hindrance = reasonToLeaveOut(circumstances)
  if (hindrance) return { ...silence(hindrance), draw }
  const talkers = rules.bots.filter(({ login }) => !circumstances.isMuted(login))
  const bot = drawBot(talkers, random)
  if (!bot) return { ...silence('no-talker'), draw }
  return { ...(yieldOf(bot, rules, circumstances) ?? reply(message, bot, 'chance', rules, random)), draw }
}

function reasonToLeaveOut({ areTokensLow, isCalm, isChancePaused }: Circumstances): PlainReason | undefined {
  if (isChancePaused) return 'paused'
  if (isCalm) return 'calm'
  return areTokensLow ? 'token-limit' : undefined
}

/** The bot's silence where it has to leave its time to mentions. */
function yieldOf(
  bot: BotLogin,
  { yields }: ReplyRules,
  circumstances: Circumstances,
): Extract<Decision, { reason: 'yielded' }> | undefined {
  const waitMs = yields ? circumstances.waitMs(bot) : 0
  if (!(waitMs > YIELD_OVER_MS)) return undefined
  return { kind: 'silence', reason: 'yielded', bot, waitMs: Math.round(Math.min(waitMs, WAIT_MAX_MS)) }
}

/** One bot, each as likely as its talkativeness; none when all of them are silent. */
function drawBot(bots: readonly Bot[], random: Random): BotLogin | undefined {
  const total = bots.reduce((sum, bot) => sum + bot.talkativeness, 0)
  let rest = random() * total
  for (const bot of bots) {
    if (bot.talkativeness > 0 && rest < bot.talkativeness) return bot.login
    rest -= bot.talkativeness
  }
  return undefined
}

function reply(
  message: ChatMessage,
  bot: BotLogin,
  cause: ReplyCause,
  rules: ReplyRules,
  random: Random,
): Extract<Decision, { kind: 'reply' }> {
  const delayMs = Math.round(between(random, rules.delaysMs[cause]))
  return { kind: 'reply', task: toTaskId(bot, message.id), bot, cause, delayMs }
}

function silence(reason: PlainReason): Extract<Decision, { reason: PlainReason }> {
  return { kind: 'silence', reason }
}
