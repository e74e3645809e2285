import type { Clock } from '../clock.js'
import { Waiters } from './waiters.js'

/** One request as the server saw it. Tokens and codes are left out on purpose. */
export interface IdRecord {
  /** Method and path. */
  readonly route: string
  /** `device_code` or `refresh_token`, of a request for tokens. */
  readonly grant: string | undefined
  /** Milliseconds of the server’s clock. */
  readonly atMs: number
  /** Missing where no answer is given. */
  readonly status?: number | undefined
  readonly isOver: boolean
}

/** Most requests remembered; the oldest one is forgotten for each one more. */
const RECORDS_MAX = 10_000

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Every request, and promises that settle when they have come to a point. */
export class IdLedger {
  readonly #clock: Clock
  readonly #records: IdRecord[] = []
  readonly #waiters = new Waiters()

  constructor(options: { readonly clock: Clock }) {
    this.#clock = options.clock
  }

  get records(): readonly IdRecord[] {
    return this.#records
  }

  /** Notes a request, and gives the way to note what becomes of it. */
  open(request: Pick<IdRecord, 'route' | 'grant'>) {
    const record: Writable<IdRecord> = { ...request, atMs: this.#clock.now(), isOver: false }
    this.#records.push(record)
    if (this.#records.length > RECORDS_MAX) this.#records.shift()
    this.#waiters.tell()
    return {
      answer: (status: number | undefined) => {
        record.status = status
        this.#waiters.tell()
      },
      end: () => {
        record.isOver = true
        this.#waiters.tell()
      },
    }
  }

  /** Resolves as soon as `holds` does; looked at whenever a request comes, is answered or ends. */
  until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    return this.#waiters.until(holds, signal)
  }

  /** Rejects every promise of `until`. */
  close(): void {
    this.#waiters.close(new Error('the built-in server for sign-in has stopped'))
  }
}
