/** What can go wrong with one request, as data. A refused connection is no fault of a request: see `IdSimulator.away`. */
export type IdFault =
  | { readonly kind: 'none' }
  /** No answer, ever; `afterHeaders` sends status and headers first and then nothing. */
  | { readonly kind: 'hang'; readonly afterHeaders?: boolean }
  /** A fault of the server’s own; 500 where no status is given. */
  | { readonly kind: 'server-error'; readonly status?: 429 | 500 | 502 | 503 | 504 }
  /** A web page in place of an answer, as a captive portal gives; 200 where no status is given. */
  | { readonly kind: 'html'; readonly status?: number }
  /** 200 with JSON that breaks off. */
  | { readonly kind: 'bad-json' }
  /** 200 with JSON that lacks what it should hold. */
  | { readonly kind: 'empty-json' }
  /** Well-formed and far too long. */
  | { readonly kind: 'huge' }
  /** The connection is reset in the middle of the answer. */
  | { readonly kind: 'reset' }
  /** A refusal in these words. */
  | { readonly kind: 'refuse'; readonly status: number; readonly message: string }
  /** 302 to another address. */
  | { readonly kind: 'redirect'; readonly to: string }
  /** The request is done, and its answer lost. */
  | { readonly kind: 'lost-answer' }

/** Most faults that can be scripted ahead. */
const SCRIPT_MAX = 10_000

/** Decides which fault befalls the next request: the script first, then what always holds. */
export class IdFaults {
  #next: IdFault[] = []
  #always: IdFault | undefined

  push(faults: readonly IdFault[]): void {
    if (this.#next.length + faults.length > SCRIPT_MAX) {
      throw new RangeError(`at most ${SCRIPT_MAX} faults can be scripted ahead`)
    }
    this.#next.push(...faults)
  }

  setAlways(fault: IdFault | undefined): void {
    this.#always = fault
  }

  take(): IdFault {
    return this.#next.shift() ?? this.#always ?? { kind: 'none' }
  }
}
