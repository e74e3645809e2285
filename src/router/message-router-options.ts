import type { Clock } from '../clock.js'
import type { ConfigInput } from '../config-schema.js'
import type { Bot, BotLogin, ChannelName, MessageId, ReplyTask } from '../domain.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import type { ReplyDecider } from '../reply-decider.js'
import type { ReplyJournal } from '../reply-journal.js'
import type { JointHandler, ReplyQueue, WorkContext } from '../reply-queue.js'

export interface MessageRouterOptions<Line = string> {
  readonly bots: readonly Bot[]
  /** Decides who answers which line: an `Orchestrator`, or a decider of your own. */
  readonly orchestrator: ReplyDecider
  /**
   * Makes the line of one reply while the natural pause runs, in a slot of the queue. Without `deliver` it is called
   * after the pause and says the line itself.
   */
  readonly reply: (task: ReplyTask, context: WorkContext) => Promise<Line>
  /** Makes one line for several viewers when many wait. Without it every mention gets a line of its own. */
  readonly joint?: JointHandler<Line>
  /**
   * Says the line when it is its time; holds no slot. The reply is settled with the {@link Outcome} it resolves to;
   * anything else it resolves to means that the line was sent.
   */
  readonly deliver?: (task: ReplyTask, line: Line, context: WorkContext) => Promise<unknown>
  /** Says the answer to a moderator's command in chat, outside the queue; without it there is none. It must not throw. */
  readonly answerCommand?: (channel: ChannelName, text: string, replyTo: MessageId) => void
  /** Bots that may talk nowhere for now: the status in chat names them. */
  readonly parked?: () => readonly BotLogin[]
  /** The queue that works the replies off; by default p-queue in this process, with the limits below. */
  readonly queue?: ReplyQueue
  /** Limits of the default queue; as in the configuration file. */
  readonly limits?: ConfigInput['queue']
  /** Where the default queue writes down what it has accepted; by default nothing outlives the process. */
  readonly journal?: ReplyJournal
  readonly events?: ChorusEmitter
  readonly clock?: Clock
  readonly random?: Random
}
