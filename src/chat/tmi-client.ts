import { type Cancel, type Clock, SECOND } from '../clock.js'
import {
  type BotLogin,
  type ChannelName,
  type ChatMessage,
  type Clearing,
  type Raid,
  sameLogin,
  toChannelName,
} from '../domain.js'
import type { Secret } from '../secret.js'
import type { ChatServer } from './chat-server.js'
import { fromRaw, given, type RawLine } from './from-raw.js'
import type { JoinPace } from './join-pace.js'
import { Pings } from './pings.js'
import { parseRaid } from './raid-line.js'
import type { RoomModes } from './room-standing.js'
import { parseClearing, parseRoomState, parseUserState, type UserState } from './state-lines.js'
import { TmiWire } from './tmi-wire.js'
import { Watchdog } from './watchdog.js'

/** How a connection ended. `refused`: this token will never do. */
export type ConnectionEnd =
  | { readonly kind: 'refused'; readonly reason: string; readonly token: Secret | undefined }
  | { readonly kind: 'lost'; readonly reason: string }

/** What a connection tells. */
export interface TmiListener {
  /** Logged in; joins begin. */
  open(): void
  joined(channel: ChannelName): void
  /** @param nonce what the line's sender called it, where Twitch tells */
  message(message: ChatMessage, nonce: string | undefined): void
  userState(state: UserState): void
  roomState(channel: ChannelName, modes: RoomModes): void
  /** Moderators have cleared something away, at the time that Twitch tells. */
  cleared(clearing: Clearing, sentAt: string | undefined): void
  /** Another streamer has raided a channel. */
  raided(raid: Raid): void
  /** Twitch objects to something, by the id of its NOTICE. */
  notice(id: string, channel: ChannelName, text: string): void
  /** Twitch will close this connection soon, and asks to come again. */
  reconnectAsked(): void
  /** Called once and last; not after `close()`. */
  ended(end: ConnectionEnd): void
  /** Something was thrown, by a callback or inside tmi.js; the connection goes on. */
  fault(error: unknown): void
}

export interface TmiClientOptions {
  readonly server: ChatServer
  readonly login: BotLogin
  /** Gives the token to log in with; asked once. */
  readonly token: () => Promise<Secret | undefined>
  readonly channels: readonly ChannelName[]
  readonly clock: Clock
  readonly joinPace: JoinPace
  /** Whether a line with this id was heard on another connection: it is dropped before it costs anything. */
  readonly seen?: ((id: string) => boolean) | undefined
  readonly listener: TmiListener
}

/** A join may be lost, or the channel closed: those that are missing are asked for again. */
const JOIN_AGAIN_MS = 30 * SECOND
/** The server's words for credentials that will not do. "Error logging in" is a fault of its own: try again. */
const REFUSALS = [
  'Login authentication failed',
  'Login unsuccessful',
  'Improperly formatted auth',
  'Invalid NICK',
]

/**
 * One connection attempt of one bot, from the first byte to the last. It never reconnects: a fresh client per attempt
 * carries nothing over from one that went wrong.
 */
export class TmiClient {
  readonly #options: TmiClientOptions
  readonly #watchdog: Watchdog
  readonly #joined = new Set<ChannelName>()
  #token: Secret | undefined
  /** Unset until there is a token. */
  #wire: TmiWire | undefined
  /** When the server was last heard, in clock milliseconds. */
  #heardAtMs = Number.NEGATIVE_INFINITY
  readonly #pings = new Pings()
  #isLoggedIn = false
  #cancelJoin: Cancel = () => {}
  #isOver = false

