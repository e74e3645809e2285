import type { ChatMessage, MessageId } from '../domain.js'

/** Lines remembered: at least the last so many that were answered or said by a bot, at most twice as many. */
const LINES_MAX = 1000

/** What has come of one line of a viewer. */
interface Chain {
  /** Replies of bots to bots that were owed because of it. */
  turns: number
}

/**
 * Follows by the ids of parents which viewer's line the lines of our bots go back to, and counts what bots have said to
 * each other because of it. The count is the viewer's line's: it bounds the length of every thread below it and all of
 * them together, so that a line that calls five bots starts no five conversations.
 *
 * Whatever can't be followed is an end: a line that answers nobody, as joint lines and greetings do, a parent that was not
 * heard or was forgotten, or one of an earlier run.
 */
export class BanterChains {
  /** Two generations, as in `RecentIds`. */
  #recent = new Map<MessageId, Chain>()
  #older = new Map<MessageId, Chain>()

  /** A line of a viewer that a bot will answer: what bots say to each other may go back to it. */
  begin({ id }: ChatMessage): void {
    if (!this.#get(id)) this.#set(id, { turns: 0 })
  }

  /** A line of one of our bots: how many replies of bots it and its kin have led to; `undefined` where nobody can tell. */
  turnsOf({ id, replyTo }: ChatMessage): number | undefined {
    const chain = replyTo && this.#get(replyTo.id)
    if (chain) this.#set(id, chain)
    return chain?.turns
  }

  /** A bot will answer a line of another one. */
  take({ id }: ChatMessage): void {
    const chain = this.#get(id)
    if (chain) chain.turns += 1
  }

  #get(id: MessageId): Chain | undefined {
    return this.#recent.get(id) ?? this.#older.get(id)
  }

  #set(id: MessageId, chain: Chain): void {
    this.#recent.set(id, chain)
    if (this.#recent.size < LINES_MAX) return
    this.#older = this.#recent
    this.#recent = new Map()
  }
}
