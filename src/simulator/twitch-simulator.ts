import { type Clock, SECOND } from '../clock.js'
import type { Random } from '../random.js'
import { type AccountInput, Accounts } from './accounts.js'
import { ChatFaults } from './chat-faults.js'
import { ChatServer, type Wire, type WireHandler } from './chat-server.js'
import { Connection, type ConnectionContext } from './connection.js'
import { targetOf } from './irc-line.js'
import { isNoticeId, noticeText } from './notice-text.js'
import { Room } from './room.js'
import { type ShownLine, ShownLines } from './shown-lines.js'
import { TwitchLedger } from './twitch-ledger.js'

/** What a built-in Twitch is made of. */
export interface TwitchSimulatorOptions {
  readonly clock: Clock
  /** Message ids and the spread of timestamps come from it. */
  readonly random: Random
  /** Where it listens on 127.0.0.1; 0 (the default) = any free port. */
  readonly port?: number
  /** Who may log in, with which token. */
  readonly accounts?: readonly AccountInput[]
  /** Whether any name with any token may log in, too; false by default. */
  readonly openRegistration?: boolean
  /** Who is moderator of every room but their own, where they are the broadcaster; nobody by default. */
  readonly moderators?: readonly string[]
  /** How long each line takes to a client, in milliseconds; 0 by default. */
  readonly latencyMs?: number
}

/** Bound: rooms that exist at a time; a further one is refused with a RangeError. */
const ROOMS_MAX = 1000

/**
 * A local Twitch: IRC over WebSocket for any client, with Twitch's limits enforced as their strictest reading would
 * have it, every fault that Twitch has shown, and a ledger of all that happened.
 */
export class TwitchSimulator {
  /** Everything that clients did and what it came to. */
  readonly ledger = new TwitchLedger()
  readonly #accounts: Accounts
  readonly #faults = new ChatFaults()
  readonly #shown = new ShownLines()
  readonly #rooms = new Map<string, Room>()
  readonly #connections = new Set<Connection>()
  readonly #server: ChatServer
  readonly #moderators: readonly string[]
  readonly #context: ConnectionContext
  #connectionCount = 0
  #started: Promise<void> | undefined

