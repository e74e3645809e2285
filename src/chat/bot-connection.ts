import { type Cancel, type Clock, SECOND } from '../clock.js'
import type { BotLogin, ChannelName } from '../domain.js'
import { adviceOn } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import type { Secret } from '../secret.js'
import type { TokenSource } from '../token-source.js'
import type { ChatServer } from './chat-server.js'
import { JOIN_GAP_MS, JoinPace } from './join-pace.js'
import { LeavingClients } from './leaving-clients.js'
import { reconnectDelayMs } from './reconnect-delay.js'
import { Successor } from './successor.js'
import { type ConnectionEnd, TmiClient, type TmiListener } from './tmi-client.js'

/** What a connection tells over all its attempts. */
export interface ConnectionListener extends Omit<TmiListener, 'open' | 'reconnectAsked' | 'ended' | 'fault'> {
  /** Whether something that was written to the connection is not answered. */
  isAwaited(client: TmiClient): boolean
  /** The connection is gone, with the answers to what was written to it. */
  closed(client: TmiClient): void
}

export interface BotConnectionOptions {
  readonly bot: BotLogin
  readonly tokens: Pick<TokenSource, 'forLogin' | 'afterRefusal'>
  readonly server: ChatServer
  readonly channels: readonly ChannelName[]
  readonly clock: Clock
  readonly random: Random
  readonly events: ChorusEmitter
  readonly seen?: ((id: string) => boolean) | undefined
  readonly listener: ConnectionListener
}

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly client: TmiClient; readonly cancel: Cancel }
  | { readonly kind: 'online'; readonly client: TmiClient; readonly sinceMs: number }
  | { readonly kind: 'waiting'; readonly cancel: Cancel }
  | { readonly kind: 'parked'; readonly reason: string }
  | { readonly kind: 'stopped' }

/** From the first byte to the end of the login. */
const LOGIN_DEADLINE_MS = 15 * SECOND
/** How long the first start, and a move, wait for channels that never answer a join. */
const JOIN_DEADLINE_MS = 5 * SECOND
/** A connection that lasted this long was a good one: the next failure counts as the first. */
const STABLE_MS = 30 * SECOND

/**
 * One bot's connection over time. Nothing here throws; what happens is told by events.
 *
 * | state      | is                                      | goes to                                                           |
 * | ---------- | --------------------------------------- | ----------------------------------------------------------------- |
 * | idle       | not started                             | connecting                                                        |
 * | connecting | an attempt, until the login is accepted | online; waiting (failed, or too slow); parked (login refused)       |
 * | online     | logged in; channels are joined          | waiting (connection lost); online (a successor took over); parked |
 * | waiting    | until the next attempt                  | connecting                                                        |
 * | parked     | someone must mend the token             | connecting (there is another)                                     |
 * | stopped    | the end, from every state               | none                                                              |
 */
export class BotConnection {
  readonly #options: BotConnectionOptions
  readonly #joinPace = new JoinPace()
  #state: State = { kind: 'idle' }
  /** Attempts in a row that failed or did not last. */
  #failures = 0
  readonly #settled: Promise<void>
  #settle: () => void = () => {}
  /** Twitch has asked to come again: the connection that will take the place of the one of now. */
  #successor: Successor | undefined
  readonly #leaving: LeavingClients

