import { type Clock, DAY } from '../clock.js'
import type { ChorusEmitter } from '../events.js'
import type { TokenUse, TokenUseStore } from '../token-use.js'

/** From this share of the day's tokens on only mentions are answered. */
const LOW_SHARE = 0.8

/** How much of the day's tokens is left: enough, too little for chance replies, or nothing. */
export type TokenLevel = 'enough' | 'low' | 'spent'

/** The use of tokens today, for whoever shows it. */
export interface TokenStatus extends TokenUse {
  /** The ceiling; 0 for none. */
  readonly perDay: number
  readonly level: TokenLevel
}

export interface TokenCeilingOptions {
  /** 0 for none: then they are only counted. */
  readonly perDay: number
  /** Without one the count ends with the process. */
  readonly store: TokenUseStore | undefined
  readonly clock: Clock
  readonly events: ChorusEmitter
}

/** Counts the tokens of a day (UTC) against their ceiling, and tells once when they run low and when they are spent. */
export class TokenCeiling {
  readonly #options: TokenCeilingOptions
  #use: TokenUse

  constructor(options: TokenCeilingOptions) {
    this.#options = options
    this.#use = { day: dayOf(options.clock.wall()), tokens: 0 }
  }

  /** Goes on with what an earlier run has used; to be called again when that could not be read before. */
  restore(): void {
    const stored = this.#options.store?.load()
    if (!isSound(stored)) return
    const isSameDay = stored.day === this.#use.day
    this.#use = isSameDay && stored.tokens < this.#use.tokens ? this.#use : stored
  }

  get level(): TokenLevel {
    return this.#levelOf(this.#today().tokens)
  }

  status(): TokenStatus {
    return { ...this.#today(), perDay: this.#options.perDay, level: this.level }
  }

  spend(tokens: number): void {
    const { events, perDay, store } = this.#options
    const before = this.#today()
    const use = { ...before, tokens: before.tokens + tokens }
    this.#use = use
    store?.save(use)
    const level = this.#levelOf(use.tokens)
    if (level === this.#levelOf(before.tokens) || level === 'enough') return
    events.emit(`tokens:${level}`, { ...use, perDay })
  }

  /** Begins a new day where one has come. */
  #today(): TokenUse {
    const today = dayOf(this.#options.clock.wall())
    const aheadMs = Date.parse(this.#use.day) - Date.parse(today)
    if (aheadMs < 0) this.#use = { day: today, tokens: 0 }
    // A wall clock that was set back over midnight must not give the same hours twice; one that was wrong by more has
    // named a day that is far away.
    else if (aheadMs > DAY) this.#use = { ...this.#use, day: today }
    return this.#use
  }

  #levelOf(tokens: number): TokenLevel {
    const { perDay } = this.#options
    if (perDay === 0 || tokens < perDay * LOW_SHARE) return 'enough'
    return tokens < perDay ? 'low' : 'spent'
  }
}

function isSound(use: TokenUse | undefined): use is TokenUse {
  return (
    use !== undefined && !Number.isNaN(Date.parse(use.day)) && Number.isFinite(use.tokens) && use.tokens >= 0
  )
}

function dayOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10)
}
