import { DAY, SECOND } from '../clock.js'
import type { Bot, BotLogin, Decision } from '../domain.js'
import type { Random } from '../random.js'
import type { Circumstances } from '../reply-decider.js'
import type { PlainReason } from './decision.js'
import type { ReplyRules } from './reply-rules.js'

/*
 * What holds for everything that nobody has asked a bot for: chance replies, greetings, banter.
 */

/** Mentions that wait longer than this have a bot leave out what nobody has asked it for. */
const YIELD_OVER_MS = 5 * SECOND
/** Waits are told up to this one: a decision must be JSON-safe, and an endless wait is not. */
const WAIT_MAX_MS = DAY

/** Why nobody talks unasked for now. */
export function reasonToLeaveOut({ areTokensLow, isCalm }: Circumstances): PlainReason | undefined {
  if (isCalm) return 'calm'
  return areTokensLow ? 'token-limit' : undefined
}

/** One bot that is not muted, each as likely as its talkativeness; none when all of them are silent. */
export function drawBot(
  bots: readonly Bot[],
  random: Random,
  { isMuted }: Circumstances,
): BotLogin | undefined {
  const talkers = bots.filter(({ login, talkativeness }) => talkativeness > 0 && !isMuted(login))
  const total = talkers.reduce((sum, bot) => sum + bot.talkativeness, 0)
  let rest = random() * total
  for (const bot of talkers) {
    if (rest < bot.talkativeness) return bot.login
    rest -= bot.talkativeness
  }
  return undefined
}

/** The bot's silence where it has to leave its time to mentions. */
export function yieldOf(
  bot: BotLogin,
  { yields }: ReplyRules,
  circumstances: Circumstances,
): Extract<Decision, { reason: 'yielded' }> | undefined {
  const waitMs = yields ? circumstances.waitMs(bot) : 0
  if (!(waitMs > YIELD_OVER_MS)) return undefined
  return { kind: 'silence', reason: 'yielded', bot, waitMs: Math.round(Math.min(waitMs, WAIT_MAX_MS)) }
}
