import type { Clock } from '../clock.js'
import { type BotLogin, type Outcome, type ReplyTask, sameLogin } from '../domain.js'
import type { ChorusEmitter } from '../events.js'
import type { ReplyJournal, ReplyRecord } from '../reply-journal.js'
import type { TakenBack } from '../reply-queue.js'
import { type Ledger, type LedgerEntry, toRecord } from './ledger.js'
import { Quarantine } from './quarantine.js'
import type { ReplyWork } from './reply-work.js'
import type { Share } from './waiting-list.js'

/** Processes that died while they worked on a reply, after which nobody tries it any more by himself. */
const CRASHES_MAX = 4

export interface RestorerOptions {
  readonly bots: readonly BotLogin[]
  readonly journal: ReplyJournal
  readonly ledger: Ledger
  readonly work: ReplyWork
  /** Whether it is too late: what is found from then on is left to the next run. */
  readonly isClosed: () => boolean
  /** Called when it has taken some over. */
  readonly onTakeOver: () => void
  /** Replies of one bot with the same key get one answer. */
  readonly keyOf: (entry: LedgerEntry) => string
  /** Whether nothing is gained by waiting for the reply now. */
  readonly isStuck: (entry: LedgerEntry) => boolean
  /** A reply that could not be served for longer than this, in milliseconds, expires. */
  readonly answerWithinMs: number
  readonly clock: Clock
  readonly events: ChorusEmitter
}

/** Takes over the replies that the journal has without an outcome: of earlier runs, and those that somebody redrives. */
export class Restorer {
  readonly #options: RestorerOptions
  readonly #quarantine: Quarantine
  #isRestored = false
  #isBusy = false
  #count = 0
  /** Of bots that don't take part in this run: they wait in the journal for one that has them. */
  #absent: ReplyRecord[] = []