  constructor(options: BotConnectionOptions) {
    this.#options = options
    this.#leaving = new LeavingClients(options)
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  get bot(): BotLogin {
    return this.#options.bot
  }

  get state(): State['kind'] {
    return this.#state.kind
  }

  get joined(): readonly ChannelName[] {
    return [...(this.online?.joined ?? [])]
  }

  /** Why the bot can't log in until someone mends it. */
  get parkedReason(): string | undefined {
    return this.#state.kind === 'parked' ? this.#state.reason : undefined
  }

  /**
   * Connects, and goes on doing so until `stop`. Resolves when {@link settle} was called, when the bot is parked, when
   * its first attempt has failed, or when joining takes too long. Safe to call twice.
   */
  start(): Promise<void> {
    const { channels, clock } = this.#options
    if (this.#state.kind === 'idle') {
      this.#connect()
      const deadlineMs = LOGIN_DEADLINE_MS + JOIN_DEADLINE_MS + channels.length * JOIN_GAP_MS
      const cancel = clock.after(deadlineMs, this.#settle)
      this.#settled.then(cancel, cancel)
    }
    return this.#settled
  }

  /** {@link start} has done what it can: the bot is in its channels, or shut out of them. */
  settle(): void {
    this.#settle()
  }

  /** The client that listens and writes; `undefined` while there is none. */
  get online(): TmiClient | undefined {
    return this.#state.kind === 'online' ? this.#state.client : undefined
  }

  /** There is another token: a parked bot tries again. */
  tokenReplaced(): void {
    if (this.#state.kind !== 'parked') return
    this.#options.events.emit('bot:unparked', { bot: this.#options.bot })
    this.#failures = 0
    this.#connect()
  }

  /** Twitch says that the token is valid no more: the session must end. */
  tokenRevoked(reason: string): void {
    if (['connecting', 'online', 'waiting'].includes(this.#state.kind)) this.#park(reason)
  }

  /** Ends it for good; resolves when its sockets are gone. Safe to call twice. */
  async stop(): Promise<void> {
    if (this.#state.kind !== 'stopped') this.#enter({ kind: 'stopped' })
    this.#settle()
    await this.#leaving.stop()
  }

  /** The only place where the state changes; takes down what the old one held. */
  #enter(next: State): void {
    const last = this.#state
    this.#state = next
    if ('cancel' in last) last.cancel()
    const kept = 'client' in next ? next.client : undefined
    const successor = this.#successor
    this.#successor = undefined
    successor?.cancel()
    const left = 'client' in last && last.client !== kept ? last.client : undefined
    if (left && !this.#leaving.isRetired(left)) this.#leaving.close(left)
    if (successor?.client && successor.client !== kept) this.#leaving.close(successor.client)
  }

  #connect(): void {
    const client = this.#newClient()
    const cancel = this.#options.clock.after(LOGIN_DEADLINE_MS, () =>
      this.#retry('Twitch did not answer the login in time.'),
    )
    this.#enter({ kind: 'connecting', client, cancel })
    client.connect()
  }

  #newClient(): TmiClient {
    const { bot, events, listener, tokens, ...options } = this.#options
    const client: TmiClient = new TmiClient({
      ...options,
      login: bot,
      token: () => tokens.forLogin(bot),
      joinPace: this.#joinPace,
      listener: {
        ...listener,
        open: () => this.#opened(client),
        joined: (channel) => this.#joined(client, channel),
        reconnectAsked: () => this.#move(client),
        ended: (end) => this.#ended(client, end),
        fault: (error) => events.emit('error', { error, where: `chat connection of ${bot}` }),
      },
    })
    return client
  }

  #opened(client: TmiClient): void {
    if (this.#state.kind !== 'connecting') return
    this.#enter({ kind: 'online', client, sinceMs: this.#options.clock.now() })
  }

  #joined(client: TmiClient, channel: ChannelName): void {
    if (client === this.online) this.#options.listener.joined(channel)
    else if (client === this.#successor?.client) this.#successor.joined()
  }

  /** RECONNECT: another connection takes this one's place, which listens until then. */
  #move(client: TmiClient): void {
    const { bot, clock, events, random } = this.#options
    if (this.#state.kind !== 'online' || this.#state.client !== client || this.#successor) return
    if (clock.now() - this.#state.sinceMs >= STABLE_MS) this.#failures = 0
    // A server that asks again and again is no reason to log in without pause.
    const inMs = this.#failures === 0 ? 0 : reconnectDelayMs(this.#failures, random)
    this.#failures += 1
    this.#successor = new Successor({
      clock,
      inMs,
      deadlineMs: LOGIN_DEADLINE_MS + JOIN_DEADLINE_MS + client.joined.size * JOIN_GAP_MS,
      connect: () => {
        const next = this.#newClient()
        next.connect()
        return next
      },
      isComplete: (next) => [...client.joined].every((channel) => next.joined.has(channel)),
      ready: (next) => this.#takeOver(next),
    })
    events.emit('bot:moving', { bot, inMs: Math.round(inMs) })
  }

  /** The successor listens from now on; one that has come nowhere is given up, and the old one stays while it may. */
  #takeOver(next: TmiClient | undefined): void {
    const state = this.#state
    if (state.kind !== 'online') return
    const { clock } = this.#options
    if (!next?.isLoggedIn) {
      this.#enter({ ...state })
      return
    }
    // What was written to it last may not be answered yet.
    const old = state.client
    if (old.isOpen) this.#leaving.retire(old)
    this.#enter({ kind: 'online', client: next, sinceMs: clock.now() })
    for (const channel of next.joined) this.#options.listener.joined(channel)
  }

  #ended(client: TmiClient, end: ConnectionEnd): void {
    if (this.#leaving.isRetired(client)) {
      this.#leaving.close(client)
    } else if (client === this.#successor?.client) {
      // The old connection goes on until Twitch closes it.
      if (this.#state.kind === 'online') this.#enter({ ...this.#state })
    } else if (this.#successor?.client?.isLoggedIn) {
      this.#takeOver(this.#successor.client)
    } else if (end.kind === 'refused') {
      this.#refused(end.reason, end.token)
    } else {
      this.#retry(end.reason)
    }
  }

  /** A login was refused: with another token it is tried again, else someone must mend it. */
  #refused(reason: string, token: Secret | undefined): void {
    const { bot, events, tokens } = this.#options
    const undecided: State = { kind: 'waiting', cancel: () => {} }
    this.#enter(undecided)
    const decide = async () => {
      const other = token && (await tokens.afterRefusal(bot, token))
      if (this.#state !== undecided) return
      if (other) this.#again(this.#failures === 0)
      else this.#park(reason)
    }
    decide().catch((error: unknown) => {
      events.emit('error', { error, where: `login of ${bot}` })
      if (this.#state === undecided) this.#retry(reason)
    })
  }

  #park(reason: string): void {
    const { bot, events } = this.#options
    this.#enter({ kind: 'parked', reason })
    events.emit('bot:parked', { bot, reason, advice: adviceOn('login-refused', bot) })
    this.#settle()
  }

  #retry(reason: string): void {
    const { bot, clock, events } = this.#options
    const lastedMs = this.#state.kind === 'online' ? clock.now() - this.#state.sinceMs : 0
    if (lastedMs >= STABLE_MS) this.#failures = 0
    const retryInMs = this.#again()
    events.emit('bot:disconnected', { bot, reason, retryInMs: Math.round(retryInMs) })
    this.#settle()
  }

  /** Makes the next attempt after a pause, which is returned in milliseconds. */
  #again(isAtOnce = false): number {
    const { clock, random } = this.#options
    const inMs = isAtOnce ? 0 : reconnectDelayMs(this.#failures, random)
    this.#failures += 1
    this.#enter({ kind: 'waiting', cancel: clock.after(inMs, () => this.#connect()) })
    return inMs
  }
}
