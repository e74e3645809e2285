import { type Cancel, type Clock, SECOND } from '../clock.js'
import { type BotLogin, type ChannelName, type ChatMessage, sameLogin, toChannelName } from '../domain.js'
import type { ChatServer } from './chat-server.js'
import { fromRaw, type RawLine } from './from-raw.js'
import { TmiWire } from './tmi-wire.js'

/** How a connection ended. `refused`: these credentials will never do. `reconnect`: Twitch asks to come again. */
export type ConnectionEnd =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'reconnect'; readonly reason: string }
  | { readonly kind: 'lost'; readonly reason: string }

/** What a connection tells. */
export interface TmiListener {
  /** Logged in; joins begin. */
  open(): void
  joined(channel: ChannelName): void
  message(message: ChatMessage): void
  /** Twitch took what was last written to the channel, or, where nothing was, has let the bot in. */
  accepted(channel: ChannelName): void
  /** Twitch objects to something, by the id of its NOTICE. */
  notice(id: string, channel: ChannelName, text: string): void
  /** Called once and last; not after `close()`. */
  ended(end: ConnectionEnd): void
  /** Something was thrown, by a callback or inside tmi.js; the connection goes on. */
  fault(error: unknown): void
}

export interface TmiClientOptions {
  readonly server: ChatServer
  readonly login: BotLogin
  /** With or without `oauth:`. */
  readonly token: string
  readonly channels: readonly ChannelName[]
  readonly clock: Clock
  /** Whether a line with this id was heard on another connection: it is dropped before it costs anything. */
  readonly seen?: ((id: string) => boolean) | undefined
  readonly listener: TmiListener
}

/** Twitch takes 20 joins in 10 s; at this distance no 10 s hold more than 19. */
export const JOIN_GAP_MS = 550
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
  readonly #wire: TmiWire
  readonly #joined = new Set<ChannelName>()
  #heardAtMs = Number.NEGATIVE_INFINITY
  #cancelJoin: Cancel = () => {}
  #isOver = false

  constructor(options: TmiClientOptions) {
    this.#options = options
    const { server, login, clock, listener } = options
    this.#wire = new TmiWire({
      server,
      login,
      token: options.token.trim(),
      clock,
      take: (line) => {
        this.#heardAtMs = clock.now()
        return this.#isTaken(line)
      },
      fault: (error) => listener.fault(error),
    })
    this.#listen()
  }

  /** Channels this connection is in. */
  get joined(): ReadonlySet<ChannelName> {
    return this.#joined
  }

  /** When the server was last heard, in clock milliseconds. */
  get heardAtMs(): number {
    return this.#heardAtMs
  }

  /** Asks for a sign of life, which `heardAtMs` will show. */
  ping(): void {
    if (this.#wire.isOpen) this.#wire.write('PING')
  }

  /** Begins; what comes of it is told to the listener. To be called once. */
  connect(): void {
    // A line end in the token would be a command of its own.
    if (/^[\w:.-]+$/.test(this.#options.token.trim())) {
      this.#wire.connect().catch((error: Error) => this.#end({ kind: 'lost', reason: error.message }))
    } else {
      this.#end({ kind: 'refused', reason: 'The token is empty, or holds characters that no token has.' })
    }
  }

  /** Writes one raw line to a channel; false, and nothing written, where the bot is not in it. */
  write(channel: ChannelName, raw: string): boolean {
    if (!this.#joined.has(channel) || !this.#wire.isOpen) return false
    this.#wire.write(raw)
    return true
  }

  /** Ends the connection; resolves when the socket is gone. Nothing is told to the listener any more. */
  close(): Promise<void> {
    this.#isOver = true
    this.#cancelJoin()
    this.#joined.clear()
    return this.#wire.close()
  }

  #listen(): void {
    const { listener } = this.#options
    const notice = (channel: string, id: string | null, text: string | null) =>
      listener.notice(id ?? 'unknown', toChannelName(channel), text ?? '')
    this.#wire.on('connected', () => this.#loggedIn())
    this.#wire.on('join', (channel, _user, self) => {
      if (!self) return
      this.#joined.add(toChannelName(channel))
      listener.joined(toChannelName(channel))
    })
    this.#wire.on('part', (channel, _user, self) => {
      if (self) this.#joined.delete(toChannelName(channel))
    })
    this.#wire.on('notice', notice)
    // What AutoMod does to a line is an event of its own.
    this.#wire.on('automod', notice)
    this.#wire.on('disconnected', (reason) => this.#end({ kind: 'lost', reason: this.#wire.explain(reason) }))
  }

  #loggedIn(): void {
    const { login, listener } = this.#options
    const name = this.#wire.username
    if (sameLogin(name, login)) {
      listener.open()
      this.#joinFrom(0)
    } else {
      // Twitch goes by the token. Under a name that nobody knows as a bot's, bots would answer each other.
      this.#end({ kind: 'refused', reason: `The token is that of ${name}.` })
    }
  }

  /** Lines that are dealt with here and that tmi.js does not get. */
  #isTaken(line: RawLine): boolean {
    switch (line.command) {
      case 'PRIVMSG':
        this.#hear(line)
        return true
      case 'USERNOTICE':
        this.#hear(line)
        return false
      case 'USERSTATE':
        this.#options.listener.accepted(toChannelName(line.params[0] ?? ''))
        return false
      case 'RECONNECT':
        // tmi.js would connect again on its own.
        this.#end({ kind: 'reconnect', reason: 'Twitch asked to reconnect.' })
        return true
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
    if (message) listener.message(message)
  }

  /** tmi.js would wait for the server's goodbye before it says anything. */
  #isRefusal({ params: [target, text = ''] }: RawLine): boolean {
    if (target !== '*' || !REFUSALS.some((words) => text.includes(words))) return false
    this.#end({ kind: 'refused', reason: text })
    return true
  }

  /** Joins what is missing, one channel after the other; then looks again from time to time. */
  #joinFrom(index: number): void {
    const { channels, clock } = this.#options
    const place = channels.findIndex((channel, at) => at >= index && !this.#joined.has(channel))
    const channel = channels[place]
    if (channel === undefined) {
      this.#cancelJoin = clock.after(JOIN_AGAIN_MS, () => this.#joinFrom(0))
      return
    }
    if (this.#wire.isOpen) this.#wire.write(`JOIN #${channel}`)
    this.#cancelJoin = clock.after(JOIN_GAP_MS, () => this.#joinFrom(place + 1))
  }

  #end(end: ConnectionEnd): void {
    if (this.#isOver) return
    this.close().catch((error: unknown) => this.#options.listener.fault(error))
    this.#options.listener.ended(end)
  }
}
