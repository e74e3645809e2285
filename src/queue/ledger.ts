import type { BotLogin, ChannelName, ReplyTask, TaskId } from '../domain.js'
import type { Progress, ReplyRecord } from '../reply-journal.js'
import type { OwedReply, QueueCounts, QueueMetrics, TakenBack } from '../reply-queue.js'
import { ViewerCount } from './viewer-count.js'

/**
 * Where an accepted reply without an outcome is. Exactly one of:
 *
 * | state   | is                                                  | holds                                    |
 * | ------- | --------------------------------------------------- | ---------------------------------------- |
 * | waiting | in its lane's ordered list                          | nothing                                  |
 * | working | pause and model                                     | a slot of its lane, one of the global queue |
 * | ready   | its line waits for the account's allowance          | no slot                                  |
 * | held    | waits for a retry time, then goes back to its lane  | no slot                                  |
 *
 * Replies that are joined, because one line is to answer them all, are in the same state and count as one.
 */
export type ReplyState = 'waiting' | 'working' | 'ready' | 'held'

/** One accepted reply. Only the ledger changes its state. */
export interface LedgerEntry {
  readonly task: ReplyTask
  readonly state: ReplyState
  /** Acceptances are numbered; the number settles ties of arrival. */
  readonly number: number
  /** Failures that the reply itself is to blame for. */
  attempts: number
  /** Failures in a row, of whatever kind: the exponent of the next pause. */
  failures: number
  /** When the first of these failures was that of the model's server, in clock milliseconds. */
  failingSinceMs: number | undefined
  /** When the last try failed, in clock milliseconds. */
  failedAtMs: number | undefined
  /** When a failure of the model's server last cost it an attempt, in clock milliseconds. */
  chargedAtMs: number | undefined
  /** Since when it can't be served, in clock milliseconds; unset while it can. */
  unservedSinceMs: number | undefined
  /** Its line, once it is made: the handler's own, and the same for all that are joined. */
  line: unknown
  /** Set while it is joined with others that get the same line; the same for all of them. */
  readonly joint: string | undefined
  /** Its answer failed together with those of other viewers: from now on it gets a line without them. */
  isAlone: boolean
  /**
   * When its line was written, in clock milliseconds; set while it is being written or has no answer. It can't be taken
   * back then: its fate decides.
   */
  writtenAtMs: number | undefined
  /** Processes that died while they worked on it. */
  crashes: number
  /** It came during a drain: it is written down, and the next run answers it. */
  readonly isForNextRun: boolean
  /** Nobody wants it any more: how it ends unless its line is in chat already. */
  takenBack: TakenBack | undefined
}

/** Whether its line may be in chat already, and nobody knows. */
export function isInFlight({ writtenAtMs }: LedgerEntry): boolean {
  return writtenAtMs !== undefined
}

/** What a later run has to know of it. */
export function toRecord(entry: LedgerEntry): ReplyRecord {
  const { task, attempts, crashes, joint, unservedSinceMs } = entry
  return { task, progress: toProgress(entry), joint, attempts, crashes, unservedSinceMs }
}

function toProgress({ joint, line, state, writtenAtMs }: LedgerEntry): Progress {
  if (writtenAtMs !== undefined) return { kind: 'sending', line: line ?? null, writtenAtMs }
  if (state === 'working') return { kind: 'working' }
  // One line for several: each of them alone has none.
  return line === undefined || joint !== undefined ? { kind: 'accepted' } : { kind: 'ready', line }
}

function setJoint(entry: LedgerEntry, joint: string | undefined): void {
  ;(entry as { joint: string | undefined }).joint = joint
}

interface Count {
  /** Replies in each state. */
  readonly states: Record<ReplyState, number>
  /** Ready lines per channel: what decides whether the lane may start another one there. */
  readonly ready: Map<ChannelName, number>
}

/**
 * Every accepted reply until it has its outcome: what metrics, backlog and graceful stop read. Bounded by what was
 * accepted: nothing is dropped to make room.
 */
export class Ledger {
  /** Whose mentions these are. */
  readonly viewers: ViewerCount
  readonly #entries = new Map<TaskId, LedgerEntry>()
  readonly #counts = new Map<BotLogin, Count>()
  /** Replies that are joined, by the id they share; the last one of each counts for all. */
  readonly #joints = new Map<string, LedgerEntry[]>()
  #joined = 0
  #accepted = 0
  #waitingInAll = 0

  constructor(bots: readonly BotLogin[]) {
    this.viewers = new ViewerCount(bots)
    for (const bot of bots) this.#counts.set(bot, newCount())
  }

  /** Throws a RangeError for a bot that has no lane. */
  requireBot(bot: BotLogin): void {
    this.#countOf(bot)
  }

