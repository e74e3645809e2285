import { SECOND } from '../clock.js'
import { type ConfigInput, defaults } from '../config-schema.js'
import type { Bot, ChatMessage, Decision, Raid } from '../domain.js'
import type { Random } from '../random.js'
import type { Circumstances, ReplyDecider } from '../reply-decider.js'
import { decideGreeting } from './decide-greeting.js'
import { decideReplies } from './decide-replies.js'
import { MentionFinder } from './mention.js'
import type { DelayRange, ReplyRules } from './reply-rules.js'

export interface OrchestratorOptions {
  readonly bots: readonly Bot[]
  readonly random: Random
  /** As in the configuration file; what is missing has its default. */
  readonly replies?: ConfigInput['replies']
  readonly ignore?: ConfigInput['ignore']
  /** Whether tokens are to be kept for mentions; asked for each line. By default they never are. */
  readonly areTokensLow?: () => boolean
}

/** What holds where nobody says otherwise. */
const ORDINARY: Circumstances = {
  areTokensLow: false,
  waitMs: () => 0,
  isMuted: () => false,
  isCalm: false,
  isChancePaused: false,
  chance: undefined,
}

/** Decides who answers which line: the rules of one configuration together with a source of chance. */
export class Orchestrator implements ReplyDecider {
  readonly #rules: ReplyRules
  readonly #random: Random
  readonly #areTokensLow: () => boolean

  constructor({ bots, random, replies, ignore, areTokensLow = () => false }: OrchestratorOptions) {
    this.#random = random
    this.#areTokensLow = areTokensLow
    this.#rules = toRules(bots, replies, ignore)
  }

  /** The configured chance of an unasked reply. */
  get chance(): number {
    return this.#rules.chance
  }

  /** One decision per bot that answers, or a single silence with its reason. */
  decide(message: ChatMessage, known: Partial<Circumstances> = {}): Decision[] {
    return decideReplies(message, this.#rules, this.#random, this.#circumstances(known))
  }

  /** Which bot greets the viewers of a raid, or why none does. */
  decideRaid(raid: Raid, known: Partial<Circumstances> = {}): Decision {
    return decideGreeting(raid, this.#rules, this.#random, this.#circumstances(known))
  }

  #circumstances(known: Partial<Circumstances>): Circumstances {
    return { ...ORDINARY, areTokensLow: this.#areTokensLow(), ...known }
  }
}

function toRules(
  bots: readonly Bot[],
  repliesInput: ConfigInput['replies'],
  ignoreInput: ConfigInput['ignore'],
): ReplyRules {
  const { replies, ignore } = defaults({ replies: repliesInput, ignore: ignoreInput })
  return {
    bots,
    mentions: new MentionFinder(bots),
    chance: replies.chance,
    delaysMs: {
      mention: inMs(replies.delays.mention),
      chance: inMs(replies.delays.chance),
      low: inMs(replies.delays.low),
    },
    yields: replies.yield,
    greetsRaids: replies.greetRaids,
    ownBots: lowerCase(bots.map((bot) => bot.login)),
    knownBots: lowerCase(ignore.bots),
    ignoredUsers: lowerCase(ignore.users),
    commandPrefixes: ignore.commandPrefixes,
  }
}

function lowerCase(logins: readonly string[]): ReadonlySet<string> {
  return new Set(logins.map((login) => login.toLowerCase()))
}

function inMs([low, high]: readonly [number, number]): DelayRange {
  return [low * SECOND, high * SECOND]
}
