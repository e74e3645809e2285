import { type ChorusError, toChorusError } from '../errors.js'
import type { Store } from './store.js'

/** Writes one thing; may be called again when the transaction around it failed. */
export type Write = (store: Store) => void

export interface WriteBehindOptions {
  /** The open file; `undefined` while there is none, and everything waits. */
  readonly store: () => Store | undefined
  /** Called when the file refuses; nothing is lost, and {@link WriteBehind.resume} tries again. */
  readonly refused: (error: ChorusError) => void
  /** Called when nothing waits any more. */
  readonly caughtUp: () => void
  /** Called when one write can't ever be made: it is dropped, so that the others can. */
  readonly dropped: (error: ChorusError) => void
}

export interface PutOptions {
  /** It may be forgotten when too many wait. */
  readonly isSpare?: boolean
  /** It goes before the others, whenever they came: a viewer with a thousand mentions must not keep the next one waiting. */
  readonly isFirst?: boolean
  /** How many rows it writes; one where nothing is said. */
  readonly rows?: number
  /** Called when it is in the file, or forgotten. */
  readonly ended?: () => void
}

interface Waiting {
  write: Write
  isSpare: boolean
  isFirst: boolean
  rows: number
  ended: () => void
  /** Resolves when it is in the file; at once where the file refuses. */
  done: Promise<void>
  resolve: () => void
  isReleased: boolean
}

const nothing = () => {}

/** Most rows in one commit, where a single write has no more: it holds the event loop for a few milliseconds. */
const BATCH_MAX = 200
/** Rows in a commit up to which spare writes go with those that somebody waits for. */
const SPARE_BESIDE_MAX = 50
/** How full the write-ahead log gets while more writes wait: then they wait until it is taken in. */
const LOG_FILL_MAX = 4
/** Spare writes that wait while the file refuses; then the oldest one is forgotten. */
const SPARE_MAX = 10_000

/**
 * Collects writes and commits them in groups: all that came in one turn of the event loop share a commit, up to
 * {@link BATCH_MAX}. A newer write of the same key takes the place of one that waits, so a file that refuses for long costs
 * no more memory than what it has to know in the end.
 */
export class WriteBehind {
  readonly #options: WriteBehindOptions
  readonly #waiting = new Map<string, Waiting>()
  #spares = 0
  #isScheduled = false

  constructor(options: WriteBehindOptions) {
    this.#options = options
  }

  /** Resolves when the write is in the file, or at once while the file refuses; never rejects. */
  put(key: string, write: Write, options: PutOptions = {}): Promise<void> {
    const { done } = this.#add(key, write, options)
    if (!this.#options.store()) return Promise.resolve()
    this.#schedule()
    return done
  }

  /** Makes the write before it returns, unless the file refuses. */
  putNow(key: string, write: Write, options: PutOptions = {}): void {
    if (this.#commit(this.#batch([key, this.#add(key, write, options)]))) this.#schedule()
  }

  /** Makes all writes before it returns; false where the file refuses. */
  flush(): boolean {
    while (this.#waiting.size > 0 && this.#commit(this.#batch()));
    return this.#waiting.size === 0
  }

  /** The file refuses: nobody waits for it any longer. The writes do. */
  release(): void {
    for (const waiting of this.#waiting.values()) {
      waiting.resolve()
      waiting.isReleased = true
    }
  }

  /** The file may take writes again. */
  resume(): void {
    this.#schedule()
  }

  #add(key: string, write: Write, options: PutOptions): Waiting {
    const { isFirst = false, isSpare = false, rows = 1, ended = nothing } = options
    const known = this.#waiting.get(key)
    this.#spares += Number(isSpare) - Number(known?.isSpare ?? false)
    const waiting = Object.assign(known ?? newWaiting(), { write, isFirst, isSpare, rows, ended })
    if (waiting.isReleased && this.#options.store()) Object.assign(waiting, unresolved())
    this.#waiting.set(key, waiting)
    if (this.#spares > SPARE_MAX) this.#forgetOldestSpare()
    return waiting
  }

  #forgetOldestSpare(): void {
    for (const [key, waiting] of this.#waiting) {
      if (!waiting.isSpare) continue
      this.#remove(key, waiting)
      return
    }
  }

  #schedule(): void {
    if (this.#isScheduled || (this.#waiting.size === 0 && !this.#isLogFull())) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      if (this.#isLogFull() ? this.#takeLogIn() : this.#commit(this.#batch())) this.#schedule()
    })
  }

  /** Both a commit and a checkpoint wait for the disk: each has a turn of its own, and the checkpoint can wait. */
  #isLogFull(): boolean {
    const fillMax = this.#waiting.size === 0 ? 1 : LOG_FILL_MAX
    return (this.#options.store()?.logFill ?? 0) >= fillMax
  }

  #takeLogIn(): boolean {
    try {
      this.#options.store()?.checkpoint()
      return true
    } catch (thrown) {
      this.#options.refused(toChorusError(thrown, 'journal-unwritable'))
      return false
    }
  }