  constructor(options: TmiClientOptions) {
    this.#options = options
    this.#watchdog = new Watchdog({
      clock: options.clock,
      heardAtMs: () => this.#heardAtMs,
      ping: () => this.ping(),
      dead: () => this.#end({ kind: 'lost', reason: 'Twitch does not answer any more.' }),
    })
  }

  /** Whether it takes lines: it may be on its way to log in. */
  get isOpen(): boolean {
    return this.#wire?.isOpen ?? false
  }

  get isLoggedIn(): boolean {
    return this.#isLoggedIn
  }

  /** Channels this connection is in. */
  get joined(): ReadonlySet<ChannelName> {
    return this.#joined
  }

  /** When the {@link ping} was sent that the server answered last, in clock milliseconds. */
  get answeredPingMs(): number {
    return this.#pings.answeredMs
  }

  /** Asks for a sign of life. */
  ping(): void {
    this.write(this.#pings.next(this.#options.clock.now()))
  }

  /** Begins; what comes of it is told to the listener. To be called once. */
  connect(): void {
    this.#connect().catch((error: Error) => this.#end({ kind: 'lost', reason: error.message }))
  }

  /** Whether the bot is in the channel and the connection takes lines. */
  canWrite(channel: ChannelName): boolean {
    return this.#joined.has(channel) && this.isOpen
  }

  /** Writes one raw line; nothing where the connection takes none. */
  write(raw: string): void {
    if (this.#wire?.isOpen) this.#wire.write(raw)
  }

  /** Ends the connection; resolves when the socket is gone. Nothing is told to the listener any more. */
  close(): Promise<void> {
    this.#isOver = true
    this.#cancelJoin()
    this.#watchdog.stop()
    this.#joined.clear()
    return this.#wire?.close() ?? Promise.resolve()
  }

  async #connect(): Promise<void> {
    this.#token = await this.#options.token()
    if (this.#isOver) return
    const token = this.#token?.reveal().trim() ?? ''
    // A line end in the token would be a command of its own.
    if (!/^[\w:.-]+$/.test(token)) {
      this.#refuse('The token is empty, or holds characters that no token has.')
      return
    }
    this.#wire = this.#open(token)
    await this.#wire.connect()
  }

  #open(token: string): TmiWire {
    const { server, login, clock, listener } = this.#options
    const wire = new TmiWire({
      server,
      login,
      token,
      clock,
      take: (line) => {
        this.#heardAtMs = clock.now()
        return this.#isTaken(line)
      },
      fault: (error) => listener.fault(error),
    })
    this.#listen(wire)
    return wire
  }

  #listen(wire: TmiWire): void {
    const { listener } = this.#options
    // An id that is empty comes as `true`.
    const notice = (channel: string, id: unknown, text: string | null) =>
      listener.notice(given(id) ?? 'unknown', toChannelName(channel), text ?? '')
    wire.on('connected', () => this.#loggedIn(wire.username))
    wire.on('join', (channel, _user, self) => {
      if (!self) return
      this.#joined.add(toChannelName(channel))
      listener.joined(toChannelName(channel))
    })
    wire.on('part', (channel, _user, self) => {
      if (self) this.#joined.delete(toChannelName(channel))
    })
    wire.on('notice', notice)
    // What AutoMod does to a line is an event of its own.
    wire.on('automod', notice)
    wire.on('disconnected', (reason) => this.#end({ kind: 'lost', reason: wire.explain(reason) }))
  }

  #loggedIn(name: string): void {
    const { login, listener } = this.#options
    if (!sameLogin(name, login)) {
      // Twitch goes by the token. Under a name that nobody knows as a bot's, bots would answer each other.
      this.#refuse(`The token is that of ${name}.`)
      return
    }
    this.#isLoggedIn = true
    this.#watchdog.start()
    listener.open()
    this.#joinFrom(0)
  }

  /** Lines that are dealt with here and that tmi.js does not get. */
  #isTaken(line: RawLine): boolean {
    const { listener } = this.#options
    switch (line.command) {
      case 'PRIVMSG':
        this.#hear(line)
        return true
      case 'USERNOTICE': {
        const raid = parseRaid(line, this.#options.clock.now())
        if (raid) listener.raided(raid)
        else this.#hear(line)
        return false
      }
      case 'USERSTATE':
        listener.userState(parseUserState(line))
        return false
      case 'ROOMSTATE': {
        const { channel, modes } = parseRoomState(line)
        listener.roomState(channel, modes)
        return false
      }
      case 'CLEARCHAT':
      case 'CLEARMSG': {
        const clearing = parseClearing(line)
        if (clearing) listener.cleared(clearing, given(line.tags['tmi-sent-ts']))
        return true
      }
      case 'RECONNECT':
        // tmi.js would connect again on its own, and without a word to us.
        listener.reconnectAsked()
        return true
      case 'PONG':
        return this.#isAnswerToPing(line)
      case 'NOTICE':
        return this.#isRefusal(line)
      default:
        return false
    }
  }

  #hear(line: RawLine): void {
    const { seen, clock, listener } = this.#options
    const id = line.tags['source-id'] ?? line.tags.id
    if (typeof id === 'string' && seen?.(id)) return
    const message = fromRaw(line, clock.now())
    if (message) listener.message(message, given(line.tags['client-nonce']))
  }

  /** tmi.js asks without a word, and knows no answer that has one. */
  #isAnswerToPing({ params: [_server, word] }: RawLine): boolean {
    return word !== undefined && this.#pings.answered(word)
  }

  /** tmi.js would wait for the server's goodbye before it says anything. */
  #isRefusal({ params: [target, text = ''] }: RawLine): boolean {
    if (target !== '*' || !REFUSALS.some((words) => text.includes(words))) return false
    this.#refuse(text)
    return true
  }

  #refuse(reason: string): void {
    this.#end({ kind: 'refused', reason, token: this.#token })
  }

  /** Joins what is missing, one channel after the other; then looks again from time to time. */
  #joinFrom(index: number): void {
    const { channels, clock, joinPace } = this.#options
    const place = channels.findIndex((channel, at) => at >= index && !this.#joined.has(channel))
    const channel = channels[place]
    if (channel === undefined) {
      this.#cancelJoin = clock.after(JOIN_AGAIN_MS, () => this.#joinFrom(0))
      return
    }
    const waitMs = joinPace.waitMs(clock.now())
    if (waitMs > 0) {
      this.#cancelJoin = clock.after(waitMs, () => this.#joinFrom(place))
      return
    }
    joinPace.record(clock.now())
    this.write(`JOIN #${channel}`)
    this.#cancelJoin = clock.after(joinPace.waitMs(clock.now()), () => this.#joinFrom(place + 1))
  }

  #end(end: ConnectionEnd): void {
    if (this.#isOver) return
    this.close().catch((error: unknown) => this.#options.listener.fault(error))
    this.#options.listener.ended(end)
  }
}
