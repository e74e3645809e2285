import type { BotLogin, ChannelName, ReplyTask, TaskId } from '../domain.js'
import type { Progress, ReplyRecord } from '../reply-journal.js'
import type { QueueCounts, QueueMetrics, TakenBack } from '../reply-queue.js'

/**
 * Where an accepted reply without an outcome is. Exactly one of:
 *
 * | state   | is                                                  | holds                                    |
 * | ------- | --------------------------------------------------- | ---------------------------------------- |
 * | waiting | in its lane's ordered list                          | nothing                                  |
 * | working | pause and model                                     | a slot of its lane, one of the global queue |
 * | ready   | its line waits for the account's allowance          | no slot                                  |
 * | held    | waits for a retry time, then goes back to its lane  | no slot                                  |
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
  /** Its line, once it is made: the handler's own. */
  line: unknown
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
  const { task, attempts, crashes, unservedSinceMs } = entry
  return { task, progress: toProgress(entry), attempts, crashes, unservedSinceMs }
}

function toProgress({ line, state, writtenAtMs }: LedgerEntry): Progress {
  if (writtenAtMs !== undefined) return { kind: 'sending', line: line ?? null, writtenAtMs }
  if (state === 'working') return { kind: 'working' }
  return line === undefined ? { kind: 'accepted' } : { kind: 'ready', line }
}

interface Count {
  working: number
  others: number
  /** Ready lines per channel: what decides whether the lane may start another one there. */
  readonly ready: Map<ChannelName, number>
}

/**
 * Every accepted reply until it has its outcome: what metrics, backlog and graceful stop read. Bounded by what was
 * accepted: nothing is dropped to make room.
 */
export class Ledger {
  readonly #entries = new Map<TaskId, LedgerEntry>()
  readonly #counts = new Map<BotLogin, Count>()
  #accepted = 0
  #waitingInAll = 0

  constructor(bots: readonly BotLogin[]) {
    for (const bot of bots) this.#counts.set(bot, { working: 0, others: 0, ready: new Map() })
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
      writtenAtMs: undefined,
      crashes: 0,
      isForNextRun,
      takenBack: undefined,
    }
    this.#count(entry, 'waiting', 1)
    this.#entries.set(task.id, entry)
    return entry
  }

  /** The one setter of a state. */
  move(entry: LedgerEntry, state: ReplyState): void {
    this.#count(entry, entry.state, -1)
    ;(entry as { state: ReplyState }).state = state
    this.#count(entry, state, 1)
  }

  /** Takes the entry out: it has its outcome. False when it is out already, so an outcome is given once. */
  close(entry: LedgerEntry): boolean {
    if (!this.#entries.delete(entry.task.id)) return false
    this.#count(entry, entry.state, -1)
    return true
  }

  /** Whether the entry has no outcome yet. */
  isOpen(entry: LedgerEntry): boolean {
    return this.#entries.get(entry.task.id) === entry
  }

  entries(): IterableIterator<LedgerEntry> {
    return this.#entries.values()
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
    for (const [bot, { others, working }] of this.#counts) {
      bots[bot] = { size: others, pending: working }
      size += others
      pending += working
    }
    return { global: { size, pending }, bots }
  }

  readyIn(bot: BotLogin, channel: ChannelName): number {
    return this.#countOf(bot).ready.get(channel) ?? 0
  }

  #count(entry: LedgerEntry, state: ReplyState, by: 1 | -1): void {
    const { bot, message } = entry.task
    const count = this.#countOf(bot)
    if (state === 'working') {
      count.working += by
      return
    }
    count.others += by
    this.#waitingInAll += by
    if (state === 'ready') count.ready.set(message.channel, (count.ready.get(message.channel) ?? 0) + by)
  }

  #countOf(bot: BotLogin): Count {
    const count = this.#counts.get(bot)
    if (!count) throw new RangeError(`no lane for the bot ${JSON.stringify(bot)}`)
    return count
  }
}
