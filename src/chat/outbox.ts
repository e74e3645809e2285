import type { Cancel } from '../clock.js'
import type { ChannelName, ChatLine, Outcome } from '../domain.js'
import { ChorusError } from '../errors.js'
import type { DeliveryContext } from '../reply-queue.js'
import { Delivery } from './delivery.js'
import type { OutboxOptions } from './outbox-options.js'
import { PendingLine } from './pending-line.js'
import { WaitingLines } from './waiting-lines.js'

/** The next line of a channel, and how long it must wait. */
interface Next {
  readonly pending: PendingLine
  readonly waitMs: number
  /** It is doubtful, and another one is said before it: so it may not be repeated any more. */
  readonly isPassed?: boolean
}

/**
 * The lines of one account that are ready to be said. Each waits for the connection, for the account's allowance, for
 * its room, and for the lines before it in its channel; none is dropped unless its signal is aborted. What becomes of
 * a line that was written is for {@link Delivery} to find out.
 *
 * Bounded by its callers: the queue starts no reply for a channel in which two lines are waiting.
 */
export class Outbox {
  /** To be told what Twitch answers. */
  readonly delivery: Delivery
  readonly #options: OutboxOptions
  readonly #waiting = new WaitingLines()
  #cancelTimer: Cancel = () => {}
  #isStopped = false

