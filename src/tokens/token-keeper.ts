import { type Cancel, type Clock, every, MINUTE, SECOND } from '../clock.js'
import { type BotLogin, sameLogin } from '../domain.js'
import { ChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import type { KnownSecrets } from '../known-secrets.js'
import type { Random } from '../random.js'
import type { Secret } from '../secret.js'
import type { TokenChange, TokenSource } from '../token-source.js'
import { BotToken } from './bot-token.js'
import { chooseToken } from './current-token.js'
import type { TokenOwner } from './id-answer.js'
import type { IdServer } from './id-server.js'
import { StoredTokens } from './stored-tokens.js'
import { TokenNews } from './token-news.js'
import { TokenRefresher } from './token-refresher.js'
import type { TokenStore } from './token-store.js'
import { judgeOwner, type TokenFault, type TokenVerdict, unknownToken } from './token-verdict.js'

/** What a keeper needs. */
export interface TokenKeeperOptions {
  readonly bots: readonly BotLogin[]
  /** undefined: nothing is stored, so nothing can be refreshed either. */
  readonly store: TokenStore | undefined
  /** undefined: no token goes anywhere; none is checked or refreshed. */
  readonly idServer: Pick<IdServer, 'refresh' | 'validate'> | undefined
  /** The tokens of the environment and `.env`, as they are at each call. */
  readonly environmentTokens: () => ReadonlyMap<BotLogin, Secret>
  readonly clock: Clock
  /** Spreads the checks of several bots. */
  readonly random: Random
  readonly events: ChorusEmitter
  /** Learns every token before anybody can use it. */
  readonly secrets: KnownSecrets
}

/** What Twitch says of a bot's token; `unchecked`: nobody answered, which is no refusal. */
export type TokenHealth =
  | { readonly kind: 'none' }
  | { readonly kind: 'unchecked'; readonly reason: string }
  | (Extract<TokenVerdict, { kind: 'invalid' }> & { readonly owner?: TokenOwner })
  | (Extract<TokenVerdict, { kind: 'valid' }> & { readonly owner: TokenOwner })

/** Files are looked at, and what is due is begun, this often. */
const TICK_MS = 2 * SECOND
/** Twitch wants every token checked once an hour; jitter only makes it sooner. */
const CHECK_EVERY_MS = 60 * MINUTE
const CHECK_JITTER = 0.1
/** Between the first checks of two bots. */
const STAGGER_MS = SECOND / 4
/** Longest that a login waits for a refresh: silence is no refusal, and the token there is may do. */
const LOGIN_WAIT_MS = 4 * SECOND
/** Longest that a stop waits for a refresh: an answer that nobody stores is a sign-in lost. */
const STOP_WAIT_MS = 3 * SECOND

/**
 * Keeps the tokens of all bots good: checks them at start and hourly, as Twitch demands of chat bots, refreshes them
 * before they end, and takes up others that somebody sets or signs in meanwhile.
 */
export class TokenKeeper implements TokenSource, AsyncDisposable {
  readonly #options: TokenKeeperOptions
  readonly #bots: readonly BotToken[]
  readonly #stored: StoredTokens
  readonly #news: TokenNews
  readonly #refresher: TokenRefresher
  readonly #checks = new AbortController()
  /** Bots for which something is under way that was due. */
  readonly #busy = new Set<BotToken>()
  #cancelTick: Cancel | undefined
  #stopped: Promise<void> | undefined

  constructor(options: TokenKeeperOptions) {
    const { clock, events, idServer } = options
    this.#options = options
    this.#bots = options.bots.map((bot) => new BotToken(bot, clock))
    this.#stored = new StoredTokens(options.store, clock)
    this.#news = new TokenNews(events)
    this.#refresher = new TokenRefresher({
      idServer,
      clock,
      stored: this.#stored,
      news: this.#news,
      given: (held) => this.#given(held),
      choose: (held) => this.#choose(held),
      untilNextCheck: () => this.#untilNextCheck(),
    })
    for (const held of this.#bots) this.#choose(held)
  }

  /** Whether a bot has any token, good or not. */
  has(bot: BotLogin): boolean {
    return this.#find(bot)?.current !== undefined
  }

  /** Begins to check, refresh and look; delays nobody. Safe to call twice; after a stop it does nothing. */
  start(): void {
    const { clock, random, store } = this.#options
    if (this.#cancelTick || this.#stopped) return
    if (store?.close()) {
      const text = `${store.file} could be read by other users of this machine.`
      this.#news.fault(new ChorusError('tokens-open', text), 'token store')
    }
    for (const [place, held] of this.#bots.entries()) held.checkIn(place * STAGGER_MS * (1 + random()))
    this.#cancelTick = every(clock, TICK_MS, () => this.#tick())
  }

  /** Ends all of it; a refresh under way may still end and be stored. Safe to call twice, and at once. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end()
    return this.#stopped
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async forLogin(bot: BotLogin): Promise<Secret | undefined> {
    const held = this.#find(bot)
    if (!held) return undefined
    this.#look()
    if (held.endsSoon && held.refreshable) await this.#within(LOGIN_WAIT_MS, this.#refresher.refresh(held))
    return held.usable
  }

  async afterRefusal(bot: BotLogin, token: Secret): Promise<Secret | undefined> {
    const held = this.#find(bot)
    if (!held) return undefined
    this.#look()
    const another = () => (held.is(token) ? undefined : held.usable)
    if (another() || !held.refreshable || held.isFresh) return another()
    // Where nobody answers in time it is tried again, and the change is told.
    held.wantRefresh()
    await this.#within(LOGIN_WAIT_MS, this.#refresher.refresh(held))
    return another()
  }

  /** How a bot's token stands, asked now: refreshed before where that is needed, as for a login. Never rejects. */
  async examine(bot: BotLogin): Promise<TokenHealth> {
    const { idServer } = this.#options
    const held = this.#find(bot)
    const token = await this.forLogin(bot)
    if (!held || !token) return { kind: 'none' }
    if (!idServer) return { kind: 'unchecked', reason: 'there is no server to ask: TWITCH_ID_URL is not set' }
    const answer = await idServer.validate(token.reveal(), this.#checks.signal)
    if (answer.kind === 'unavailable') return { kind: 'unchecked', reason: answer.reason }
    if (answer.kind === 'ok') return { ...judgeOwner(held, answer.owner), owner: answer.owner }
    const other = await this.afterRefusal(bot, token)
    return other ? this.examine(bot) : { kind: 'invalid', fault: unknownToken(held, answer.says) }
  }

  onChange(listener: (change: TokenChange) => void): Cancel {
    return this.#news.onChange(listener)
  }

  #find(bot: BotLogin): BotToken | undefined {
    return this.#bots.find((held) => sameLogin(held.bot, bot))
  }

  #tick(): void {
    this.#look()
    void this.#stored.retry()
    for (const held of this.#bots) if (!this.#busy.has(held)) void this.#work(held)
  }

  /** Takes up what the environment, `.env` and the store hold now. Cheap where nothing has changed. */
  #look(): void {
    for (const held of this.#bots) if (this.#choose(held)) this.#news.replaced(held)
    const { store } = this.#options
    const toError = (damage: string) =>
      new ChorusError('tokens-damaged', `${store?.file} is damaged: ${damage}.`)
    this.#news.damaged(store?.read().damage, toError)
  }

  /** Takes the token that counts for a bot; true where it is another one than before. */
  #choose(held: BotToken): boolean {
    const isOther = held.take(chooseToken(this.#given(held), this.#stored.get(held.bot)))
    if (isOther) this.#learn(held)
    return isOther
  }

  #given({ bot }: BotToken): Secret | undefined {
    return [...this.#options.environmentTokens()].find(([login]) => sameLogin(login, bot))?.[1]
  }

  /** Makes the values known that must never be shown. */
  #learn({ current }: BotToken): void {
    const { secrets } = this.#options
    if (current) secrets.add(current.token.reveal())
    if (current?.from === 'store') secrets.add(current.stored.refreshToken?.reveal() ?? '')
  }

  async #work(held: BotToken): Promise<void> {
    const { due } = held
    if (due === undefined || !this.#options.idServer) return
    this.#busy.add(held)
    try {
      if (due === 'check') await this.#check(held)
      // What can't be refreshed any more may still be good for hours.
      else if ((await this.#refresher.refresh(held)) === 'refused') await this.#check(held)
    } catch (error) {
      this.#news.fault(error, 'token keeper')
    } finally {
      this.#busy.delete(held)
    }
  }

  async #check(held: BotToken): Promise<void> {
    const { idServer } = this.#options
    const token = held.current?.token
    if (!idServer || !token) return
    this.#learn(held)
    const answer = await idServer.validate(token.reveal(), this.#checks.signal)
    if (!held.is(token) || this.#stopped) return
    if (answer.kind === 'unavailable') {
      held.postpone()
      return this.#news.unchecked(held, answer.reason)
    }
    this.#news.answered()
    if (answer.kind === 'refused') return this.#mend(held, token, answer.says)
    held.checked(answer.owner.expiresInMs, this.#untilNextCheck())
    const verdict = judgeOwner(held, answer.owner)
    if (verdict.kind === 'invalid') return this.#revoke(held, verdict.fault)
    this.#reinstate(held)
    for (const flaw of verdict.flaws) this.#news.flawed(held, flaw)
  }

  /** Twitch knows the token no more: another one is got for it, or the bot is out. */
  async #mend(held: BotToken, token: Secret, says: string): Promise<void> {
    const result = await this.#refresher.refresh(held)
    if (!held.is(token) || this.#stopped) return
    if (result === 'unavailable') return held.wantRefresh()
    held.checkIn(this.#untilNextCheck())
    this.#revoke(held, unknownToken(held, says))
  }

  #revoke(held: BotToken, fault: TokenFault): void {
    if (held.invalidity === fault.reason) return
    held.invalidity = fault.reason
    this.#news.invalid(held, fault)
  }

  /** Twitch takes a token again that it had refused: a bot that was sent out may come back. */
  #reinstate(held: BotToken): void {
    if (held.invalidity === undefined) return
    held.invalidity = undefined
    this.#news.replaced(held)
  }

  #untilNextCheck(): number {
    return CHECK_EVERY_MS * (1 - CHECK_JITTER * this.#options.random())
  }

  /** Resolves with work that never rejects, or when it takes too long; then it goes on. */
  #within(ms: number, work: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve)
      void work.then(() => {
        cancel()
        resolve()
      })
    })
  }

  async #end(): Promise<void> {
    this.#cancelTick?.()
    this.#checks.abort()
    await this.#refresher.end((work) => this.#within(STOP_WAIT_MS, work))
  }
}
