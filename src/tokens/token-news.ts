import type { Cancel } from '../clock.js'
import type { ChorusEmitter } from '../events.js'
import type { TokenChange } from '../token-source.js'
import type { BotToken } from './bot-token.js'
import type { TokenFault, TokenFlaw } from './token-verdict.js'

/** What is told of tokens: to the log as events, to chat as changes. Each thing once. */
export class TokenNews {
  readonly #events: ChorusEmitter
  readonly #listeners = new Set<(change: TokenChange) => void>()
  #isUnchecked = false
  #damage: string | undefined

  constructor(events: ChorusEmitter) {
    this.#events = events
  }

  onChange(listener: (change: TokenChange) => void): Cancel {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  replaced({ bot }: BotToken): void {
    this.#events.emit('token:replaced', { bot })
    this.#tell({ kind: 'replaced', bot })
  }

  refreshed({ bot }: BotToken, expiresInMs: number | undefined): void {
    this.#events.emit('token:refreshed', { bot, expiresInMs })
    this.#tell({ kind: 'replaced', bot })
  }

  /** The token must not be used any more. */
  invalid({ bot }: BotToken, fault: TokenFault): void {
    this.#events.emit('token:invalid', { bot, ...fault })
    this.#tell({ kind: 'revoked', bot, reason: fault.reason })
  }

  /** Told once per token and kind. */
  flawed(held: BotToken, { kind, ...fault }: TokenFlaw): void {
    if (held.toldFlaws.has(kind)) return
    held.toldFlaws.add(kind)
    this.#events.emit('token:flawed', { bot: held.bot, ...fault })
  }

  /** The server does not answer; told once until {@link answered}. */
  unchecked({ bot }: BotToken, reason: string): void {
    if (this.#isUnchecked) return
    this.#isUnchecked = true
    this.#events.emit('token:unchecked', { bot, reason })
  }

  answered(): void {
    this.#isUnchecked = false
  }

  /** The store holds something that can’t be read; told once per `damage`, undefined where there is none. */
  damaged(damage: string | undefined, toError: (damage: string) => Error): void {
    const isNew = damage !== undefined && damage !== this.#damage
    this.#damage = damage
    if (isNew) this.fault(toError(damage), 'token store')
  }

  fault(error: unknown, where: string): void {
    this.#events.emit('error', { error, where })
  }

  #tell(change: TokenChange): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change)
      } catch (error) {
        this.fault(error, 'listener of tokens')
      }
    }
  }
}
