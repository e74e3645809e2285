import { type ChorusError, toChorusError } from '../errors.js'
import type { Store } from './store.js'

/** Writes one thing; may be called again when the transaction around it failed. */
export type Write = (store: Store) => void

export interface WriteBehindOptions {
  /** The open file; `undefined` while there is none, and everything waits. */
  readonly store: () => Store | undefined
  /** Called when the file refuses; nothing is lost, and {@link WriteBehind.resume} tries again. */
  readonly refused: (error: ChorusError) => void
  /** Called when one write can't ever be made: it is dropped, so that the others can. */
  readonly dropped: (error: ChorusError) => void
}

export interface PutOptions {
  /** It may be forgotten when too many wait. */
  readonly isSpare?: boolean
  /** Called when it is in the file, or forgotten. */
  readonly ended?: () => void
}

interface Waiting {
  write: Write
  isSpare: boolean
  ended: () => void
  readonly done: Promise<void>
  readonly resolve: () => void
}

const nothing = () => {}

/** Most writes in one commit: it holds the event loop for a few milliseconds. */
const BATCH_MAX = 200
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
    const waiting = this.#add(key, write, options)
    this.#commit([[key, waiting], ...this.#batch().filter(([other]) => other !== key)])
  }

  /** Makes all writes before it returns, unless the file refuses. */
  flush(): void {
    while (this.#waiting.size > 0 && this.#commit(this.#batch()));
  }

  /** The file may take writes again. */
  resume(): void {
    this.#schedule()
  }

  #add(key: string, write: Write, { isSpare = false, ended = nothing }: PutOptions): Waiting {
    const known = this.#waiting.get(key)
    this.#spares += Number(isSpare) - Number(known?.isSpare ?? false)
    const waiting = Object.assign(known ?? newWaiting(), { write, isSpare, ended })
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
    if (this.#isScheduled || this.#waiting.size === 0) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      if (this.#commit(this.#batch())) this.#schedule()
    })
  }

  #batch(): [string, Waiting][] {
    const batch: [string, Waiting][] = []
    for (const entry of this.#waiting) {
      batch.push(entry)
      if (batch.length === BATCH_MAX) break
    }
    return batch
  }

  /** False: the file refuses, and everything still waits. */
  #commit(batch: readonly (readonly [string, Waiting])[]): boolean {
    const store = this.#options.store()
    if (!store) return false
    // All of it went into the file with something that could not wait.
    if (batch.length === 0) return true
    try {
      store.transaction(() => {
        for (const [, { write }] of batch) write(store)
      })
    } catch (thrown) {
      return this.#failed(toChorusError(thrown, 'journal-row'), batch)
    }
    for (const [key, waiting] of batch) this.#remove(key, waiting)
    return true
  }

  #failed(error: ChorusError, batch: readonly (readonly [string, Waiting])[]): boolean {
    if (error.code !== 'journal-row') {
      this.#options.refused(error)
      for (const { resolve } of this.#waiting.values()) resolve()
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

function newWaiting(): Waiting {
  let resolve = nothing
  const done = new Promise<void>((settle) => {
    resolve = settle
  })
  return { write: nothing, isSpare: false, ended: nothing, done, resolve }
}