  constructor(options: OutboxOptions) {
    this.#options = options
    this.delivery = new Delivery({ ...options, waiting: this.#waiting, wake: () => this.wake() })
  }

  /**
   * Resolves when the line's fate is known. Rejects with the signal's reason when that is aborted before it was written;
   * with a ChorusError when the line is unsafe, when Twitch does not take its text, and when chat has stopped.
   *
   * @param passesMute whether it is said also while the account is muted
   */
  async send(line: ChatLine, context: DeliveryContext, passesMute = false): Promise<Outcome> {
    context.signal.throwIfAborted()
    if (this.#isStopped) throw stopped()
    const pending = new PendingLine(line, context, passesMute)
    // One that is written is not here any more, and has to wait for its answer.
    pending.onUnwanted(() => {
      if (this.#waiting.remove(pending)) pending.takeBack()
    })
    this.#waiting.push(pending)
    this.wake()
    return pending.done
  }

  /** Lines that wait or are not answered, over all channels. */
  get pending(): number {
    return this.#waiting.length + this.delivery.unanswered
  }

  /** Why nothing may be written to the channel for now; `undefined` where it may, or where a line only waits its turn. */
  blocked(channel: ChannelName): string | undefined {
    const { muted, rooms } = this.#options
    const reason = rooms.closedReason(channel) ?? muted?.()
    if (reason !== undefined || rooms.standing(channel).isPrivileged) return reason
    return this.delivery.ignoredReason
  }

  /**
   * Milliseconds until so many further lines, perhaps none, could have been written to the channel. First go those that wait
   * already: also in other channels, as if they had to keep the gap, which errs by a second for each. Whatever only
   * `blocked` knows of is not in it.
   */
  forecastMs(channel: ChannelName, lines: number): number {
    const { budget, clock, rooms } = this.#options
    const { isPrivileged, slowMs } = rooms.standing(channel)
    const ahead = this.#waiting.channels
      .filter((other) => other === channel || rooms.closedReason(other) === undefined)
      .reduce((sum, other) => sum + this.#waiting.of(other).length, 0)
    if (ahead + lines <= 0) return 0
    const pauseMs = this.delivery.pauseMs(channel)
    const target = { channel, isPrivileged, slowMs }
    return pauseMs + budget.forecastMs(clock.now() + pauseMs, target, ahead + lines)
  }

  /** Writes what may be written now; to be called when the bot has joined a channel, or its room or its mute has changed. */
  wake(): void {
    let soonestMs = Number.POSITIVE_INFINITY
    for (const channel of this.#waiting.channels) {
      soonestMs = Math.min(soonestMs, this.#writeOut(channel))
    }
    this.#cancelTimer()
    if (this.#isStopped || soonestMs === Number.POSITIVE_INFINITY) return
    this.#cancelTimer = this.#options.clock.after(soonestMs, () => this.wake())
  }

  /** Leaves in doubt what was written, and refuses what still waits. Safe to call twice. */
  stop(): void {
    this.#isStopped = true
    this.#cancelTimer()
    this.delivery.stop()
    for (const pending of this.#waiting.clear()) pending.refuse(stopped())
  }

  /** Writes the channel's next line if it may go, and returns the wait until another look; endless where only `wake` helps. */
  #writeOut(channel: ChannelName): number {
    for (;;) {
      const next = this.#nextOf(channel)
      if (!next) return Number.POSITIVE_INFINITY
      const { pending, waitMs, isPassed } = next
      const doubtMs = pending.repeatUntilMs - this.#options.clock.now()
      // How long an endless wait lasts nobody knows: a link that was cut may be back in a moment.
      const isTooLate = waitMs === Number.POSITIVE_INFINITY ? doubtMs <= 0 : waitMs >= doubtMs
      const isPrivileged = this.#options.rooms.standing(channel).isPrivileged
      if (isTooLate || (pending.isDoubtful && (isPassed || isPrivileged))) {
        // Nothing would keep Twitch from showing it twice by then.
        this.#waiting.remove(pending)
        pending.leaveInDoubt()
        continue
      }
      if (waitMs > 0) return Math.min(waitMs, doubtMs)
      this.#write(pending)
      return Number.POSITIVE_INFINITY
    }
  }

  /**
   * The line that may go first, and how long it must wait. On a tie the elder: only the rule on repetitions lets a
   * younger one pass. A doubtful line lets nobody pass: it may be repeated only while nothing else was said there.
   */
  #nextOf(channel: ChannelName): Next | undefined {
    const lines = this.#waiting.of(channel)
    const sayable =
      this.#options.muted?.() === undefined ? lines : lines.filter(({ passesMute }) => passesMute)
    const head = lines[0]?.isDoubtful ? lines[0] : sayable[0]
    const closedMs = this.#closedMs(channel)
    if (!head || (closedMs === Number.POSITIVE_INFINITY && !head.isDoubtful)) return undefined
    if (!sayable.includes(head)) {
      // It can't be repeated while the account is muted. It waits for the end of that, but lets nobody else wait.
      const isPassed = sayable.length > 0 && closedMs !== Number.POSITIVE_INFINITY
      return { pending: head, waitMs: Number.POSITIVE_INFINITY, isPassed }
    }
    const now = this.#options.clock.now()
    let first: Next | undefined
    for (const pending of head.isDoubtful ? [head] : sayable) {
      const waitMs = Math.max(closedMs, this.#budgetWaitMs(pending, now))
      if (!first || waitMs < first.waitMs) first = { pending, waitMs }
      if (waitMs === 0) break
    }
    return first
  }

  /** Milliseconds until the channel may be written to at all; endless where only `wake` helps. */
  #closedMs(channel: ChannelName): number {
    const { link, rooms } = this.#options
    if (!link.canWrite(channel) || rooms.closedReason(channel) !== undefined) return Number.POSITIVE_INFINITY
    return this.delivery.waitMs(channel)
  }

  #budgetWaitMs(pending: PendingLine, nowMs: number): number {
    const { budget, rooms } = this.#options
    const { channel, text } = pending.line
    const { isPrivileged, slowMs } = rooms.standing(channel)
    return budget.waitMs(nowMs, {
      channel,
      text,
      isPrivileged,
      slowMs,
      isRepetition: pending.isDoubtful,
    })
  }

  #write(pending: PendingLine): void {
    const { bot, budget, clock, events, keepBudget, link, newNonce } = this.#options
    const connection = link.connection()
    if (!connection) return
    const { line } = pending
    this.#waiting.remove(pending)
    this.#waiting.rotate(line.channel)
    budget.record(clock.now(), line.channel, line.text)
    keepBudget()
    const nonce = newNonce()
    const raw = pending.write(nonce)
    this.delivery.await(pending, nonce, connection)
    connection.write(raw)
    events.emit('line:written', { bot, line })
  }
}

function stopped(): ChorusError {
  return new ChorusError('stopping', 'chat was stopped before the line was written')
}
