import { type Cancel, type Clock, DAY, every, SECOND, systemClock } from '../clock.js'
import type { ChannelName, ChatMessage, Clearing, Outcome, TaskId } from '../domain.js'
import { ChorusError, toChorusError } from '../errors.js'
import { ChorusEmitter } from '../events.js'
import type { KeptLine } from '../kept-line.js'
import type { ReplyJournal, ReplyRecord } from '../reply-journal.js'
import type { TokenUse, TokenUseStore } from '../token-use.js'
import { DeadLetterCount } from './dead-letter-count.js'
import { Housekeeping } from './housekeeping.js'
import { anew, JournalEntries, type JournalEntry, putOf, written } from './journal-entries.js'
import { JournalFile } from './journal-file.js'
import { LineKeeper } from './line-keeper.js'
import type { OpenReply } from './reply-table.js'
import { REMEMBERED_MAX, SettledReplies } from './settled-replies.js'
import type { Store } from './store.js'
import { WriteBehind } from './write-behind.js'

export interface JournalOptions {
  /** The folder that holds it, absolute; made where it is missing. */
  readonly folder: string
  /** How long settled replies are kept, in milliseconds; by default a week. */
  readonly keptMs?: number
  readonly clock?: Clock
  /** Where it tells what happens to it; beside a router, that router's own. */
  readonly events?: ChorusEmitter
  /** The process that runs on the folder; by default this one. */
  readonly pid?: number
  /** Lines of chat up to a message that is to be answered: what a later run shows the model with it. */
  readonly linesUpTo?: (message: ChatMessage) => readonly KeptLine[]
}

/** Signs of life by which the next run tells for how long Chorus was down. */
const BEAT_EVERY_MS = 5 * SECOND
/** How often it is looked whether somebody else has written: a redrive is to be taken up within two seconds. */
const LOOK_EVERY_MS = SECOND
/** How long the last writes wait for another process. */
const LAST_WAIT_MS = SECOND

/**
 * Every accepted reply in an SQLite file, from before it is queued to its outcome. What is open is held in memory, too:
 * while the file refuses, or after it was damaged, everything is written anew from there.
 */
export class Journal implements ReplyJournal, AsyncDisposable {
  readonly #options: Pick<Required<JournalOptions>, 'clock' | 'events'>
  readonly #file: JournalFile
  readonly #writes: WriteBehind
  readonly #housekeeping: Housekeeping
  readonly #entries = new JournalEntries()
  readonly #settled = new SettledReplies()
  readonly #dead: DeadLetterCount
  readonly #lines: LineKeeper
  readonly #cancels: Cancel[] = []
  /** Found in the file, and not given to the queue yet. */
  #found: ReplyRecord[] = []
  #take: ((records: readonly ReplyRecord[]) => void) | undefined
  #foreignVersion: unknown
  #clearings = 0
  /** Set by the end. */
  #isComplete: boolean | undefined

