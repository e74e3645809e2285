import TinyQueue from 'tinyqueue'
import { SECOND } from '../clock.js'
import type { ChannelName, ReplyCause } from '../domain.js'
import type { LedgerEntry } from './ledger.js'

/** How much later than its arrival a reply stands in line, in milliseconds: mentions overtake, nothing starves. */
const HANDICAP_MS: Record<ReplyCause, number> = { mention: 0, chance: 30 * SECOND, low: 60 * SECOND }

/**
 * A bot's waiting replies in the order of arrival plus handicap. A reply that comes back after a failure takes the
 * place its arrival gives it. One list per channel, because a channel that is closed to the bot must not block the
 * others. Not bounded: what was accepted is never dropped.
 */
export class WaitingList {
  readonly #isOpen: (entry: LedgerEntry) => boolean
  readonly #lists = new Map<ChannelName, TinyQueue<LedgerEntry>>()

  /** @param isOpen whether a reply still has no outcome; one that got it while waiting is passed over. */
  constructor(isOpen: (entry: LedgerEntry) => boolean) {
    this.#isOpen = isOpen
  }

  add(entry: LedgerEntry): void {
    const { channel } = entry.task.message
    let list = this.#lists.get(channel)
    if (!list) {
      list = new TinyQueue<LedgerEntry>([], byRightOfWay)
      this.#lists.set(channel, list)
    }
    // A blocked bot takes nothing out: what got its outcome while waiting has to go when others come.
    this.#head(list)
    list.push(entry)
  }

  /** Takes out the first reply among the channels that `mayStart`. */
  take(mayStart: (channel: ChannelName) => boolean): LedgerEntry | undefined {
    let best: { list: TinyQueue<LedgerEntry>; head: LedgerEntry } | undefined
    for (const [channel, list] of this.#lists) {
      const head = this.#head(list)
      if (!head || !mayStart(channel)) continue
      if (!best || byRightOfWay(head, best.head) < 0) best = { list, head }
    }
    return best?.list.pop()
  }

  /** How many replies wait, at most, in channels that `mayStart`; `enough` ends the count early. */
  countStartable(mayStart: (channel: ChannelName) => boolean, enough: number): number {
    let count = 0
    for (const [channel, list] of this.#lists) {
      if (list.length > 0 && mayStart(channel)) count += list.length
      if (count >= enough) break
    }
    return count
  }

  #head(list: TinyQueue<LedgerEntry>): LedgerEntry | undefined {
    let head = list.peek()
    while (head && !this.#isOpen(head)) {
      list.pop()
      head = list.peek()
    }
    return head
  }
}

function byRightOfWay(a: LedgerEntry, b: LedgerEntry): number {
  return placeOf(a) - placeOf(b) || a.number - b.number
}

function placeOf({ task }: LedgerEntry): number {
  return task.message.arrivedAtMs + HANDICAP_MS[task.cause]
}
