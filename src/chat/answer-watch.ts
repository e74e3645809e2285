import { type Cancel, type Clock, SECOND } from '../clock.js'
import type { ChannelName } from '../domain.js'
import type { PendingLine } from './pending-line.js'

/** A line that was written and that Twitch has not answered yet. */
export interface Unanswered {
  readonly channel: ChannelName
  readonly pending: PendingLine
  readonly nonce: string
  /** In clock milliseconds. */
  readonly writtenMs: number
  /** Whether the account was moderator, VIP or broadcaster there when it was written. */
  readonly isPrivileged: boolean
  /** Whether another bot of ours listens in the channel. */
  readonly isWatched: boolean
  /** A NOTICE that came meanwhile and that we don't know: the line was refused by it, unless Twitch confirms it. */
  objection?: string
}

export interface AnswerWatchOptions {
  readonly clock: Clock
  /** When Twitch was last heard on the connection of now, in clock milliseconds. */
  readonly heardAtMs: () => number
  /** Makes Twitch answer, so that `heardAtMs` tells a silent chat from a dead link. */
  readonly ping: () => void
  /** Twitch is heard and has said nothing of this line, which is not watched any more. */
  readonly silent: (unanswered: Unanswered) => void
}

/** Silence after which a line is given up, where Twitch is otherwise heard. */
const ANSWER_WITHIN_MS = 5 * SECOND
/** How often is looked whether it has answered the PING. */
const LOOK_EVERY_MS = SECOND / 4

interface Entry {
  readonly unanswered: Unanswered
  cancel: Cancel
}

/** Waits for Twitch's answers: at most one line per channel, so that a NOTICE, which names no line, can be told whose it is. */
export class AnswerWatch {
  readonly #options: AnswerWatchOptions
  readonly #entries = new Map<ChannelName, Entry>()

  constructor(options: AnswerWatchOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#entries.size
  }

  add(unanswered: Unanswered): void {
    const entry: Entry = { unanswered, cancel: () => {} }
    this.#entries.set(unanswered.channel, entry)
    entry.cancel = this.#options.clock.after(ANSWER_WITHIN_MS, () => this.#askIfAlive(entry))
  }

  get(channel: ChannelName): Unanswered | undefined {
    return this.#entries.get(channel)?.unanswered
  }

  values(): Unanswered[] {
    return [...this.#entries.values()].map(({ unanswered }) => unanswered)
  }

  /** Takes it out: it is answered. */
  take(channel: ChannelName): Unanswered | undefined {
    const entry = this.#entries.get(channel)
    entry?.cancel()
    this.#entries.delete(channel)
    return entry?.unanswered
  }

  /** Takes all of them out: the connection is gone, and their answers with it. */
  takeAll(): Unanswered[] {
    const all = this.values()
    for (const { channel } of all) this.take(channel)
    return all
  }

  /** What comes after the PING has left the line behind: a link that stalls, or a process that slept, proves nothing. */
  #askIfAlive(entry: Entry): void {
    const { clock, heardAtMs, ping, silent } = this.#options
    const askedMs = clock.now()
    const look = () => {
      if (heardAtMs() > askedMs) {
        this.#entries.delete(entry.unanswered.channel)
        silent(entry.unanswered)
      } else entry.cancel = clock.after(LOOK_EVERY_MS, look)
    }
    entry.cancel = clock.after(LOOK_EVERY_MS, look)
    ping()
  }
}
