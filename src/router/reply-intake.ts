import {
  type Bot,
  type BotLogin,
  type ChatMessage,
  type Decision,
  type ReplyTask,
  sameLogin,
} from '../domain.js'
import { toChorusError } from '../errors.js'
import type { ReplyQueue } from '../reply-queue.js'

/** Whether the router still answers what it reads. */
export type RouterState = 'running' | 'draining' | 'stopped'

export interface ReplyIntakeOptions {
  readonly bots: readonly Bot[]
  readonly queue: Pick<ReplyQueue, 'accept' | 'laneWait'>
  readonly state: () => RouterState
}

/** Makes tasks of what was decided, and hands them to the queue, which owes them from then on. */
export class ReplyIntake {
  readonly #options: ReplyIntakeOptions

  constructor(options: ReplyIntakeOptions) {
    this.#options = options
  }

  /** Resolves once they are durable and queued, with the decisions that hold: it may be too late for replies. */
  async accept(message: ChatMessage, decisions: Decision[]): Promise<Decision[]> {
    const { queue, state } = this.#options
    const tasks = decisions.flatMap((decision) => this.#toTask(message, decision) ?? [])
    if (tasks.length === 0) return decisions
    const now = state()
    // Nobody waits for it: a later run need not say it.
    if (now !== 'running' && tasks.every(({ cause }) => cause === 'low'))
      return [{ kind: 'silence', reason: now }]
    try {
      await queue.accept(tasks)
      return decisions
    } catch (error) {
      const then = state()
      // A queue with a journal takes replies for the next run nearly to the end.
      if (then === 'running' || toChorusError(error).code !== 'stopping') throw error
      return [{ kind: 'silence', reason: then }]
    }
  }

  /** How long a bot's mentions wait, in milliseconds: the one that comes now, or the oldest. */
  waitMs(bot: BotLogin): number {
    const { expectedMs, oldestMs } = this.#options.queue.laneWait(this.#nameOf(bot))
    return Math.max(expectedMs, oldestMs)
  }

  #toTask(message: ChatMessage, decision: Decision): ReplyTask | undefined {
    if (decision.kind !== 'reply') return undefined
    const { task: id, bot, cause, delayMs } = decision
    return { id, bot: this.#nameOf(bot), cause, delayMs, message }
  }

  /** The decider may have been given the same bots in another case. */
  #nameOf(login: BotLogin): BotLogin {
    return this.#options.bots.find((bot) => sameLogin(bot.login, login))?.login ?? login
  }
}
