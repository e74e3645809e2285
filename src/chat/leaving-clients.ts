import { type Cancel, type Clock, SECOND } from '../clock.js'
import type { TmiClient } from './tmi-client.js'

export interface LeavingClientsOptions {
  readonly clock: Clock
  readonly listener: {
    /** Whether something that was written to it is not answered; not for ever. */
    isAwaited(client: TmiClient): boolean
    /** It is closed, and tells nothing any more. */
    closed(client: TmiClient): void
  }
}

/** How long a connection that was replaced is kept at least, and how often is looked whether its last answers have come. */
const RETIRED_MS = 5 * SECOND

/** Connections on their way out: they are closed, at once or when their last answers have come. As a rule one at most. */
export class LeavingClients {
  readonly #options: LeavingClientsOptions
  readonly #retired = new Map<TmiClient, Cancel>()
  #closed: Promise<void> = Promise.resolve()

  constructor(options: LeavingClientsOptions) {
    this.#options = options
  }

  /** Whether it still listens for its last answers. */
  isRetired(client: TmiClient): boolean {
    return this.#retired.has(client)
  }

  /** Lets it listen a while longer. */
  retire(client: TmiClient): void {
    const { clock, listener } = this.#options
    const look = () => (listener.isAwaited(client) ? this.retire(client) : this.close(client))
    this.#retired.set(client, clock.after(RETIRED_MS, look))
  }

  close(client: TmiClient): void {
    this.#retired.get(client)?.()
    this.#retired.delete(client)
    this.#closed = Promise.all([this.#closed, client.close()]).then(() => {})
    this.#options.listener.closed(client)
  }

  /** Closes what is left; resolves when all sockets are gone. Safe to call twice. */
  stop(): Promise<void> {
    for (const client of this.#retired.keys()) this.close(client)
    return this.#closed
  }
}
