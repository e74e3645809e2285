import { SECOND } from '../clock.js'
import type { ChatLine, MessageId, Outcome } from '../domain.js'
import type { ChorusError } from '../errors.js'
import type { DeliveryContext } from '../reply-queue.js'
import { toPrivmsg } from './privmsg.js'

/** Twitch refuses an ordinary account's repetition for 30 s: within this time a line may be said again unseen. */
const REPEAT_WITHIN_MS = 28 * SECOND

/**
 * A line on its way through the outbox, until its fate is known.
 *
 * | is       | means                                                            | may still be                                       |
 * | -------- | ---------------------------------------------------------------- | -------------------------------------------------- |
 * | waiting  | never written, or known not to have been shown                   | taken back                                         |
 * | written  | Twitch has not answered yet                                      | nothing: its fate decides                          |
 * | doubtful | a write of it was neither taken nor refused                      | repeated, unchanged, while Twitch would refuse a second showing |
 * | settled  | it has its outcome, or was refused                               | nothing                                            |
 */
export class PendingLine {
  readonly line: ChatLine
  /** Whether it is said also while its account is muted. */
  readonly passesMute: boolean
  /** Resolves with the line's outcome; rejects when it is taken back or has to be made anew. */
  readonly done: Promise<Outcome>
  readonly #context: DeliveryContext
  readonly #nonces: string[] = []
  /** When the first write of unknown fate was made, in clock milliseconds. */
  #doubtSinceMs: number | undefined
  #resolve: (outcome: Outcome) => void = () => {}
  #reject: (reason: unknown) => void = () => {}
  #isSettled = false

  /** @throws ChorusError `reply-failed` for a line that is unsafe to write */
  constructor(line: ChatLine, context: DeliveryContext, passesMute = false) {
    // Checked before it waits: what is never written must not hold a place.
    toPrivmsg(line)
    this.line = line
    this.passesMute = passesMute
    this.#context = context
    if (context.writtenAtMs !== undefined) this.doubt(context.writtenAtMs)
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Somebody still wants it said. */
  get isWanted(): boolean {
    return !this.#context.signal.aborted
  }

  get isSettled(): boolean {
    return this.#isSettled
  }

  get isDoubtful(): boolean {
    return this.#doubtSinceMs !== undefined
  }

  /** Until when a doubtful line may be repeated, in clock milliseconds. */
  get repeatUntilMs(): number {
    return (this.#doubtSinceMs ?? Number.POSITIVE_INFINITY) + REPEAT_WITHIN_MS
  }

  /** Whether one of its writes went by this nonce. */
  owns(nonce: string): boolean {
    return this.#nonces.includes(nonce)
  }

  /** It is about to be written: returns the raw line. From here on it can't be taken back. */
  write(nonce: string): string {
    this.#nonces.push(nonce)
    this.#context.inFlight(true)
    return toPrivmsg(this.line, nonce)
  }

  /** Its last write is known to have come to nothing. */
  notShown(): void {
    if (!this.isDoubtful) this.#context.inFlight(false)
  }

  /** Nobody knows what became of the write that was made at `writtenMs`. */
  doubt(writtenMs: number): void {
    this.#doubtSinceMs ??= writtenMs
  }

  /** It is in chat. */
  sent(id?: MessageId): void {
    this.settle({ kind: 'sent', ...(id !== undefined && { id }) })
  }

  /** It may be in chat or not, and is not said again. */
  leaveInDoubt(): void {
    this.settle({ kind: 'sent', inDoubt: true })
  }

  /** Its outcome is known: the first one counts. It is told at once, for the next line may be written before `done` is read. */
  settle(outcome: Outcome): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#context.settled(outcome)
    this.#resolve(outcome)
  }

  /** It has to be made anew, or chat has stopped. */
  refuse(error: ChorusError): void {
    this.#endUnshown(error)
  }

  /** Nobody wants it any more, and it has no write that is not answered. */
  takeBack(): void {
    this.#endUnshown(this.#context.signal.reason)
  }

  /** Calls `run` as soon as nobody wants it any more; never after it was settled. */
  onUnwanted(run: () => void): void {
    const { signal } = this.#context
    signal.addEventListener('abort', run, { once: true })
    const forget = () => signal.removeEventListener('abort', run)
    this.done.then(forget, forget)
  }

  /** It is not in chat; where that is not certain, it is left in doubt instead. */
  #endUnshown(reason: unknown): void {
    if (this.isDoubtful) {
      this.leaveInDoubt()
      return
    }
    this.#isSettled = true
    this.#reject(reason)
  }
}
