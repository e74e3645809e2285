import { type Cancel, type Clock, SECOND } from '../clock.js'
import { assertNever, type BotLogin, type ChannelName, type ChatMessage } from '../domain.js'
import { ChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import type { ChatServer } from './chat-server.js'
import { reconnectDelayMs } from './reconnect-delay.js'
import { type ConnectionEnd, JOIN_GAP_MS, TmiClient } from './tmi-client.js'

export interface BotConnectionOptions {
  readonly bot: BotLogin
  readonly token: string
  readonly server: ChatServer
  readonly channels: readonly ChannelName[]
  readonly clock: Clock
  readonly random: Random
  readonly events: ChorusEmitter
  readonly onMessage: (message: ChatMessage) => void
  readonly seen?: ((id: string) => boolean) | undefined
  /** The bot can write again to a channel. */
  readonly onJoined: (channel: ChannelName) => void
  /** Twitch took or refused what the bot last wrote to a channel. */
  readonly onAnswered: (channel: ChannelName) => void
}

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly client: TmiClient; readonly cancel: Cancel }
  | { readonly kind: 'online'; readonly client: TmiClient; readonly sinceMs: number }
  | { readonly kind: 'waiting'; readonly untilMs: number; readonly cancel: Cancel }
  | { readonly kind: 'parked'; readonly reason: string }
  | { readonly kind: 'stopped' }

/** From the first byte to the end of the login. */
const LOGIN_DEADLINE_MS = 15 * SECOND
/** How long the first start waits for channels that never answer a join. */
const JOIN_DEADLINE_MS = 5 * SECOND
/** A connection that lasted this long was a good one: the next failure counts as the first. */
const STABLE_MS = 30 * SECOND
/** NOTICEs that answer a JOIN: the bot is shut out of the channel. */
const SHUT_OUT: ReadonlySet<string> = new Set([
  'msg_banned',
  'msg_banned_email_alias',
  'msg_channel_blocked',
  'msg_channel_suspended',
  'msg_room_not_found',
  'msg_suspended',
  'tos_ban',
])

/** NOTICEs about a line. Others tell of the room, such as a mode that a moderator has switched. */
const ABOUT_A_LINE =
  /^(?:msg_|unrecognized_cmd|unavailable_command|no_permission|usage_|tos_ban|invalid_user)/

/**
 * One bot's connection over time. Nothing here throws; what happens is told by events.
 *
 * | state      | is                                      | goes to                                                      |
 * | ---------- | --------------------------------------- | ------------------------------------------------------------ |
 * | idle       | not started                             | connecting                                                   |
 * | connecting | an attempt, until the login is accepted | online; waiting (failed, or too slow); parked (login refused) |
 * | online     | logged in; channels are joined          | waiting (connection lost, or RECONNECT: for 0 ms); parked    |
 * | waiting    | until the next attempt                  | connecting                                                   |
 * | parked     | someone must mend it                    | none                                                         |
 * | stopped    | the end, from every state               | none                                                         |
 */
export class BotConnection {
  readonly #options: BotConnectionOptions
  #state: State = { kind: 'idle' }
  /** Attempts in a row that failed or did not last. */
  #failures = 0
  /** Channels that shut this bot out, and in which words. At most one entry per channel. */
  readonly #shutOut = new Map<ChannelName, string>()
  readonly #settled: Promise<void>
  #settle: () => void = () => {}
  #closing: Promise<void> = Promise.resolve()

  constructor(options: BotConnectionOptions) {
    this.#options = options
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
    return this.#state.kind === 'online' ? [...this.#state.client.joined] : []
  }

