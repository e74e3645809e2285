import type { Clock } from '../clock.js'
import { type BotLogin, type Outcome, type ReplyTask, sameLogin } from '../domain.js'
import type { ChorusEmitter } from '../events.js'
import type { ReplyJournal, ReplyRecord } from '../reply-journal.js'
import type { TakenBack } from '../reply-queue.js'
import { type Ledger, type LedgerEntry, toRecord } from './ledger.js'
import { Quarantine } from './quarantine.js'
import type { ReplyWork } from './reply-work.js'

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
    const { isStuck, ledger, work } = options
    this.#options = options
    this.#quarantine = new Quarantine({
      isOpen: (entry) => ledger.isOpen(entry),
      isBlocked: isStuck,
      release: (entry) => work.wait(entry),
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
    const { answerWithinMs, clock, journal } = this.#options
    const isLate = ({ unservedSinceMs }: ReplyRecord) =>
      clock.now() - (unservedSinceMs ?? 0) >= answerWithinMs
    const late = this.#absent.filter(isLate)
    if (late.length > 0) this.#absent = this.#absent.filter((record) => !isLate(record))
    for (const record of late)
      void journal.settle(record, { kind: 'expired', reason: 'its bot took no part' })
  }

  /** Ends those of absent bots that `matches`. Returns how many there were. */
  takeBack(matches: (task: ReplyTask) => boolean, outcome: TakenBack): number {
    const meant = this.#absent.filter(({ task }) => matches(task))
    this.#absent = this.#absent.filter(({ task }) => !matches(task))
    for (const record of meant) void this.#options.journal.settle(record, outcome)
    return meant.length
  }

  #takeOver(records: readonly ReplyRecord[]): void {
    if (this.#options.isClosed()) return
    const before = { count: this.#count, absent: this.#absent.length }
    // What may be repeated may be so only for seconds, and while nothing else is said there.
    const isSending = ({ progress }: ReplyRecord) => progress.kind === 'sending'
    this.#isBusy = true
    for (const record of records.filter(isSending)) this.#restore(record)
    for (const record of records.filter((record) => !isSending(record))) this.#restore(record)
    this.#quarantine.look()
    this.#isBusy = false
    this.#options.onTakeOver()
    const count = this.#count - before.count
    const absent = this.#absent.length - before.absent
    const ended = records.length - count - absent
    if (records.length > 0) this.#options.events.emit('journal:restored', { count, ended, absent })
  }

  #restore(record: ReplyRecord): void {
    const bot = this.#options.bots.find((login) => sameLogin(login, record.task.bot))
    const end = this.#endOf(record)
    if (bot === undefined) {
      if (end) void this.#options.journal.settle(record, end)
      else this.#leaveAbsent(record)
      return
    }
    const entry = this.#open({ ...record, task: { ...record.task, bot } })
    if (!entry) return
    if (end) this.#options.work.settle(entry, end)
    else this.#goOn(entry, record)
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
    entry.unservedSinceMs = record.unservedSinceMs
    if ('line' in progress) entry.line = progress.line ?? undefined
    if (progress.kind === 'sending') entry.writtenAtMs = progress.writtenAtMs
    return entry
  }

  #goOn(entry: LedgerEntry, { progress }: ReplyRecord): void {
    const { clock, events, journal, work } = this.#options
    this.#count += 1
    events.emit('reply:restored', {
      task: entry.task,
      ageMs: clock.now() - entry.task.message.arrivedAtMs,
    })
    if (progress.kind === 'sending') {
      work.resend(entry)
      return
    }
    void journal.put(toRecord(entry))
    if (entry.crashes > 0) this.#quarantine.add(entry)
    else work.wait(entry)
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

function crashesOf({ crashes, progress }: ReplyRecord): number {
  return crashes + (progress.kind === 'working' ? 1 : 0)
}
