import type { Cancel, Clock } from '../clock.js'
import type { TmiClient } from './tmi-client.js'

export interface SuccessorOptions {
  readonly clock: Clock
  /** When the attempt is made, from now on in milliseconds. */
  readonly inMs: number
  /** How long it may take then. */
  readonly deadlineMs: number
  /** Makes the connection. */
  readonly connect: () => TmiClient
  /** Whether the new connection is in all the channels that the old one is in. */
  readonly isComplete: (client: TmiClient) => boolean
  /** Called once: it is complete, or its time is over; without a client where none was made. */
  readonly ready: (client: TmiClient | undefined) => void
}

/** A connection in the making, while the one whose place it will take still listens. */
export class Successor {
  readonly #options: SuccessorOptions
  #client: TmiClient | undefined
  #cancel: Cancel

  constructor(options: SuccessorOptions) {
    this.#options = options
    this.#cancel = options.clock.after(options.inMs, () => this.#begin())
  }

  get client(): TmiClient | undefined {
    return this.#client
  }

  /** It has joined a channel. */
  joined(): void {
    if (this.#client && this.#options.isComplete(this.#client)) this.#finish()
  }

  /** Tells nothing any more; the client is left as it is. Safe to call twice. */
  cancel(): void {
    this.#cancel()
  }

  #begin(): void {
    const { clock, connect, deadlineMs } = this.#options
    this.#cancel = clock.after(deadlineMs, () => this.#finish())
    this.#client = connect()
  }

  #finish(): void {
    this.#cancel()
    this.#options.ready(this.#client)
  }
}
