import type { Outcome, TaskId } from '../domain.js'
import { ChorusError } from '../errors.js'
import { FURTHER_MAX, type JointHandler, type ReplyShare, type WorkContext } from '../reply-queue.js'
import type { LedgerEntry } from './ledger.js'
import type { Share } from './waiting-list.js'

/**
 * Replies that get one line together, from their slot to their outcome: one viewer's share, or the shares of several viewers.
 * A share that drops out on the way is not answered by it.
 */
export class Turn {
  #shares: readonly Share[]
  readonly #dropped = new Set<TaskId>()
  #work = new AbortController()
  /** Whether several viewers were to be answered when it began. */
  readonly isJoint: boolean

  constructor(shares: readonly Share[]) {
    this.#shares = shares
    this.isJoint = shares.length > 1
  }

  get shares(): readonly Share[] {
    return this.#shares
  }

  /** All its replies, in the order of their viewers. */
  get entries(): LedgerEntry[] {
    return this.#shares.flat()
  }

  /** Stands for all of them where one is meant: the last, so that it outlives the others while they are settled in turn. */
  get carrier(): LedgerEntry {
    const carrier = this.#shares.at(-1)?.at(-1)
    if (!carrier) throw new ChorusError('reply-failed', 'nobody is left whom the line could answer')
    return carrier
  }

  /** The reply whose message the line is threaded to, where it answers one viewer. */
  get first(): LedgerEntry {
    const first = this.#shares[0]?.[0]
    if (!first) throw new ChorusError('reply-failed', 'nobody is left whom the line could answer')
    return first
  }

  /** Those that nobody wants any more; none where that is all of them, for then the line is taken back as a whole. */
  get unwanted(): LedgerEntry[] {
    const unwanted = this.entries.filter(({ takenBack }) => takenBack)
    return unwanted.length === this.entries.length ? [] : unwanted
  }

  get isEmpty(): boolean {
    return this.#shares.length === 0
  }

  get signal(): AbortSignal {
    return this.#work.signal
  }

  abort(reason: unknown): void {
    this.#work.abort(reason)
  }

  /** Ends what goes on, and lets something else begin. */
  restart(reason: unknown): void {
    this.#work.abort(reason)
    this.#work = new AbortController()
  }

  /** Takes out the share that a reply belongs to; it is to be answered otherwise, or not at all. */
  drop(entry: LedgerEntry): Share {
    const share = this.#shares.find((one) => one.includes(entry)) ?? []
    this.#shares = this.#shares.filter((one) => one !== share)
    const id = share[0]?.task.id
    if (id !== undefined) this.#dropped.add(id)
    return share
  }

  /** A line that is only asked for now leaves them out by itself. */
  forgetDropped(): void {
    this.#dropped.clear()
  }

  /**
   * The line without the answers to the shares that dropped out since it was made.
   *
   * @throws ChorusError when it would answer nobody
   */
  withoutDropped(line: unknown, joint: JointHandler<unknown> | undefined): unknown {
    if (this.#dropped.size === 0) return line
    const left = joint?.without(line, new Set(this.#dropped))
    this.forgetDropped()
    if (left === undefined) throw new ChorusError('reply-failed', 'the line answers nobody any more')
    return left
  }

  /** What the handler is told. */
  toContext(tell: Pick<WorkContext, 'inFlight' | 'settled'>): WorkContext {
    const { entries } = this
    const [first, ...others] = entries
    return {
      ...tell,
      signal: this.signal,
      attempt: entries.reduce((most, { attempts }) => Math.max(most, attempts), 0) + 1,
      // It knows nothing of what else was asked since.
      ...(first?.line !== undefined && others.length === 0 && { made: first.line }),
    }
  }

  /** What each of its replies ends with where nobody knows what became of the line. */
  get inDoubt(): Outcome {
    return this.toOutcome({ kind: 'sent', inDoubt: true })
  }

  /** What each of its replies ends with. */
  toOutcome(outcome: Outcome): Outcome {
    const viewers = this.#shares.length
    return outcome.kind === 'sent' && viewers > 1 ? { ...outcome, viewers } : outcome
  }
}

/** What the handler is shown of a share. */
export function toReplyShare(share: Share): ReplyShare {
  const [first] = share
  if (!first) throw new RangeError('a share holds one reply at least')
  return { id: first.task.id, tasks: [first.task, ...furtherOf(share)] }
}

/** What a viewer has asked beside the first mention. */
export function furtherOf(share: Share): LedgerEntry['task'][] {
  return share
    .slice(1)
    .slice(-FURTHER_MAX)
    .map(({ task }) => task)
}