  constructor(options: RestorerOptions) {
    const { isStuck, keyOf, ledger, work } = options
    this.#options = options
    this.#quarantine = new Quarantine({
      isOpen: (entry) => ledger.isOpen(entry),
      isBlocked: isStuck,
      isSameShare: (a, b) => a.task.bot === b.task.bot && keyOf(a) === keyOf(b),
      release: (share) => work.wait(share),
    })
  }

  /** Not all of them are in line yet: one that starts now may overtake one that comes first. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Returns how many replies go on; nothing more the second time. */
  restore(): number {
    if (this.#isRestored) return 0
    this.#isRestored = true
    this.#options.journal.restore((records) => this.#takeOver(records))
    return this.#count
  }

  /** Looks whether the next of the replies that a process may have died of can go. */
  look(): void {
    this.#quarantine.look()
  }

  /** Whether any wait for a run with their bot. */
  get hasAbsent(): boolean {
    return this.#absent.length > 0
  }

  /** Ends those that nobody waits for any longer. */
  expire(): void {
    const { answerWithinMs, clock } = this.#options
    const isLate = ({ unservedSinceMs }: ReplyRecord) =>
      clock.now() - (unservedSinceMs ?? 0) >= answerWithinMs
    const late = this.#absent.filter(isLate)
    if (late.length > 0) this.#absent = this.#absent.filter((record) => !isLate(record))
    for (const record of late) this.#settle(record, { kind: 'expired', reason: 'its bot took no part' })
  }

  /** Ends those of absent bots that `matches`. Returns how many there were. */
  takeBack(matches: (task: ReplyTask) => boolean, outcome: TakenBack): number {
    const meant = this.#absent.filter(({ task }) => matches(task))
    this.#absent = this.#absent.filter(({ task }) => !matches(task))
    for (const record of meant) this.#settle(record, outcome)
    return meant.length
  }

  /** What was being written when its process died may be in chat: nobody will ever know. */
  #settle(record: ReplyRecord, outcome: Outcome): void {
    const isWritten = record.progress.kind === 'sending'
    void this.#options.journal.settle(record, isWritten ? { kind: 'sent', inDoubt: true } : outcome)
  }

  #takeOver(records: readonly ReplyRecord[]): void {
    if (this.#options.isClosed()) return
    const before = { count: this.#count, absent: this.#absent.length }
    // What may be repeated may be so only for seconds, and while nothing else is said there.
    const lines = writtenLines(records)
    const isWritten = new Set(lines.flat().map(({ task }) => task.id))
    this.#isBusy = true
    for (const line of lines) this.#resend(line)
    for (const record of records) if (!isWritten.has(record.task.id)) this.#restore(record)
    this.#quarantine.look()
    this.#isBusy = false
    this.#options.onTakeOver()
    const count = this.#count - before.count
    const absent = this.#absent.length - before.absent
    const ended = records.length - count - absent
    if (records.length > 0) this.#options.events.emit('journal:restored', { count, ended, absent })
  }

  #restore(record: ReplyRecord): void {
    const end = this.#endOf(record)
    const entry = this.#enter(record, end)
    if (!entry) return
    if (end) this.#options.work.settle(entry, end)
    else this.#goOn(entry)
  }

  /** All of these were to be answered by one line, which was written. */
  #resend(line: readonly ReplyRecord[]): void {
    const { keyOf, work } = this.#options
    const entries = line.flatMap((record) => this.#enter(record, undefined) ?? [])
    if (entries.length === 0) return
    for (const entry of entries) this.#tellRestored(entry)
    work.resend(toShares(entries, keyOf))
  }

  /** Takes it into the ledger, unless its bot takes no part. */
  #enter(record: ReplyRecord, end: Outcome | undefined): LedgerEntry | undefined {
    const bot = this.#options.bots.find((login) => sameLogin(login, record.task.bot))
    if (bot !== undefined) return this.#open({ ...record, task: { ...record.task, bot } })
    if (end) void this.#options.journal.settle(record, end)
    else this.#leaveAbsent(record)
    return undefined
  }

  /** It waits for a run with that bot, as long as anybody would wait for the answer: from now on, where nobody waited before. */
  #leaveAbsent(record: ReplyRecord): void {
    const { clock, journal } = this.#options
    const absent = { ...record, unservedSinceMs: record.unservedSinceMs ?? clock.now() }
    this.#absent.push(absent)
    void journal.put(absent)
  }

  #open(record: ReplyRecord): LedgerEntry | undefined {
    const entry = this.#options.ledger.open(record.task)
    if (!entry) return undefined
    const { progress } = record
    entry.attempts = record.attempts
    entry.crashes = crashesOf(record)
    // The process may have died of one of those whom a line was to answer.
    entry.isAlone = entry.crashes > 0
    entry.unservedSinceMs = record.unservedSinceMs
    if ('line' in progress) entry.line = progress.line ?? undefined
    if (progress.kind === 'sending') entry.writtenAtMs = progress.writtenAtMs
    return entry
  }

  #goOn(entry: LedgerEntry): void {
    const { journal, work } = this.#options
    this.#tellRestored(entry)
    void journal.put(toRecord(entry))
    if (entry.crashes > 0) this.#quarantine.add(entry)
    else work.wait([entry])
  }

  #tellRestored({ task }: LedgerEntry): void {
    this.#count += 1
    const ageMs = this.#options.clock.now() - task.message.arrivedAtMs
    this.#options.events.emit('reply:restored', { task, ageMs })
  }

  /** How it ends without being tried again; `undefined` where it goes on. */
  #endOf(record: ReplyRecord): Outcome | undefined {
    const { answerWithinMs, clock } = this.#options
    if (record.progress.kind === 'sending') return undefined
    const { unservedSinceMs } = record
    if (unservedSinceMs !== undefined && clock.now() - unservedSinceMs >= answerWithinMs)
      return { kind: 'expired', reason: 'Chorus was not running' }
    const crashes = crashesOf(record)
    if (crashes < CRASHES_MAX) return undefined
    return {
      kind: 'dead',
      code: 'process-died',
      reason: `Chorus has ended ${crashes} times while it worked on this reply`,
    }
  }
}

/**
 * Replies whose line was being written, by the line. Of those that share one, a single record tells so: it stands last, to be
 * settled last again.
 */
function writtenLines(records: readonly ReplyRecord[]): readonly (readonly ReplyRecord[])[] {
  const keyOf = ({ joint, task }: ReplyRecord) => joint ?? task.id
  const written = records.filter(({ progress }) => progress.kind === 'sending')
  const carriers = new Map(written.map((record) => [keyOf(record), record]))
  return [...carriers].map(([key, carrier]) => {
    const others = records.filter((record) => record !== carrier && keyOf(record) === key)
    return [...others.map((record) => ({ ...record, progress: carrier.progress })), carrier]
  })
}

/** The share of the last one stands last, and in it the last one. */
function toShares(entries: readonly LedgerEntry[], keyOf: (entry: LedgerEntry) => string): Share[] {
  const shares = new Map<string, LedgerEntry[]>()
  for (const entry of entries) {
    const key = keyOf(entry)
    const share = [...(shares.get(key) ?? []), entry]
    shares.delete(key)
    shares.set(key, share)
  }
  return [...shares.values()]
}

function crashesOf({ crashes, progress }: ReplyRecord): number {
  return crashes + (progress.kind === 'working' ? 1 : 0)
}