  /** Why the bot may talk nowhere until someone mends it: it is parked, or shut out of all its channels. */
  get parkedReason(): string | undefined {
    if (this.#state.kind === 'parked') return this.#state.reason
    const isShutOut = this.#shutOut.size === this.#options.channels.length
    return isShutOut ? [...this.#shutOut.values()][0] : undefined
  }

  /** Why the bot can't get on in the channel; `undefined` where it can, or needs only wait for the network. */
  blocked(channel: ChannelName): string | undefined {
    return this.parkedReason ?? this.#shutOut.get(channel)
  }

  /**
   * Connects, and goes on doing so until `stop`. Resolves when the bot has joined its channels (or was shut out of
   * them), is parked, or its first attempt has failed. Safe to call twice.
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

  /** Writes one raw line to a channel; false, and nothing written, where the bot is not in it. */
  write(channel: ChannelName, raw: string): boolean {
    return this.#state.kind === 'online' && this.#state.client.write(channel, raw)
  }

  /** When the server was last heard on the connection of now, in clock milliseconds. */
  get heardAtMs(): number {
    return this.#state.kind === 'online' ? this.#state.client.heardAtMs : Number.NEGATIVE_INFINITY
  }

  /** Asks the server for a sign of life. */
  ping(): void {
    if (this.#state.kind === 'online') this.#state.client.ping()
  }

  /** Ends it for good; resolves when its sockets are gone. Safe to call twice. */
  async stop(): Promise<void> {
    if (this.#state.kind !== 'stopped') this.#enter({ kind: 'stopped' })
    this.#settle()
    await this.#closing
  }

  /** The only place where the state changes; takes down what the old one held. */
  #enter(next: State): void {
    const last = this.#state
    this.#state = next
    if ('cancel' in last) last.cancel()
    const goesOn = 'client' in last && 'client' in next && last.client === next.client
    if ('client' in last && !goesOn) this.#closing = this.#closingWith(last.client)
  }

  async #closingWith(client: TmiClient): Promise<void> {
    await Promise.all([this.#closing, client.close()])
  }

  #connect(): void {
    const { bot, token, server, channels, clock, seen, events, onMessage } = this.#options
    const client = new TmiClient({
      server,
      login: bot,
      token,
      channels,
      clock,
      seen,
      listener: {
        open: () => this.#enter({ kind: 'online', client, sinceMs: clock.now() }),
        joined: (channel) => this.#joinedChannel(channel),
        message: onMessage,
        accepted: this.#options.onAnswered,
        notice: (id, channel, text) => this.#noticed(id, channel, text),
        ended: (end) => this.#ended(end),
        fault: (error) => events.emit('error', { error, where: `chat connection of ${bot}` }),
      },
    })
    const cancel = clock.after(LOGIN_DEADLINE_MS, () =>
      this.#ended({ kind: 'lost', reason: 'Twitch did not answer the login in time.' }),
    )
    this.#enter({ kind: 'connecting', client, cancel })
    client.connect()
  }

  #joinedChannel(channel: ChannelName): void {
    const { bot, events, onJoined } = this.#options
    this.#shutOut.delete(channel)
    this.#settleIfAnswered()
    events.emit('bot:joined', { bot, channel })
    onJoined(channel)
  }

  #noticed(notice: string, channel: ChannelName, text: string): void {
    const { bot, channels, events, onAnswered } = this.#options
    if (!channels.includes(channel)) return
    if (!ABOUT_A_LINE.test(notice)) return
    if (this.joined.includes(channel) || !SHUT_OUT.has(notice)) {
      events.emit('line:refused', { bot, channel, notice, text })
      onAnswered(channel)
      return
    }
    // Joins are asked for again and again; the same answer is news only once.
    const isNews = this.#shutOut.get(channel) !== text
    this.#shutOut.set(channel, text)
    this.#settleIfAnswered()
    if (isNews) events.emit('channel:closed', { bot, channel, reason: text })
  }

  #settleIfAnswered(): void {
    const joined = new Set(this.joined)
    if (this.#options.channels.every((channel) => joined.has(channel) || this.#shutOut.has(channel))) {
      this.#settle()
    }
  }

  #ended(end: ConnectionEnd): void {
    switch (end.kind) {
      case 'refused':
        this.#park(end.reason)
        break
      case 'reconnect':
      case 'lost':
        this.#retry(end)
        break
      default:
        assertNever(end)
    }
    this.#settle()
  }

  #park(reason: string): void {
    const { bot, events } = this.#options
    const { advice } = new ChorusError('login-refused', reason)
    this.#enter({ kind: 'parked', reason })
    events.emit('bot:parked', { bot, reason, advice: advice.replace('<LOGIN>', bot.toUpperCase()) })
  }

  #retry(end: ConnectionEnd): void {
    const { bot, clock, random, events } = this.#options
    const lastedMs = this.#state.kind === 'online' ? clock.now() - this.#state.sinceMs : 0
    if (lastedMs >= STABLE_MS) this.#failures = 0
    // A server that asks again and again is no reason to log in without pause.
    const isAtOnce = end.kind === 'reconnect' && this.#failures === 0
    const retryInMs = isAtOnce ? 0 : reconnectDelayMs(this.#failures, random)
    this.#failures += 1
    const cancel = clock.after(retryInMs, () => this.#connect())
    this.#enter({ kind: 'waiting', untilMs: clock.now() + retryInMs, cancel })
    events.emit('bot:disconnected', { bot, reason: end.reason, retryInMs: Math.round(retryInMs) })
  }
}