  /** Enters a reply as `waiting`; `undefined` when it is there already. Throws a RangeError for an unknown bot. */
  open(task: ReplyTask, { isForNextRun = false } = {}): LedgerEntry | undefined {
    if (this.#entries.has(task.id)) return undefined
    const entry: LedgerEntry = {
      task,
      state: 'waiting',
      number: this.#accepted++,
      attempts: 0,
      failures: 0,
      failingSinceMs: undefined,
      failedAtMs: undefined,
      chargedAtMs: undefined,
      unservedSinceMs: undefined,
      line: undefined,
      joint: undefined,
      isAlone: false,
      writtenAtMs: undefined,
      crashes: 0,
      isForNextRun,
      takenBack: undefined,
    }
    this.#count(entry, 'waiting', 1)
    this.viewers.change(task, 'waiting', 1)
    this.#entries.set(task.id, entry)
    return entry
  }

  /** The one setter of a state. Those that are joined move together; one that has its outcome stays where it was. */
  move(entry: LedgerEntry, state: ReplyState): void {
    if (!this.isOpen(entry)) return
    const counts = this.#isCounted(entry)
    if (counts) this.#count(entry, entry.state, -1)
    this.viewers.change(entry.task, entry.state, -1)
    this.viewers.change(entry.task, state, 1)
    ;(entry as { state: ReplyState }).state = state
    if (counts) this.#count(entry, state, 1)
  }

  /** One line is to answer all of these, which are in the same state: from now on they count as one. */
  join(entries: readonly LedgerEntry[]): void {
    const last = entries.at(-1)
    if (!last || entries.length === 1) return
    this.#joined += 1
    const joint = `${last.task.id}+${this.#joined}`
    for (const entry of entries) {
      this.#count(entry, entry.state, -1)
      setJoint(entry, joint)
    }
    this.#joints.set(joint, [...entries])
    this.#count(last, last.state, 1)
  }

  /** It gets a line of its own after all. */
  part(entry: LedgerEntry): void {
    if (entry.joint === undefined) return
    this.#leaveJoint(entry)
    this.#count(entry, entry.state, 1)
  }

  /** Takes the entry out: it has its outcome. False when it is out already, so an outcome is given once. */
  close(entry: LedgerEntry): boolean {
    if (!this.#entries.delete(entry.task.id)) return false
    this.viewers.change(entry.task, entry.state, -1)
    if (entry.joint === undefined) this.#count(entry, entry.state, -1)
    else this.#leaveJoint(entry)
    return true
  }

  /** Whether the entry has no outcome yet. */
  isOpen(entry: LedgerEntry): boolean {
    return this.#entries.get(entry.task.id) === entry
  }

  entries(): IterableIterator<LedgerEntry> {
    return this.#entries.values()
  }

  /** Those that were accepted first, at most so many. */
  oldest(most: number): OwedReply[] {
    const oldest: OwedReply[] = []
    for (const { task, state } of this.#entries.values()) {
      if (oldest.length >= most) break
      oldest.push({ task, state })
    }
    return oldest
  }

  /** Accepted replies without an outcome. */
  get length(): number {
    return this.#entries.size
  }

  /** Of these, the ones that nobody works on. */
  get backlog(): number {
    return this.#waitingInAll
  }

  metrics(): QueueMetrics {
    const bots: Record<string, QueueCounts> = {}
    let size = 0
    let pending = 0
    for (const [bot, { states }] of this.#counts) {
      const others = states.waiting + states.ready + states.held
      bots[bot] = { size: others, pending: states.working }
      size += others
      pending += states.working
    }
    return { global: { size, pending }, bots }
  }

  /** A bot's replies in each state. */
  states(bot: BotLogin): Readonly<Record<ReplyState, number>> {
    return { ...this.#countOf(bot).states }
  }

  readyIn(bot: BotLogin, channel: ChannelName): number {
    return this.#countOf(bot).ready.get(channel) ?? 0
  }

  /** Of those that are joined, the last one counts: they get their outcome from the first to the last. */
  #isCounted(entry: LedgerEntry): boolean {
    return entry.joint === undefined || this.#joints.get(entry.joint)?.at(-1) === entry
  }

  #leaveJoint(entry: LedgerEntry): void {
    const { joint } = entry
    const counted = this.#isCounted(entry)
    setJoint(entry, undefined)
    const members = joint === undefined ? undefined : this.#joints.get(joint)
    if (joint === undefined || !members || !counted) return
    this.#count(entry, entry.state, -1)
    // Those that have left before are only passed over here: so each of a thousand leaves at the same cost.
    while (members.length > 0 && members.at(-1)?.joint !== joint) members.pop()
    const next = members.at(-1)
    if (next) this.#count(next, next.state, 1)
    else this.#joints.delete(joint)
  }

  #count(entry: LedgerEntry, state: ReplyState, by: 1 | -1): void {
    const { bot, message } = entry.task
    const count = this.#countOf(bot)
    count.states[state] += by
    if (state !== 'working') this.#waitingInAll += by
    if (state === 'ready') count.ready.set(message.channel, (count.ready.get(message.channel) ?? 0) + by)
  }

  #countOf(bot: BotLogin): Count {
    const count = this.#counts.get(bot)
    if (!count) throw new RangeError(`no lane for the bot ${JSON.stringify(bot)}`)
    return count
  }
}

function newCount(): Count {
  return { states: { waiting: 0, working: 0, ready: 0, held: 0 }, ready: new Map() }
}
