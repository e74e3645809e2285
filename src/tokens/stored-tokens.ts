import { type Clock, SECOND } from '../clock.js'
import type { StoredToken } from './stored-token.js'
import type { TokenStore } from './token-store.js'

/** Pause before a write that failed is tried again. */
const RETRY_MS = 10 * SECOND

/** A token that could not be written, and the one that it was made of. */
interface Unsaved {
  readonly before: StoredToken
  readonly token: StoredToken
}

/**
 * The store as the keeper sees it: what could not be written counts as stored, because the token it was made of is
 * spent. Bounded by the bots.
 */
export class StoredTokens {
  readonly #store: TokenStore | undefined
  readonly #clock: Clock
  readonly #unsaved = new Map<string, Unsaved>()
  #retryAtMs = 0
  #isRetrying = false

  /** @param store undefined: nothing is stored, and nothing was */
  constructor(store: TokenStore | undefined, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  get(login: string): StoredToken | undefined {
    const stored = this.#store?.get(login)
    const unsaved = this.#unsaved.get(login.toLowerCase())
    return unsaved && isSame(stored, unsaved.before) ? unsaved.token : stored
  }

  /**
   * Stores what `before` was refreshed to, unless somebody has signed the bot in meanwhile: that is the later word.
   *
   * @returns what counts from now on
   * @throws ChorusError `tokens-unwritable`; then `token` counts all the same, until the process ends, and is written
   * as soon as that can be done.
   */
  async keep(login: string, before: StoredToken, token: StoredToken): Promise<StoredToken> {
    const key = login.toLowerCase()
    try {
      const unsaved = this.#unsaved.get(key)
      const kept = await this.#store?.update(key, (stored) =>
        stored === undefined || isSame(stored, before) || isSame(stored, unsaved?.before) ? token : stored,
      )
      this.#unsaved.delete(key)
      return kept ?? token
    } catch (error) {
      this.#unsaved.set(key, { before: this.#unsaved.get(key)?.before ?? before, token })
      this.#retryAtMs = this.#clock.now() + RETRY_MS
      throw error
    }
  }

  /** Tries again what could not be written, now and then. Never rejects: who calls was told of the failure. */
  async retry(): Promise<void> {
    if (this.#unsaved.size === 0 || this.#isRetrying || this.#clock.now() < this.#retryAtMs) return
    this.#isRetrying = true
    const writes = [...this.#unsaved].map(([login, { before, token }]) => this.keep(login, before, token))
    await Promise.allSettled(writes)
    this.#isRetrying = false
  }
}

/** Whether it is the same grant: the file is read anew, so the objects differ. */
function isSame(a: StoredToken | undefined, b: StoredToken | undefined): boolean {
  return a !== undefined && a.accessToken.reveal() === b?.accessToken.reveal()
}
