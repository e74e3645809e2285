import type { Clock } from '../clock.js'
import type { BotLogin } from '../domain.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import type { ReplyJournal } from '../reply-journal.js'
import type { BlockedCheck, ModelStanding, SendForecast } from '../reply-queue.js'
import type { JointRules } from './lane-forecast.js'
import type { RetryRules } from './retry-rules.js'
import type { HeadStartMs } from './waiting-list.js'

/** What the queue in one process takes. */
export interface PQueueEngineOptions {
  readonly bots: readonly BotLogin[]
  /** Replies made at once: over all bots, and by one of them. */
  readonly limits: { readonly global: number; readonly perBot: number }
  readonly retry: RetryRules
  /** A reply that could not be served for longer than this, in milliseconds, expires. */
  readonly answerWithinMs: number
  /** Replies waiting above which a backlog is reported. */
  readonly backlogMax: number
  /** Default: never. */
  readonly joint?: JointRules | undefined
  /** Default: none for anybody. */
  readonly headStart?: HeadStartMs | undefined
  readonly clock: Clock
  readonly random: Random
  readonly events: ChorusEmitter
  /** Default: no bot is ever blocked. */
  readonly blocked?: BlockedCheck | undefined
  /** Why a bot is blocked in every channel, whatever waits for it. Default: what is known of the channels where something waits. */
  readonly silenced?: ((bot: BotLogin) => string | undefined) | undefined
  /** Default: a model that is never known to be away, and serves whenever a line is made. */
  readonly model?: ModelStanding | undefined
  /** Default: an account may send whatever is made. */
  readonly sendForecast?: SendForecast | undefined
  /** Default: nothing outlives the process. */
  readonly journal?: ReplyJournal | undefined
}
