import { SECOND } from '../clock.js'
import { type ConfigInput, defaults } from '../config-schema.js'
import type { Bot, ChatMessage, Decision, Raid } from '../domain.js'
import type { Random } from '../random.js'
import type { Circumstances, ReplyDecider } from '../reply-decider.js'
import { BanterChains } from './banter-chains.js'
import { decideBanter } from './decide-banter.js'
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
  readonly banter?: ConfigInput['banter']
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
  readonly #chains = new BanterChains()

  constructor({ random, areTokensLow = () => false, ...parts }: OrchestratorOptions) {
    this.#random = random
    this.#areTokensLow = areTokensLow
    this.#rules = toRules(parts)
  }

  /** The configured chance of an unasked reply. */
  get chance(): number {
    return this.#rules.chance
  }

  /** One decision per bot that answers, or a single silence with its reason. */
  decide(message: ChatMessage, known: Partial<Circumstances> = {}): Decision[] {
    const circumstances = this.#circumstances(known)
    const decisions = decideReplies(message, this.#rules, this.#random, circumstances)
    return this.#rules.banter ? this.#withBanter(message, decisions, circumstances) : decisions
  }

  /** Which bot greets the viewers of a raid, or why none does. */
  decideRaid(raid: Raid, known: Partial<Circumstances> = {}): Decision {
    return decideGreeting(raid, this.#rules, this.#random, this.#circumstances(known))
  }

  #withBanter(message: ChatMessage, decisions: Decision[], circumstances: Circumstances): Decision[] {
    const [first] = decisions
    if (first?.kind === 'reply') this.#chains.begin(message)
    if (first?.kind !== 'silence' || first.reason !== 'own-bot') return decisions
    const turns = this.#chains.turnsOf(message)
    const decision = decideBanter(message, turns, this.#rules, this.#random, circumstances)
    if (decision.kind === 'reply') this.#chains.take(message)
    return [decision]
  }

  #circumstances(known: Partial<Circumstances>): Circumstances {
    return { ...ORDINARY, areTokensLow: this.#areTokensLow(), ...known }
  }
}

function toRules({ bots, ...sections }: Omit<OrchestratorOptions, 'random' | 'areTokensLow'>): ReplyRules {
  const { replies, ignore, banter } = defaults(sections)
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
    ...(banter.enabled && { banter: { names: bareNames(bots), maxTurns: banter.maxTurns } }),
    ownBots: lowerCase(bots.map((bot) => bot.login)),
    knownBots: lowerCase(ignore.bots),
    ignoredUsers: lowerCase(ignore.users),
    commandPrefixes: ignore.commandPrefixes,
  }
}

/** As bots name each other: without the `@`, which text safety takes off in their lines. */
function bareNames(bots: readonly Bot[]): MentionFinder {
  return new MentionFinder(bots.map(({ login, aliases }) => ({ login, aliases: [login, ...aliases] })))
}

function lowerCase(logins: readonly string[]): ReadonlySet<string> {
  return new Set(logins.map((login) => login.toLowerCase()))
}

function inMs([low, high]: readonly [number, number]): DelayRange {
  return [low * SECOND, high * SECOND]
}