  constructor(options: JournalOptions) {
    const { clock, events, folder, keptMs, pid } = withDefaults(options)
    this.#options = { clock, events }
    this.#dead = new DeadLetterCount({ clock, events })
    this.#file = new JournalFile({
      ...{ clock, events, folder, pid },
      opened: (store) => this.#opened(store),
      refusing: () => this.#writes.release(),
    })
    this.#writes = new WriteBehind({
      store: () => this.#file.store,
      refused: (error) => this.#file.refused(error),
      caughtUp: () => this.#file.caughtUp(),
      dropped: (error) => void events.emit('error', { error, where: 'a row of the journal' }),
    })
    this.#lines = new LineKeeper({ writes: this.#writes, linesUpTo: options.linesUpTo })
    this.#housekeeping = new Housekeeping({
      clock,
      keptMs,
      store: () => this.#file.store,
      failed: (thrown) => this.#failed(thrown),
    })
  }

  /**
   * Opens the file and keeps it up. While it can't be written, everything is kept in memory, and it is tried again. Safe to
   * call twice.
   *
   * @throws ChorusError `data-folder-taken` when another process runs on the folder, `journal-newer`
   */
  open(): void {
    if (this.#cancels.length > 0) return
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
    // Until it is in the file nobody can be told that it is accepted.
    const isFirst = !entry.isInFile
    return this.#writes.put(record.task.id, putOf(entry), { isFirst, ended: () => written(entry) })
  }

  putNow(record: ReplyRecord): void {
    const entry = this.#entryOf(record)
    this.#writes.putNow(record.task.id, putOf(entry), { ended: () => written(entry) })
  }

  settle(record: ReplyRecord, outcome: Outcome): Promise<void> {
    const { id } = record.task
    const entry = this.#entryOf(record)
    entry.isSettled = true
    this.#settled.add(id, outcome)
    const ended = () => {
      this.#entries.remove(entry)
      if (outcome.kind === 'dead') this.#countDead()
    }
    // Of a reply that the file never heard of, nothing but history would be lost; a dead letter is more than that.
    const isSpare = !entry.isInFile && outcome.kind !== 'dead'
    const write = (store: Store) => store.replies.settle(entry.number, entry.record, outcome)
    // One row goes, another one comes.
    return this.#writes.put(id, write, { isSpare, rows: 2, ended })
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
    void this.#writes.put(`clearing ${this.#clearings}`, forget, {
      isSpare: true,
      isFirst: true,
      ended: () => this.#countDead(),
    })
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
    this.#isComplete ??= this.#flushAtEnd()
    this.#file.close()
  }

  /** What is not written now is lost: what refused is tried once more, and another process is waited for. */
  #flushAtEnd(): boolean {
    this.#file.tryNow()
    this.#file.store?.waitFor(LAST_WAIT_MS)
    this.#beat()
    return this.#writes.flush()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  #entryOf(record: ReplyRecord): JournalEntry {
    const known = this.#entries.get(record.task.id)
    if (known) return Object.assign(known, { record })
    this.#lines.keep(record.task.message)
    return this.#entries.add(record)
  }

  /** Brings file and memory together: what only one of them knows, the other is told. */
  #opened(store: Store): void {
    const open = store.replies.open()
    for (const entry of this.#entries.renumber(open, store.replies.newestNumber()))
      if (!entry.isSettled) void this.put(entry.record)
    for (const reply of open) this.#adopt(reply, store.downSinceMs)
    this.#settled.addOlder(store.replies.settledIds(REMEMBERED_MAX))
    this.#lines.opened(store)
    this.#foreignVersion = store.foreignVersion()
    this.#dead.set(store.replies.deadCount())
    this.#writes.resume()
    this.#give()
  }

  /** Takes an open reply of the file into memory, where nobody knows of it. */
  #adopt({ number, record, isRedriven }: OpenReply, downSinceMs?: number): void {
    if (!record) {
      this.#giveUp(number)
      return
    }
    const { id } = record.task
    if (this.#entries.get(id)) return
    if (this.#settled.has(id) && !isRedriven) {
      this.#settleAgain(record, number)
      return
    }
    const found = isRedriven
      ? anew(record, this.#options.clock.now())
      : { ...record, unservedSinceMs: record.unservedSinceMs ?? downSinceMs }
    this.#entries.adopt(found, number)
    this.#found.push(found)
  }

  /** The file has lost what was in it already, as one that was put back from a copy. */
  #settleAgain(record: ReplyRecord, number: number): void {
    const outcome = this.#settled.outcomeOf(record.task.id)
    void this.#writes.put(record.task.id, (store) => {
      if (outcome) store.replies.settle(number, record, outcome)
      else store.replies.remove(number)
    })
  }

  #give(): void {
    if (this.#take && this.#found.length > 0) this.#take(this.#found.splice(0))
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

  /** Nobody can answer what nobody can read. */
  #giveUp(number: number): void {
    const error = new ChorusError('journal-row', `row ${number} of open_reply can’t be read`)
    this.#options.events.emit('error', { error, where: 'the journal' })
    void this.#writes.put(`unreadable ${number}`, (store) => store.replies.giveUp(number))
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

function withDefaults(options: JournalOptions) {
  const { clock = systemClock(), events = new ChorusEmitter(), keptMs = 7 * DAY, pid = process.pid } = options
  return { ...options, clock, events, keptMs, pid }
}
