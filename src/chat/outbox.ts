import { type Cancel, type Clock, SECOND } from '../clock.js'
import type { BotLogin, ChannelName, ChatLine, Outcome } from '../domain.js'
import { ChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import { toPrivmsg } from './privmsg.js'
import { SendBudget } from './send-budget.js'

export interface OutboxOptions {
  readonly bot: BotLogin
  readonly clock: Clock
  readonly events: ChorusEmitter
  /** Writes a raw line; false when the bot can't write to that channel now. */
  readonly write: (channel: ChannelName, raw: string) => boolean
  /** When Twitch was last heard on the connection of now, in clock milliseconds. */
  readonly heardAtMs: () => number
  /** Makes Twitch answer, so that `heardAtMs` tells a silent chat from a dead link. */
  readonly askIfAlive: () => void
  readonly budget?: SendBudget
}

/** Silence after which Twitch is taken to have dropped a line without a word, where it is otherwise heard. */
const ANSWER_WITHIN_MS = 5 * SECOND

interface Entry {
  readonly line: ChatLine
  readonly raw: string
  readonly sent: () => void
  readonly refuse: (reason: unknown) => void
}

/**
 * The lines of one account that are ready to be said. Each waits for the connection, for the account's allowance
 * and for the lines before it in its channel; none is dropped unless its signal is aborted.
 *
 * A channel gets its next line only when Twitch has answered the last one there, and the allowance counts from the
 * answer: Twitch counts when a line arrives, which is never later. However long the way takes, the limits hold.
 *
 * Bounded by its callers: the queue starts no reply for a channel in which two lines are waiting.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #budget: SendBudget
  /** By channel, each in the order they came. The channel that wrote last stands last: all get their turn. */
  readonly #waiting = new Map<ChannelName, Entry[]>()
  /** Channels whose last line Twitch has not answered, each with the timer that ends the wait. */
  readonly #unanswered = new Map<ChannelName, Cancel>()
  #cancelTimer: Cancel = () => {}
  #isStopped = false

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#budget = options.budget ?? new SendBudget()
  }

  /**
   * Resolves when the line was really written. Rejects with the signal's reason when that is aborted before, and
   * with a ChorusError when the line is unsafe or chat has stopped.
   */
  send(line: ChatLine, signal: AbortSignal): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      if (this.#isStopped) throw stopped()
      const abort = () => {
        this.#remove(entry)
        reject(signal.reason)
      }
      const entry: Entry = {
        line,
        raw: toPrivmsg(line),
        sent: () => {
          signal.removeEventListener('abort', abort)
          resolve({ kind: 'sent' })
        },
        refuse: (reason) => {
          signal.removeEventListener('abort', abort)
          reject(reason)
        },
      }
      signal.addEventListener('abort', abort, { once: true })
      this.#laneOf(line.channel).push(entry)
      this.wake()
    })
  }

  /** Lines that wait, over all channels. */
  get pending(): number {
    let sum = 0
    for (const lane of this.#waiting.values()) sum += lane.length
    return sum
  }

  /** Writes what may be written now; to be called when the bot has joined a channel. */
  wake(): void {
    let soonestMs = Number.POSITIVE_INFINITY
    for (const channel of [...this.#waiting.keys()]) {
      soonestMs = Math.min(soonestMs, this.#writeOut(channel))
    }
    this.#cancelTimer()
    if (soonestMs === Number.POSITIVE_INFINITY) return
    this.#cancelTimer = this.#options.clock.after(soonestMs, () => this.wake())
  }

  /** Twitch took or refused the last line in the channel: the next one may follow. */
  answered(channel: ChannelName): void {
    const cancel = this.#unanswered.get(channel)
    // Twitch tells the same when a channel is joined; that answers no line.
    if (!cancel) return
    cancel()
    this.#unanswered.delete(channel)
    this.#budget.confirm(this.#options.clock.now(), channel)
    this.wake()
  }

  /** Refuses what still waits. Safe to call twice. */
  stop(): void {
    this.#isStopped = true
    this.#cancelTimer()
    for (const cancel of this.#unanswered.values()) cancel()
    this.#unanswered.clear()
    const left = [...this.#waiting.values()].flat()
    this.#waiting.clear()
    for (const entry of left) entry.refuse(stopped())
  }

  /** Writes the channel's lines until one must wait, and returns for how long; endless where only `wake` helps. */
  #writeOut(channel: ChannelName): number {
    for (;;) {
      const next = this.#unanswered.has(channel) ? undefined : this.#nextOf(channel)
      if (!next) return Number.POSITIVE_INFINITY
      if (next.waitMs > 0) return next.waitMs
      if (!this.#options.write(channel, next.entry.raw)) return Number.POSITIVE_INFINITY
      this.#written(next.entry)
    }
  }

  /** The line that may go first. On a tie the elder: only the rule on repetitions lets a younger one pass. */
  #nextOf(channel: ChannelName): { readonly entry: Entry; readonly waitMs: number } | undefined {
    const nowMs = this.#options.clock.now()
    let first: { entry: Entry; waitMs: number } | undefined
    for (const entry of this.#waiting.get(channel) ?? []) {
      const waitMs = this.#budget.waitMs(nowMs, channel, entry.line.text)
      if (!first || waitMs < first.waitMs) first = { entry, waitMs }
      if (waitMs === 0) break
    }
    return first
  }

  #written(entry: Entry): void {
    const { channel, text } = entry.line
    this.#budget.record(this.#options.clock.now(), channel, text)
    this.#awaitAnswer(channel, this.#options.clock.now())
    this.#remove(entry)
    const lane = this.#waiting.get(channel)
    if (lane) {
      this.#waiting.delete(channel)
      this.#waiting.set(channel, lane)
    }
    entry.sent()
    this.#options.events.emit('line:written', { bot: this.#options.bot, line: entry.line })
  }

  /**
   * A link that stalls may hold a line for long, and let it go together with the next: until Twitch is heard again,
   * or the bot has joined anew, nothing more is written.
   */
  #awaitAnswer(channel: ChannelName, writtenMs: number): void {
    const { clock, heardAtMs, askIfAlive } = this.#options
    const look = () => {
      if (heardAtMs() > writtenMs) {
        this.#options.events.emit('line:unanswered', { bot: this.#options.bot, channel })
        this.answered(channel)
        return
      }
      askIfAlive()
      this.#awaitAnswer(channel, writtenMs)
    }
    this.#unanswered.set(channel, clock.after(ANSWER_WITHIN_MS, look))
  }

  #laneOf(channel: ChannelName): Entry[] {
    const lane = this.#waiting.get(channel) ?? []
    this.#waiting.set(channel, lane)
    return lane
  }

  #remove(entry: Entry): void {
    const lane = this.#waiting.get(entry.line.channel)
    const place = lane?.indexOf(entry) ?? -1
    if (!lane || place === -1) return
    lane.splice(place, 1)
    if (lane.length === 0) this.#waiting.delete(entry.line.channel)
  }
}

function stopped(): ChorusError {
  return new ChorusError('stopping', 'chat was stopped before the line was written')
}
