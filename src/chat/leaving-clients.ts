import { type Cancel, type Clock, SECOND } from '../clock.js'
import type { TmiClient } from './tmi-client.js'

/** How long a connection that was replaced is kept, for the answer to what was last written to it. */
const RETIRED_MS = 5 * SECOND

/** Connections on their way out: they are closed, at once or when their last answers have come. As a rule one at most. */
export class LeavingClients {
  readonly #clock: Clock
  readonly #retired = new Map<TmiClient, Cancel>()
  #closed: Promise<void> = Promise.resolve()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether it still listens for its last answers. */
  isRetired(client: TmiClient): boolean {
    return this.#retired.has(client)
  }

  /** Lets it listen a while longer. */
  retire(client: TmiClient): void {
    this.#retired.set(
      client,
      this.#clock.after(RETIRED_MS, () => this.close(client)),
    )
  }

  close(client: TmiClient): void {
    this.#retired.get(client)?.()
    this.#retired.delete(client)
    this.#closed = Promise.all([this.#closed, client.close()]).then(() => {})
  }

  /** Closes what is left; resolves when all sockets are gone. Safe to call twice. */
  stop(): Promise<void> {
    for (const client of this.#retired.keys()) this.close(client)
    return this.#closed
  }
}
