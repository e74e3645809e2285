import type { Bot, ReplyCause } from '../domain.js'
import type { MentionFinder } from './mention.js'

/** Shortest and longest pause in milliseconds. */
export type DelayRange = readonly [number, number]

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
  /** Logins in lower case, as in the two sets below. */
  readonly ownBots: ReadonlySet<string>
  readonly knownBots: ReadonlySet<string>
  readonly ignoredUsers: ReadonlySet<string>
  readonly commandPrefixes: readonly string[]
}