  /** What goes into one commit: one that can't wait, those that go first, the others, then a few spare ones. */
  #batch(first?: readonly [string, Waiting]): (readonly [string, Waiting])[] {
    const batch = first ? [first] : []
    let rows = first?.[1].rows ?? 0
    const fill = (rank: Rank, rowsMax: number) => {
      for (const entry of this.#waiting) {
        if (rankOf(entry[1]) !== rank || entry[0] === first?.[0]) continue
        if (batch.length > 0 && rows + entry[1].rows > rowsMax) break
        rows += entry[1].rows
        batch.push(entry)
      }
    }
    fill('first', BATCH_MAX)
    fill('later', BATCH_MAX)
    fill('spare', batch.length > 0 ? SPARE_BESIDE_MAX : BATCH_MAX)
    return batch
  }

  /** False: the file refuses, and everything still waits. */
  #commit(batch: readonly (readonly [string, Waiting])[]): boolean {
    const store = this.#options.store()
    if (!store) return false
    // All of it went into the file with something that could not wait.
    if (batch.length === 0) return true
    try {
      const rows = batch.reduce((sum, [, { rows }]) => sum + rows, 0)
      store.transaction(rows, () => {
        for (const [, { write }] of batch) write(store)
      })
    } catch (thrown) {
      return this.#failed(toChorusError(thrown, 'journal-row'), batch)
    }
    for (const [key, waiting] of batch) this.#remove(key, waiting)
    if (this.#waiting.size === 0) this.#options.caughtUp()
    return true
  }

  #failed(error: ChorusError, batch: readonly (readonly [string, Waiting])[]): boolean {
    if (error.code !== 'journal-row') {
      this.#options.refused(error)
      return false
    }
    const [only, ...others] = batch
    if (!only) return true
    // One of them is to blame: alone it can't keep the others out.
    if (others.length > 0) return batch.every((one) => this.#commit([one]))
    this.#remove(...only)
    this.#options.dropped(error)
    return true
  }

  #remove(key: string, waiting: Waiting): void {
    if (this.#waiting.delete(key) && waiting.isSpare) this.#spares -= 1
    waiting.ended()
    waiting.resolve()
  }
}

type Rank = 'first' | 'later' | 'spare'

function rankOf({ isFirst, isSpare }: Waiting): Rank {
  if (isFirst) return 'first'
  return isSpare ? 'spare' : 'later'
}

function newWaiting(): Waiting {
  return { write: nothing, isSpare: false, isFirst: false, rows: 1, ended: nothing, ...unresolved() }
}

function unresolved(): Pick<Waiting, 'done' | 'resolve' | 'isReleased'> {
  let resolve = nothing
  const done = new Promise<void>((settle) => {
    resolve = settle
  })
  return { done, resolve, isReleased: false }
}
