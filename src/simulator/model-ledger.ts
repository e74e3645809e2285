import type { Clock } from '../clock.js'
import { Waiters } from './waiters.js'

/** How a request ended; `cut` is a scripted reset, `away` means that the server went first. */
type RequestEnd = 'answered' | 'cut' | 'hung-up' | 'away'

/** One request as the built-in model saw it; it fills up while the request is worked on. Headers are left out on purpose: they carry the key. */
export interface ModelRecord {
  /** Counts from 1, over all paths. */
  readonly number: number
  readonly method: string
  readonly path: string
  /** The parsed JSON body; `undefined` where there is none. */
  readonly body: unknown
  /** Milliseconds of the server's clock at which the whole request had come. */
  readonly atMs: number
  /** The status and, of a chat completion, the text; missing as long as no answer has been begun. */
  readonly status?: number
  readonly said?: string
  /** Missing while it is worked on. */
  readonly ended?: RequestEnd
  readonly endedAtMs?: number
}

/** Most requests remembered; the oldest one is forgotten for each one more. The counters go on. */
export const RECORDS_MAX = 1000

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Writing to one record while its request is worked on. */
export interface OpenRecord {
  /** An answer begins. */
  answer(begun: { readonly status: number; readonly said?: string }): void
  /** The first call counts; later ones do nothing. */
  end(how: RequestEnd): void
}

/** Every request, the counters over the chat completions, and promises that settle when they reach a point. */
export class ModelLedger {
  readonly #clock: Clock
  readonly #records: ModelRecord[] = []
  #count = 0
  #requests = 0
  #inFlight = 0
  #maxInFlight = 0
  readonly #waiters = new Waiters()

  constructor(options: { readonly clock: Clock }) {
    this.#clock = options.clock
  }

  get records(): readonly ModelRecord[] {
    return this.#records
  }

  /** Chat completions asked for since the start. */
  get requests(): number {
    return this.#requests
  }

  /** Chat completions that are worked on now. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** The most chat completions that were worked on at once. */
  get maxInFlight(): number {
    return this.#maxInFlight
  }

  /** Notes a request. `isChat` ones are counted. */
  open(request: {
    readonly method: string
    readonly path: string
    readonly body: unknown
    readonly isChat: boolean
  }): OpenRecord {
    const { isChat, ...seen } = request
    const record: Writable<ModelRecord> = { number: ++this.#count, ...seen, atMs: this.#clock.now() }
    const change = (news: Partial<ModelRecord>) => {
      Object.assign(record, news)
      this.#waiters.tell()
    }
    this.#records.push(record)
    if (this.#records.length > RECORDS_MAX) this.#records.shift()
    if (isChat) this.#begin()
    this.#waiters.tell()
    return {
      answer: ({ status, said }) => change({ status, ...(said !== undefined && { said }) }),
      end: (how) => {
        if (record.ended) return
        if (isChat) this.#inFlight--
        change({ ended: how, endedAtMs: this.#clock.now() })
      },
    }
  }

  /** Resolves as soon as `holds` does; looked at whenever a request comes, is answered or ends. */
  until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    return this.#waiters.until(holds, signal)
  }

  /** Rejects every promise of `until`: what they wait for can't come any more. */
  close(): void {
    this.#waiters.close(new Error('the built-in model has stopped'))
  }

  #begin(): void {
    this.#requests++
    this.#inFlight++
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight)
  }
}
