import type { ChorusStatus } from '../../chorus.js'
import type { BotLogin, ChannelName, ReplyCause, TaskId } from '../../domain.js'
import type { OwedReply } from '../../reply-queue.js'

/**
 * What the control room's page is told, by section: each is an event of `/api/events`, sent when it has changed. Times `…AtMs` are
 * those of the wall clock, as `Date` counts. What viewers and models wrote is in it: it is to be shown as text, and as nothing else.
 */
export interface Snapshot {
  /** What stays the same while Chorus runs. */
  readonly about: About
  readonly glance: Glance
  readonly status: ChorusStatus
  readonly waiting: Waiting
  /** What became of the last lines, newest first. */
  readonly lines: readonly RecentLine[]
  readonly history: History
  readonly requests: ModelRequests
  /** Only in the demo. */
  readonly demo?: DemoState
  /** Only in the demo: its chat, oldest line first. */
  readonly chat?: readonly DemoLine[]
}

export interface About {
  readonly version: string
  readonly bots: readonly BotLogin[]
  readonly channels: readonly ChannelName[]
  /** How many replies are worked on at once, at most. */
  readonly slots: { readonly global: number; readonly perBot: number }
  readonly isDemo: boolean
  /** Where OBS finds the overlay: path and token. */
  readonly overlay: string
}

/** How it goes, for who looks for a second. */
export interface Glance {
  /** `well`: nothing to do; `busy`: viewers wait, or every bot is muted; `trouble`: somebody should look. */
  readonly light: 'well' | 'busy' | 'trouble'
  readonly sentence: string
  /** What else should be known, the most pressing first. */
  readonly notes: readonly string[]
}

/** Accepted replies without an outcome, those that wait longest first. */
export interface Waiting {
  readonly replies: readonly WaitingReply[]
  /** Of them all, shown or not. */
  readonly count: number
}

export interface WaitingReply {
  readonly id: TaskId
  readonly bot: BotLogin
  readonly channel: ChannelName
  /** As chat shows the name. */
  readonly viewer: string
  readonly text: string
  readonly cause: ReplyCause
  readonly state: OwedReply['state']
  readonly askedAtMs: number
}

/** A line, or what there is in its place, and what became of it. */
export interface RecentLine {
  /** Grows from line to line. */
  readonly number: number
  readonly atMs: number
  readonly bot: BotLogin
  readonly channel: ChannelName
  /** Absent where none was made, or it may not be shown. */
  readonly text?: string
  /** Whom it answers, as chat shows the names. */
  readonly viewers: readonly string[]
  readonly result:
    | 'sent'
    | 'joint'
    | 'in-doubt'
    | 'held-by-automod'
    | 'refused'
    | 'withdrawn'
    | 'expired'
    | 'dead'
  /** Why, where it was not simply sent. */
  readonly reason?: string
  /** From the first viewer's question; absent where it is not over. */
  readonly tookMs?: number
}

/** The last minutes, one value per moment, oldest first. */
export interface History {
  readonly atMs: readonly number[]
  /** Replies without an outcome. */
  readonly waiting: readonly number[]
  /** Viewers answered within the minute before. */
  readonly answered: readonly number[]
  /** Lines sent within the minute before. */
  readonly lines: readonly number[]
}

/** Requests to the models in the last five minutes. */
export interface ModelRequests {
  readonly answered: number
  readonly failed: number
  /** Until they were answered; absent where none was. */
  readonly seconds?: { readonly p50: number; readonly p95: number }
  /** The most frequent first. */
  readonly errors: readonly { readonly code: string; readonly count: number }[]
}

/** What is turned in the demo. */
export interface DemoState {
  readonly channel: ChannelName
  /** Lines of chat per second that come by themselves; 0 for none. */
  readonly linesPerSecond: number
  /** Whether the built-in model is away. */
  readonly isModelAway: boolean
  /** Whether it can be sent away: false where lines are made by somebody’s own model. */
  readonly canModelBeAway: boolean
}

/** A line of the demo's chat. */
export interface DemoLine {
  readonly id: string
  readonly name: string
  /** `#RRGGBB`. */
  readonly color: string
  readonly text: string
  readonly kind: 'viewer' | 'bot' | 'system'
}
