import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { type Cancel, type Clock, MINUTE, SECOND } from '../clock.js'
import { ChorusError, type ErrorCode, toChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import { inodeOf } from './inode.js'
import { RunnerLock } from './runner-lock.js'
import { salvage } from './salvage.js'
import { Store } from './store.js'

export const JOURNAL_FILE = 'journal.db'

export interface JournalFileOptions {
  /** The data folder, absolute; made where it is missing. */
  readonly folder: string
  readonly pid: number
  readonly clock: Clock
  readonly events: ChorusEmitter
  /** Called each time the file is open: at first, and again after it refused. May throw what the file throws. */
  readonly opened: (store: Store) => void
  /** Called each time it begins to refuse, or still does. */
  readonly refusing: () => void
}

/** Between two tries of a file that refuses, in milliseconds. */
const RETRY_MS = 2 * SECOND
/** The same where another program has it locked: it may be over in a moment, and is not told of at once. */
const BUSY_RETRY_MS = SECOND / 4
/** A file that is damaged again so soon lies on a broken disk, and each one put aside takes room. */
const SALVAGE_EVERY_MS = 10 * MINUTE

/** What waiting does not end. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['data-folder-taken', 'journal-newer'])

/**
 * | state    | means                                                     | goes on to                                   |
 * | -------- | --------------------------------------------------------- | -------------------------------------------- |
 * | closed   | not opened yet, or let go of for good                     | open, refusing                               |
 * | open     | it takes writes                                           | refusing, open (a new file: it was damaged), closed |
 * | refusing | disk full, folder read-only, … : everything stays in memory | open, closed                               |
 */
type State =
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'open'
      readonly store: Store
      readonly inode: number
      readonly episode: Episode | undefined
    }
  | { readonly kind: 'refusing'; readonly episode: Episode; readonly retry: Cancel }

/** It refuses, or did and has not taken yet all that waits: a full disk often has room for a word, but not for two. */
interface Episode {
  readonly sinceMs: number
  /** What was told of it; nothing yet where another program may have it for a moment only. */
  readonly told: ErrorCode | undefined
}

/** The journal's file through all that can happen to it. It is told of once per episode, and tried again until it works. */
export class JournalFile {
  readonly #options: JournalFileOptions
  readonly #file: string
  #lock: RunnerLock | undefined
  #state: State = { kind: 'closed' }
  #salvagedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: JournalFileOptions) {
    this.#options = options
    this.#file = path.join(options.folder, JOURNAL_FILE)
  }

  /** The open file; `undefined` while it refuses. */
  get store(): Store | undefined {
    return this.#state.kind === 'open' ? this.#state.store : undefined
  }

  /**
   * Opens the file, or begins to try again and again.
   *
   * @throws ChorusError `data-folder-taken`, `journal-newer`: then nobody may write here
   */
  open(): void {
    const error = this.#try()
    if (error && FINAL.has(error.code)) {
      this.close()
      throw error
    }
    if (error) this.#handle(error)
  }

  /** It has thrown: whatever was being done is to be done again when `opened` is called. */
  refused(error: ChorusError): void {
    if (this.#state.kind === 'closed') return
    this.store?.close()
    this.#handle(error)
  }

  /** Everything that waited is written. */
  caughtUp(): void {
    if (this.#state.kind !== 'open' || !this.#state.episode) return
    const { told, sinceMs } = this.#state.episode
    this.#state = { ...this.#state, episode: undefined }
    const { clock, events } = this.#options
    if (told) events.emit('journal:recovered', { afterMs: clock.now() - sinceMs })
  }

  /**
   * Looks whether somebody has taken the file away: SQLite would go on writing to what nobody can find. Without the file of
   * the lock a second process could come in, too.
   */
  check(): void {
    if (this.#state.kind !== 'open') return
    if (this.#lock?.isThere && inodeOf(this.#file) === this.#state.inode) return
    this.#lock?.release()
    this.#lock = undefined
    this.refused(
      new ChorusError('journal-unwritable', 'the journal’s file, or that of its lock, was taken away'),
    )
  }

  /** Tries once more, now, what refuses. */
  tryNow(): void {
    if (this.#state.kind !== 'refusing') return
    this.#state.retry()
    this.#tryAgain()
  }

  /** Safe to call twice. */
  close(): void {
    if (this.#state.kind === 'refusing') this.#state.retry()
    this.store?.close()
    this.#state = { kind: 'closed' }
    this.#lock?.release()
    this.#lock = undefined
  }

  #handle(error: ChorusError): void {
    const remaining = error.code === 'journal-damaged' ? this.#mend(error) : error
    if (!remaining) return
    if (this.#state.kind === 'refusing') this.#state.retry()
    this.#state = this.#refusing(remaining)
    this.#options.refusing()
  }

  #tryAgain(): void {
    const error = this.#try()
    if (error) this.#handle(error)
  }

  /** Opens it; or returns what keeps it from being opened. */
  #try(): ChorusError | undefined {
    const before = this.#state
    try {
      const store = this.#openStore()
      this.#state = { kind: 'open', store, inode: inodeOf(this.#file), episode: this.#episode }
      this.#options.opened(store)
    } catch (thrown) {
      this.store?.close()
      this.#state = before
      return toChorusError(thrown, 'journal-unwritable')
    }
    return undefined
  }

  #openStore(): Store {
    const { clock, folder, pid } = this.#options
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#lock ??= new RunnerLock(folder, pid)
    const store = new Store(this.#file, clock)
    try {
      // The proof that it can be written to, too.
      store.transaction(1, () => store.state.beat(store.time.heartbeat()))
      return store
    } catch (error) {
      store.close()
      throw error
    }
  }

  /** Puts a damaged file aside and opens a new one; returns what keeps it from that. */
  #mend(damage: ChorusError): ChorusError | undefined {
    const { clock, events } = this.#options
    if (clock.now() - this.#salvagedAtMs < SALVAGE_EVERY_MS) return damage
    try {
      const { aside, rows } = salvage(this.#file, clock.wall())
      this.#salvagedAtMs = clock.now()
      events.emit('journal:damaged', { reason: damage.message, advice: damage.advice, aside, rows })
    } catch (thrown) {
      return toChorusError(thrown, 'journal-unwritable')
    }
    return this.#try()
  }

  #refusing(error: ChorusError): State {
    const { clock, events } = this.#options
    const before = this.#episode
    const isMoment = before === undefined && error.code === 'journal-busy'
    // What only a person can end is told, whatever else was told before.
    const isNews = !before?.told || (before.told !== error.code && FINAL.has(error.code))
    if (isNews && !isMoment)
      events.emit('journal:refusing', { code: error.code, reason: error.message, advice: error.advice })
    const told = isMoment ? undefined : isNews ? error.code : before?.told
    const retry = clock.after(isMoment ? BUSY_RETRY_MS : RETRY_MS, () => this.#tryAgain())
    return { kind: 'refusing', episode: { sinceMs: before?.sinceMs ?? clock.now(), told }, retry }
  }

  get #episode(): Episode | undefined {
    return this.#state.kind === 'closed' ? undefined : this.#state.episode
  }
}
