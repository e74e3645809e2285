import { type Clock, MINUTE, SECOND } from '../clock.js'
import type { BotLogin } from '../domain.js'
import type { Secret } from '../secret.js'
import type { CurrentToken } from './current-token.js'
import type { StoredToken } from './stored-token.js'

/** A token that ends within this time is refreshed; one that lives for less than four times as long, later. */
const REFRESH_AHEAD_MS = 10 * MINUTE
/** First pause after the server could not be asked, doubled each time. */
const BACK_OFF_MS = 15 * SECOND
const BACK_OFF_MAX_MS = 10 * MINUTE
/** A token that chat refuses within this time of its refresh is not to blame: the next one would be refused, too. */
const FRESH_MS = MINUTE
/** A token that can’t be refreshed is looked at so soon after its end. */
const END_LOOK_MS = 2 * SECOND

/** What there is to do for a token now. */
export type Due = 'refresh' | 'check' | undefined

/** One bot’s token and what is known of it. It decides what is due; it does nothing. */
export class BotToken {
  readonly bot: BotLogin
  readonly #clock: Clock
  #current: CurrentToken | undefined
  /** By both clocks: the one on the wall may jump, the other says nothing of what was stored by an earlier process. */
  #end: { readonly wallMs: number; readonly nowMs?: number } | undefined
  /** Known of tokens that were refreshed here. */
  #lifeMs = Number.POSITIVE_INFINITY
  /** The refresh token that the server has refused, for good, and its words. */
  #refusal: { readonly refreshToken: string; readonly says: string } | undefined
  #isRefreshWanted = false
  #freshUntilMs = Number.NEGATIVE_INFINITY
  #checkAtMs = 0
  #notBeforeMs = 0
  #failures = 0
  /** Why the token must not be used. */
  invalidity: string | undefined
  /** Flaws of the token that were told. Bounded by their kinds. */
  readonly toldFlaws = new Set<string>()

  constructor(bot: BotLogin, clock: Clock) {
    this.bot = bot
    this.#clock = clock
  }

  get current(): CurrentToken | undefined {
    return this.#current
  }

  /** Whether this is the present token. */
  is(token: Secret): boolean {
    return this.#current?.token.reveal() === token.reveal()
  }

  /** The token to log in with. */
  get usable(): Secret | undefined {
    return this.invalidity === undefined ? this.#current?.token : undefined
  }

  /** What it can be refreshed with; undefined where that is impossible, or has been refused. */
  get refreshable(): { readonly stored: StoredToken; readonly refreshToken: string } | undefined {
    const stored = this.#current?.from === 'store' ? this.#current.stored : undefined
    const refreshToken = stored?.refreshToken?.reveal()
    if (!stored || refreshToken === undefined || refreshToken === this.#refusal?.refreshToken)
      return undefined
    return { stored, refreshToken }
  }

  /** The words with which the server refused to refresh the present token. */
  get refusal(): string | undefined {
    const stored = this.#current?.from === 'store' ? this.#current.stored : undefined
    return stored?.refreshToken?.reveal() === this.#refusal?.refreshToken ? this.#refusal?.says : undefined
  }

  /** Whether it ends soon, or has ended. A clock that jumps makes it so too early rather than never. */
  get endsSoon(): boolean {
    if (!this.#end) return false
    const aheadMs = Math.min(REFRESH_AHEAD_MS, this.#lifeMs / 4)
    const { wallMs, nowMs = Number.POSITIVE_INFINITY } = this.#end
    return this.#clock.wall() >= wallMs - aheadMs || this.#clock.now() >= nowMs - aheadMs
  }

  /** Whether it has just been refreshed. */
  get isFresh(): boolean {
    return this.#clock.now() < this.#freshUntilMs
  }

  /** What is due at this moment. */
  get due(): Due {
    const now = this.#clock.now()
    if (!this.#current || now < this.#notBeforeMs) return undefined
    if (this.refreshable && (this.#isRefreshWanted || this.endsSoon)) return 'refresh'
    return now >= this.#checkAtMs ? 'check' : undefined
  }

  /**
   * Takes a token as the present one. What vanishes without another in its place stays: it was taken from a file, not
   * from Twitch. A file may also be caught half written.
   *
   * @returns whether it is another token than before
   */
  take(choice: CurrentToken | undefined): boolean {
    if (!choice) return false
    const isOther = !this.is(choice.token)
    this.#current = choice
    if (!isOther) return false
    const endsAtMs = choice.from === 'store' ? choice.stored.endsAtMs : undefined
    this.#end = endsAtMs === undefined ? undefined : { wallMs: endsAtMs }
    this.#lifeMs = Number.POSITIVE_INFINITY
    this.#isRefreshWanted = false
    this.#freshUntilMs = Number.NEGATIVE_INFINITY
    this.#checkAtMs = 0
    this.invalidity = undefined
    this.toldFlaws.clear()
    this.#succeed()
    return true
  }

  /** It was checked and is good. */
  checked(expiresInMs: number | undefined, nextCheckInMs: number): void {
    this.#endIn(expiresInMs)
    const isLast = expiresInMs !== undefined && !this.refreshable
    this.checkIn(isLast ? Math.min(nextCheckInMs, expiresInMs + END_LOOK_MS) : nextCheckInMs)
    this.#succeed()
  }

  /** It has just been refreshed to what is present now. */
  refreshed(expiresInMs: number | undefined, nextCheckInMs: number): void {
    this.#lifeMs = expiresInMs ?? Number.POSITIVE_INFINITY
    this.#isRefreshWanted = false
    this.#freshUntilMs = this.#clock.now() + FRESH_MS
    this.checked(expiresInMs, nextCheckInMs)
  }

  /** It can’t be refreshed any more, and the present token is to be looked at. */
  refreshRefused(refreshToken: string, says: string): void {
    this.#refusal = { refreshToken, says }
    this.#isRefreshWanted = false
    this.#checkAtMs = 0
    this.#succeed()
  }

  /** Twitch has refused it somewhere: it is refreshed as soon as that can be done. */
  wantRefresh(): void {
    this.#isRefreshWanted = true
  }

  checkIn(ms: number): void {
    this.#checkAtMs = this.#clock.now() + ms
  }

  /** The server could not be asked: not again before some time has passed. */
  postpone(): void {
    this.#notBeforeMs = this.#clock.now() + Math.min(BACK_OFF_MS * 2 ** this.#failures, BACK_OFF_MAX_MS)
    this.#failures += 1
  }

  #endIn(expiresInMs: number | undefined): void {
    this.#end =
      expiresInMs === undefined
        ? undefined
        : { wallMs: this.#clock.wall() + expiresInMs, nowMs: this.#clock.now() + expiresInMs }
  }

  #succeed(): void {
    this.#failures = 0
    this.#notBeforeMs = 0
  }
}
