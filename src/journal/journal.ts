import { type Cancel, type Clock, every, SECOND } from '../clock.js'
import type { ChannelName, ChatMessage, Clearing, Outcome, TaskId } from '../domain.js'
import { toChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import type { KeptLine } from '../kept-line.js'
import { RecentIds } from '../recent-ids.js'
import type { ReplyJournal, ReplyRecord } from '../reply-journal.js'
import type { TokenUse, TokenUseStore } from '../token-use.js'
import { DeadLetterCount } from './dead-letter-count.js'
import { Housekeeping } from './housekeeping.js'
import { JournalEntries, type JournalEntry } from './journal-entries.js'
import { JournalFile } from './journal-file.js'
import type { OpenReply } from './reply-table.js'
import type { Store } from './store.js'
import { WriteBehind } from './write-behind.js'

export interface JournalOptions {
  /** The folder that holds it, absolute; made where it is missing. */
  readonly folder: string
  /** How long settled replies are kept, in milliseconds. */
  readonly keptMs: number
  readonly clock: Clock
  readonly events: ChorusEmitter
  /** The process that runs on the folder; by default this one. */
  readonly pid?: number
  /** Lines of chat up to a message that is to be answered: what a later run shows the model with it. */
  readonly linesUpTo?: (message: ChatMessage) => readonly KeptLine[]
}

/** Signs of life by which the next run tells for how long Chorus was down. */
const BEAT_EVERY_MS = 5 * SECOND
/** How often it is looked whether somebody else has written: a redrive is to be taken up within two seconds. */
const LOOK_EVERY_MS = SECOND
/** Settled replies of earlier runs whose ids are remembered: none of them is accepted again. */
const SETTLED_IDS = 10_000

/**
 * Every accepted reply in an SQLite file, from before it is queued to its outcome. What is open is held in memory, too:
 * while the file refuses, or after it was damaged, everything is written anew from there.
 */
export class Journal implements ReplyJournal, AsyncDisposable {
  readonly #options: JournalOptions
  readonly #file: JournalFile
  readonly #writes: WriteBehind
  readonly #housekeeping: Housekeeping
  readonly #entries = new JournalEntries()
  readonly #settled = new RecentIds(SETTLED_IDS)
  readonly #dead: DeadLetterCount
  /** Up to which of its lines each channel is in the file. */
  readonly #linesUpTo = new Map<ChannelName, number>()
  readonly #cancels: Cancel[] = []
  /** Found in the file, and not given to the queue yet. */
  #found: ReplyRecord[] = []
  #take: ((records: readonly ReplyRecord[]) => void) | undefined
  #foreignVersion: unknown
  #clearings = 0
  /** Set by the end. */
  #isComplete: boolean | undefined

  constructor(options: JournalOptions) {
    const { clock, events, folder, keptMs, pid = process.pid } = options
    this.#options = options
    this.#dead = new DeadLetterCount({ clock, events })
    this.#file = new JournalFile({ clock, events, folder, pid, opened: (store) => this.#opened(store) })
    this.#writes = new WriteBehind({
      store: () => this.#file.store,
      refused: (error) => this.#file.refused(error),
      caughtUp: () => this.#file.caughtUp(),
      dropped: (error) => void events.emit('error', { error, where: 'a row of the journal' }),
    })
    this.#housekeeping = new Housekeeping({
      clock,
      keptMs,
      store: () => this.#file.store,
      failed: (thrown) => this.#failed(thrown),
    })
  }

  /**
   * Opens the file and keeps it up. While it can't be written, everything is kept in memory, and it is tried again.
   *
   * @throws ChorusError `data-folder-taken` when another process runs on the folder, `journal-newer`
   */
  open(): void {
    this.#file.open()
    const { clock } = this.#options
    this.#cancels.push(
      every(clock, BEAT_EVERY_MS, () => this.#beat()),
      every(clock, LOOK_EVERY_MS, () => this.#look()),
    )
    this.#housekeeping.start()
  }

  /** Whether replies outlive a crash now; after the end, whether all that it was told is in the file. */
  get isDurable(): boolean {
    return this.#isComplete ?? this.#file.store !== undefined
  }

  /** Replies in the dead letters. */
  get deadCount(): number {
    return this.#dead.value
  }

  put(record: ReplyRecord): Promise<void> {
    const entry = this.#entryOf(record)
    return this.#writes.put(record.task.id, putOf(entry), { ended: () => written(entry) })
  }

  putNow(record: ReplyRecord): void {
    const entry = this.#entryOf(record)
    this.#writes.putNow(record.task.id, putOf(entry), { ended: () => written(entry) })
  }

  settle(record: ReplyRecord, outcome: Outcome): Promise<void> {
    const { id } = record.task
    const entry = this.#entryOf(record)
    entry.isSettled = true
    this.#settled.add(id)
    const ended = () => {
      this.#entries.remove(entry)
      if (outcome.kind === 'dead') this.#countDead()
    }
    // Of a reply that the file never heard of, nothing but history would be lost.
    const isSpare = !entry.isInFile
    const write = (store: Store) => store.replies.settle(entry.number, entry.record, outcome)
    return this.#writes.put(id, write, { isSpare, ended })
  }

  hasSettled(id: TaskId): boolean {
    return this.#settled.has(id)
  }

  restore(take: (records: readonly ReplyRecord[]) => void): void {
    this.#take = take
    take(this.#found.splice(0))
  }

  /** The lines of chat that earlier runs kept, oldest first, by channel. */
  lines(): ReadonlyMap<ChannelName, readonly KeptLine[]> {
    const lines = this.#read((store) =>
      store.lines.channels().map((channel) => [channel, store.lines.of(channel)] as const),
    )
    return new Map(lines)
  }

  /** Moderators have cleared something away: neither is it quoted, nor is a dead letter of it ever tried again. */
  forget(clearing: Clearing): void {
    const forget = (store: Store) => {
      store.lines.forget(clearing)
      store.deadLetters.withdraw(clearing)
    }
    this.#clearings += 1
    void this.#writes.put(`clearing ${this.#clearings}`, forget, { ended: () => this.#countDead() })
  }

  /** What the model has cost, kept here, too. */
  get tokenUse(): TokenUseStore {
    return {
      load: () => this.#read((store) => store.state.tokenUse()),
      save: (use: TokenUse) => void this.#writes.put('token use', (store) => store.state.setTokenUse(use)),
    }
  }

  /** Writes down what waits and lets go of the folder. Safe to call twice. */
  close(): void {
    for (const cancel of this.#cancels.splice(0)) cancel()
    this.#housekeeping.stop()
    if (this.#file.store) this.#beat()
    this.#isComplete ??= this.#writes.flush()
    this.#file.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  #entryOf(record: ReplyRecord): JournalEntry {
    const known = this.#entries.get(record.task.id)
    if (known) return Object.assign(known, { record })
    this.#keepLines(record.task.message)
    return this.#entries.add(record)
  }

  #keepLines(message: ChatMessage): void {
    const { channel } = message
    const upTo = this.#linesUpTo.get(channel) ?? Number.NEGATIVE_INFINITY
    const lines = this.#options.linesUpTo?.(message).filter(({ place }) => place > upTo) ?? []
    const newest = lines.at(-1)
    if (!newest) return
    this.#linesUpTo.set(channel, newest.place)
    const write = (store: Store) => {
      for (const line of lines) store.lines.put(channel, line)
    }
    void this.#writes.put(`lines ${channel} ${newest.place}`, write, { isSpare: true })
  }

  /** Brings file and memory together: what only one of them knows, the other is told. */
  #opened(store: Store): void {
    const open = store.replies.open()
    for (const entry of this.#entries.renumber(open, store.replies.newestNumber()))
      if (!entry.isSettled) void this.put(entry.record)
    for (const reply of open) this.#adopt(reply, store.downSinceMs)
    for (const id of store.replies.settledIds(SETTLED_IDS).reverse()) this.#settled.add(id)
    for (const channel of store.lines.channels()) this.#noteLines(channel, store.lines.of(channel))
    this.#foreignVersion = store.foreignVersion()
    this.#dead.set(store.replies.deadCount())
    this.#writes.resume()
    this.#give()
  }

  /** Takes an open reply of the file into memory, where nobody knows of it. */
  #adopt({ number, record, isRedriven }: OpenReply, downSinceMs?: number): void {
    if (!record) {
      this.#tellUnreadable(number)
      return
    }
    const { id } = record.task
    if (this.#entries.get(id) || (this.#settled.has(id) && !isRedriven)) return
    const found = isRedriven
      ? anew(record, this.#options.clock.now())
      : { ...record, unservedSinceMs: record.unservedSinceMs ?? downSinceMs }
    this.#entries.adopt(found, number)
    this.#found.push(found)
  }

  #give(): void {
    if (this.#take && this.#found.length > 0) this.#take(this.#found.splice(0))
  }

  #noteLines(channel: ChannelName, lines: readonly KeptLine[]): void {
    const newest = lines.at(-1)?.place ?? Number.NEGATIVE_INFINITY
    this.#linesUpTo.set(channel, Math.max(newest, this.#linesUpTo.get(channel) ?? newest))
  }

  #beat(): void {
    this.#file.check()
    this.#dead.remind()
    void this.#writes.put('heartbeat', (store) => store.state.beat(store.time.heartbeat()))
  }

  /** Somebody else may have redriven or discarded a dead letter. */
  #look(): void {
    this.#read((store) => {
      const version = store.foreignVersion()
      if (version === this.#foreignVersion) return
      this.#foreignVersion = version
      for (const open of store.replies.redriven()) this.#adopt(open, undefined)
      this.#dead.set(store.replies.deadCount())
      this.#give()
    })
  }

  #countDead(): void {
    this.#read((store) => this.#dead.set(store.replies.deadCount()))
  }

  #tellUnreadable(number: number): void {
    this.#options.events.emit('error', {
      error: new Error(`row ${number} of open_reply can’t be read`),
      where: 'the journal',
    })
  }

  #read<T>(read: (store: Store) => T): T | undefined {
    const { store } = this.#file
    try {
      return store && read(store)
    } catch (thrown) {
      this.#failed(thrown)
      return undefined
    }
  }

  #failed(thrown: unknown): void {
    this.#file.refused(toChorusError(thrown, 'journal-unwritable'))
  }
}

function putOf(entry: JournalEntry): (store: Store) => void {
  // Looked up when it is written: in another file it may have another number.
  return (store) => store.replies.put(entry.number, entry.record)
}

function written(entry: JournalEntry): void {
  entry.isInFile = true
}

/** A redrive begins the reply’s age and attempts anew. */
function anew({ task, ...record }: ReplyRecord, nowMs: number): ReplyRecord {
  return {
    ...record,
    task: { ...task, message: { ...task.message, arrivedAtMs: nowMs } },
    unservedSinceMs: undefined,
  }
}
