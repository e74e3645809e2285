import type { BotLogin, ChatMessage, Decision, Raid } from './domain.js'

/** What a decision depends on that changes while Chorus runs. */
export interface Circumstances {
  /** The day's tokens run low: they are kept for mentions. */
  readonly areTokensLow: boolean
  /** How long mentions wait in a bot's lane, in milliseconds. Asked only where it matters. */
  readonly waitMs: (bot: BotLogin) => number
  /** Whether a bot says nothing for now: it is not to talk unasked. Mentions of it are owed all the same. */
  readonly isMuted: (bot: BotLogin) => boolean
  /** Nobody talks unasked. */
  readonly isCalm: boolean
  /** Chance replies are drawn and left out. */
  readonly isChancePaused: boolean
  /** Stands in for the chance of the rules, in [0, 1]. */
  readonly chance: number | undefined
}

/** What a router needs of whoever decides for it. `Orchestrator` is one; a developer may bring another. */
export interface ReplyDecider {
  /**
   * One decision per bot that answers, or a single silence with its reason; `control` has the router do what a moderator's
   * command says.
   *
   * @param known what the router knows of this moment; to heed it is the decider's choice
   */
  decide(message: ChatMessage, known?: Partial<Circumstances>): Decision[]
  /** Which bot greets the viewers of a raid, or why none does; without it nobody ever does. */
  decideRaid?(raid: Raid, known?: Partial<Circumstances>): Decision
  /** The chance of an unasked reply, in [0, 1], where it has one to tell. */
  readonly chance?: number
}