  constructor(options: TwitchSimulatorOptions) {
    this.#accounts = new Accounts({
      accounts: options.accounts ?? [],
      isOpen: options.openRegistration ?? false,
    })
    this.#moderators = (options.moderators ?? []).map((login) => login.toLowerCase())
    this.#context = {
      clock: options.clock,
      random: options.random,
      accounts: this.#accounts,
      faults: this.#faults,
      ledger: this.ledger,
      latencyMs: options.latencyMs ?? 0,
      findRoom: (channel) => this.#findRoom(channel),
    }
    this.#server = new ChatServer({
      port: options.port ?? 0,
      accept: (wire) => this.connect(wire),
      isAway: () => this.#faults.isAway,
      ignoresCloseHandshakes: () => this.#faults.ignoresCloseHandshakes,
    })
  }

  /** Resolves when clients may connect. Rejects with `port-taken` where another program has the port. */
  start(): Promise<void> {
    this.#started ??= this.#server.start()
    return this.#started
  }

  /** Ends every connection and the server. Safe to call twice. */
  async stop(): Promise<void> {
    // A stop in the middle of a start would else leave the port open behind it.
    await this.#started?.catch(() => undefined)
    await this.#server.stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Where it listens: `ws://127.0.0.1:PORT`. */
  get url(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  get port(): number {
    return this.#server.port
  }

  /** The chat of a channel; it is there as soon as somebody asks for it. */
  room(channel: string): Room {
    const room = this.#findRoom(channel.trim().replace(/^#/, '').toLowerCase())
    if (!room) throw new RangeError(`more than ${ROOMS_MAX} rooms`)
    return room
  }

  /** Passes a recorded raw line on, as it stands, to whoever is in its channel. Returns how many connections got it. */
  feed(rawLine: string): number {
    const channel = targetOf(rawLine)
    return channel === undefined ? 0 : this.room(channel).feed(rawLine)
  }

  /** Shows every line that viewers see, bots' included. Returns the way to stop watching. */
  onLine(listener: (line: ShownLine) => void): () => void {
    return this.#shown.onLine(listener)
  }

  /** Open connections, of one account or of all. */
  connections(login?: string): number {
    return this.#of(login).length
  }

  /** Takes in a client on any wire: of the server, or of a client in the same process that needs no socket. */
  connect(wire: Wire): WireHandler {
    const number = ++this.#connectionCount
    const connection = new Connection({ number, wire, context: this.#context })
    this.#connections.add(connection)
    return {
      receive: (frame) => connection.receive(frame),
      closed: () => {
        this.#connections.delete(connection)
        connection.closed()
      },
    }
  }

  /** Adds an account, or gives one that is there another token; its old ones stop working. */
  addAccount(account: AccountInput): void {
    this.#accounts.add(account)
  }

  /** Takes every token of an account back: the next login is refused, who is logged in stays so. */
  revokeToken(login: string): void {
    this.#accounts.revoke(login)
  }

  /** Refuses the next `times` logins, of one account or of any. */
  refuseLogins(times = 1, options: { readonly login?: string; readonly text?: string } = {}): void {
    this.#faults.scriptRefusal(options.text ?? 'Login authentication failed', times, options.login)
  }

  /** Cuts connections at once, of one account or all: `end` as a process that dies, `reset` as a router that forgets them. */
  cut(login?: string, how: 'end' | 'reset' = 'end'): void {
    for (const connection of this.#of(login)) connection.cut(how)
  }

  /** Falls silent: reads nothing and writes nothing, while the sockets stay open. */
  halfOpen(login?: string): void {
    for (const connection of this.#of(login)) connection.freeze()
  }

  /** Sends RECONNECT and closes the connections `closeAfterMs` later. */
  askReconnect(options: { readonly login?: string; readonly closeAfterMs?: number } = {}): void {
    for (const connection of this.#of(options.login))
      connection.askReconnect(options.closeAfterMs ?? 5 * SECOND)
  }

  /** Leaves clients that say goodbye without an answer, or answers again. */
  ignoreCloseHandshakes(isIgnored = true): void {
    this.#faults.ignoresCloseHandshakes = isIgnored
  }

  /**
   * Drops the next messages that the rules would let through. With `isConfirmed` the sender gets its USERSTATE all
   * the same, as in a very busy chat.
   */
  dropSilently(times: number, login?: string, options: { readonly isConfirmed?: boolean } = {}): void {
    this.#faults.scriptFate({ kind: 'drop', isConfirmed: options.isConfirmed ?? false }, times, login)
  }

  /** Ignores an account for an hour, as Twitch does with one that has sent too much: where it is nobody special. */
  lockOut(login: string): void {
    this.#accounts.get(login)?.lockOut(this.#context.clock.now())
  }

  /** AutoMod holds the next messages: `msg_rejected`. */
  holdByAutoMod(times: number, login?: string): void {
    this.refuseMessages('msg_rejected', { times, ...(login !== undefined && { login }) })
  }

  /** Answers the next messages with any NOTICE, known or not. */
  refuseMessages(
    notice: string,
    options: { readonly times?: number; readonly login?: string; readonly text?: string } = {},
  ): void {
    const parts = { channel: 'this channel', seconds: 30, minutes: 10, followedMinutes: 1, command: '/x' }
    const text = options.text ?? (isNoticeId(notice) ? noticeText(notice, parts) : notice)
    this.#faults.scriptFate({ kind: 'notice', id: notice, text }, options.times ?? 1, options.login)
  }

  /** Shows and confirms the next messages, but sends a NOTICE of any kind before that. */
  remarkOnMessages(notice: string, options: { readonly times?: number; readonly login?: string } = {}): void {
    this.#faults.scriptFate({ kind: 'remark', id: notice, text: notice }, options.times ?? 1, options.login)
  }

  /** Shows the next messages to everybody, but never confirms them to their sender. */
  loseUserstates(times: number, login?: string): void {
    this.#faults.scriptFate({ kind: 'unconfirmed' }, times, login)
  }

  /** Forgets what was scripted for the next messages and logins. */
  forgetScripts(): void {
    this.#faults.forgetScripts()
  }

  /** From now on lines reach an account's connections this much later, in their order. */
  lag(login: string, ms: number): void {
    this.#faults.setLag(login, ms)
  }

  /** From now on confirms messages this late. */
  delayUserstate(ms: number): void {
    this.#faults.userStateDelayMs = ms
  }

  /** From now on answers joins this late. */
  delayJoin(ms: number): void {
    this.#faults.joinDelayMs = ms
  }

  /** Goes away: cuts every connection and refuses new ones until {@link back}. */
  away(): void {
    this.#faults.isAway = true
    this.cut()
  }

  back(): void {
    this.#faults.isAway = false
  }

  /** These channels show each other's lines from now on. Returns the way to end that. */
  shareChat(channels: readonly string[]): () => void {
    const rooms = channels.map((channel) => this.room(channel))
    for (const room of rooms) room.shareWith(rooms)
    return () => {
      for (const room of rooms) room.shareWith([room])
    }
  }

  #findRoom(name: string): Room | undefined {
    const known = this.#rooms.get(name)
    if (known || this.#rooms.size >= ROOMS_MAX) return known
    const { clock, random } = this.#context
    const room = new Room({ channel: name, clock, random, shown: this.#shown })
    for (const login of this.#moderators) if (login !== name) room.setRole(login, 'moderator')
    this.#rooms.set(name, room)
    return room
  }

  #of(login: string | undefined): Connection[] {
    return [...this.#connections].filter(
      (connection) => login === undefined || connection.login === login.toLowerCase(),
    )
  }
}
