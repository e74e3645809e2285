import { type Cancel, type Clock, SECOND } from '../clock.js'
import type { ChannelName } from '../domain.js'
import type { PendingLine } from './pending-line.js'

/** A connection that takes lines. */
export interface LineConnection {
  write(raw: string): void
  ping(): void
  /** When the PING was sent that Twitch answered last on this connection, in clock milliseconds. */
  readonly answeredPingMs: number
}

/** A line that was written and that Twitch has not answered yet. */
export interface Unanswered {
  readonly channel: ChannelName
  readonly pending: PendingLine
  readonly nonce: string
  /** What it was written to, which may be another one than that of now. */
  readonly connection: LineConnection
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
  /** Twitch has read this line and says nothing of it; it is not watched any more. */
  readonly silent: (unanswered: Unanswered) => void
}

/** Silence after which Twitch is asked whether it has read the line. */
const ANSWER_WITHIN_MS = 5 * SECOND
/** How often is looked whether it has answered the PING. */
const LOOK_EVERY_MS = SECOND / 4
/** A link that is not dead and answers no PING in half a minute answers none at all. They are counted, for a process may sleep. */
const LOOKS_MAX = (30 * SECOND) / LOOK_EVERY_MS

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
    entry.cancel = this.#options.clock.after(ANSWER_WITHIN_MS, () => this.#askIfRead(entry))
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

  /** Takes all of them out, or those of one connection: it is gone, and their answers with it. */
  takeAll(of?: LineConnection): Unanswered[] {
    const all = this.values().filter(({ connection }) => of === undefined || connection === of)
    for (const { channel } of all) this.take(channel)
    return all
  }

  /**
   * Twitch reads a connection in order: when it answers a PING that came after the line, it has read the line. Nothing else
   * says so: what others say in chat comes in, too, while our own lines are still on their way, and so does the answer to
   * a PING that came before the line, or by another connection.
   */
  #askIfRead(entry: Entry): void {
    const { clock, silent } = this.#options
    const { connection, writtenMs } = entry.unanswered
    let looks = 0
    const look = () => {
      looks += 1
      if (connection.answeredPingMs > writtenMs || looks > LOOKS_MAX) {
        this.#entries.delete(entry.unanswered.channel)
        silent(entry.unanswered)
      } else entry.cancel = clock.after(LOOK_EVERY_MS, look)
    }
    entry.cancel = clock.after(LOOK_EVERY_MS, look)
    connection.ping()
  }
}
