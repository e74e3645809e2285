import type { BotLogin, ReplyTask, UserId } from '../domain.js'
import type { ReplyState } from './ledger.js'

type Viewers = Readonly<Record<ReplyState, Tally<string>>>

/** How often each of several things is there; bounded by these. */
class Tally<Thing> {
  readonly #counts = new Map<Thing, number>()

  /** Different things. */
  get size(): number {
    return this.#counts.size
  }

  change(thing: Thing, by: 1 | -1): void {
    const count = (this.#counts.get(thing) ?? 0) + by
    if (count > 0) this.#counts.set(thing, count)
    else this.#counts.delete(thing)
  }
}

/**
 * How many viewers have asked something that has no outcome: each once, however often they have asked. Lines and mentions are
 * other numbers: a line may answer several viewers, and a viewer ask several times.
 */
export class ViewerCount {
  readonly #all = new Tally<UserId>()
  readonly #viewers: ReadonlyMap<BotLogin, Viewers>

  constructor(bots: readonly BotLogin[]) {
    this.#viewers = new Map(bots.map((bot) => [bot, newViewers()]))
  }

  /** Of all bots together. */
  get all(): number {
    return this.#all.size
  }

  /** A bot's, by where their mentions are: who asks again while the first mention is in work counts there and where the new one waits. */
  of(bot: BotLogin): Record<ReplyState, number> {
    const { waiting, working, ready, held } = this.#viewers.get(bot) ?? newViewers()
    return { waiting: waiting.size, working: working.size, ready: ready.size, held: held.size }
  }

  /** A reply has come to be in a state, or to be there no longer. What nobody has asked for keeps nobody waiting. */
  change({ bot, cause, message }: ReplyTask, state: ReplyState, by: 1 | -1): void {
    if (cause !== 'mention') return
    this.#all.change(message.userId, by)
    this.#viewers.get(bot)?.[state].change(`${message.channel} ${message.userId}`, by)
  }
}

function newViewers(): Viewers {
  return { waiting: new Tally(), working: new Tally(), ready: new Tally(), held: new Tally() }
}
