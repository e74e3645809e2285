import type { Bot, ReplyCause } from '../domain.js'
import type { MentionFinder } from './mention.js'

/** Shortest and longest pause in milliseconds. */
export type DelayRange = readonly [number, number]

export interface BanterRules {
  /** Finds bots by their bare logins, too: text safety takes the `@` off a name in a bot's line. */
  readonly names: MentionFinder
  /** Most replies of bots to bots that one line of a viewer may lead to. */
  readonly maxTurns: number
}

/** Everything a decision depends on beside the line, chance and the moment. */
export interface ReplyRules {
  readonly bots: readonly Bot[]
  readonly mentions: MentionFinder
  /** Chance in [0, 1] that a line which mentions nobody gets a reply. */
  readonly chance: number
  readonly delaysMs: Readonly<Record<ReplyCause, DelayRange>>
  /** Whether unasked replies are left out while mentions wait. */
  readonly yields: boolean
  readonly greetsRaids: boolean
  /** How bots talk to each other; absent where they do not. */
  readonly banter?: BanterRules
  /** Logins in lower case, as in the two sets below. */
  readonly ownBots: ReadonlySet<string>
  readonly knownBots: ReadonlySet<string>
  readonly ignoredUsers: ReadonlySet<string>
  readonly commandPrefixes: readonly string[]
}
