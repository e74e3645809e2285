import { type Cancel, MINUTE } from '../clock.js'
import { type AcceptContext, type Answer, acceptMessage } from './accept-message.js'
import type { Account } from './account.js'
import type { Wire, WireHandler } from './chat-server.js'
import { type IrcLine, parseIrcLine } from './irc-line.js'
import { LineWriter } from './line-writer.js'
import { type Greeting, type LogInContext, logIn } from './log-in.js'
import { noticeText } from './notice-text.js'
import type { Room } from './room.js'
import { noticeLine, plainLine, type ServerLine, userStateLine } from './server-line.js'
import type { RoomMember } from './speech.js'
import type { SessionEntry } from './twitch-ledger.js'
import { capabilityReply, joinLines, welcomeLines } from './welcome.js'

/** What every connection of one Twitch shares. */
export interface ConnectionContext extends LogInContext, AcceptContext {
  /** How long a line takes to the client, in milliseconds. */
  readonly latencyMs: number
  /** The room of that name; `undefined` when there are too many rooms to make another. */
  findRoom(channel: string): Room | undefined
}

type State =
  | { readonly kind: 'greeting'; readonly greeting: Greeting }
  | { readonly kind: 'in'; readonly account: Account; readonly isAnonymous: boolean }
  | { readonly kind: 'closed' }

/** Bound: channels that a connection may be in. Twitch's limit for an account, which has one connection as a rule. */
const JOINED_MAX = 100
/** How often Twitch asks whether a client is still there; one that says nothing until the next time is cut off. */
const PING_EVERY_MS = 5 * MINUTE

/** The server's side of one client: login, joins, messages, and the lines on their way to it. */
export class Connection implements WireHandler, RoomMember {
  readonly #number: number
  readonly #wire: Wire
  readonly #context: ConnectionContext
  readonly #writer: LineWriter
  readonly #rooms = new Set<Room>()
  readonly #orders: ReadonlyMap<string, (line: IrcLine) => void> = new Map([
    ['PING', ({ params: [word] }: IrcLine) => this.deliver(plainLine(pong(word)))],
    ['CAP', (line) => this.#negotiate(line)],
    ['PASS', ({ params: [pass = ''] }) => this.#greet({ pass })],
    ['NICK', ({ params: [nick = ''] }) => this.#greet({ nick })],
    ['JOIN', ({ params: [names = ''] }) => this.#join(names)],
    ['PART', ({ params: [names = ''] }) => this.#part(names)],
    ['PRIVMSG', (line) => this.#take(line)],
    ['QUIT', () => this.#writer.end()],
  ])
  #state: State = { kind: 'greeting', greeting: { isNegotiating: false } }
  #hasSpoken = true
  #cancelPing: Cancel

  constructor(options: {
    readonly number: number
    readonly wire: Wire
    readonly context: ConnectionContext
  }) {
    const { wire, context } = options
    this.#number = options.number
    this.#wire = wire
    this.#context = context
    const { clock, faults } = context
    const latencyMs = () => context.latencyMs + faults.lagOf(this.login)
    this.#writer = new LineWriter({ wire, clock, latencyMs })
    this.#cancelPing = context.clock.after(PING_EVERY_MS, () => this.#ping())
    this.#record({ kind: 'connect' })
  }

  /** Who is logged in; `undefined` before that and after the end. */
  get login(): string | undefined {
    return this.#state.kind === 'in' ? this.#state.account.login : undefined
  }

  /** Sends a line if this client asked for its kind. */
  deliver(line: ServerLine): void {
    this.#writer.write(line)
  }

  /** See {@link Wire.cut}. */
  cut(how: 'end' | 'reset'): void {
    this.#wire.cut(how)
  }

  /** See {@link Wire.freeze}. */
  freeze(): void {
    this.#wire.freeze()
  }

  /** Asks the client to come back on a new connection and closes this one a while later. */
  askReconnect(closeAfterMs: number): void {
    this.deliver(plainLine(':tmi.twitch.tv RECONNECT', 'commands'))
    this.#writer.later(closeAfterMs, () => this.#writer.end())
  }

  receive(frame: string): void {
    this.#hasSpoken = true
    // A lone CR or LF ends a line, too: the harshest reading for a client that lets one through.
    for (const text of frame.split(/[\r\n]+/)) {
      const line = parseIrcLine(text)
      if (line && this.#state.kind !== 'closed') this.#orders.get(line.command)?.(line)
    }
  }

  closed(): void {
    this.#cancelPing()
    this.#writer.stop()
    for (const room of this.#rooms) room.leave(this)
    this.#rooms.clear()
    this.#record({ kind: 'close' })
    this.#state = { kind: 'closed' }
  }

  #negotiate({ params }: IrcLine): void {
    const [verb = '', wanted = ''] = params
    const { reply, granted } = capabilityReply(verb, wanted)
    for (const capability of granted) this.#writer.grant(capability)
    if (reply !== undefined) this.deliver(plainLine(reply))
    if (verb === 'LS' || verb === 'END') this.#greet({ isNegotiating: verb === 'LS' })
  }

  #greet(said: Partial<Greeting>): void {
    if (this.#state.kind !== 'greeting') return
    const greeting = { ...this.#state.greeting, ...said }
    this.#state = { kind: 'greeting', greeting }
    const result = logIn(greeting, this.#context)
    if (result?.kind === 'accepted') {
      this.#state = { ...result, kind: 'in' }
      this.#record({ kind: 'login' })
      for (const line of welcomeLines(result.account.person)) this.deliver(line)
    } else if (result) {
      this.#state = { kind: 'closed' }
      this.#record({ kind: 'login-refused', account: result.login, detail: result.text })
      this.deliver(plainLine(`:tmi.twitch.tv NOTICE * :${result.text}`))
      this.#writer.end()
    }
  }

  #join(names: string): void {
    if (this.#state.kind !== 'in') return
    const { account } = this.#state
    for (const name of names.split(',').filter((name) => /^#[^\s#,]+$/.test(name))) {
      const channel = name.slice(1).toLowerCase()
      const room = this.#context.findRoom(channel)
      if (room && this.#rooms.has(room)) continue
      const refusal = this.#refuseJoin(account, channel, room)
      if (refusal !== undefined) this.#record({ kind: 'join-refused', channel, detail: refusal })
      else if (room) this.#writer.later(this.#context.faults.joinDelayMs, () => this.#enter(room, account))
    }
  }

  /** Why a join comes to nothing; the client is told only what Twitch would tell it. */
  #refuseJoin(account: Account, channel: string, room: Room | undefined): string | undefined {
    const { clock, ledger } = this.#context
    if (!account.countJoin(clock.now())) {
      ledger.recordBreach({ atMs: clock.now(), account: account.login, kind: 'joins-too-fast', channel })
      return 'joins too fast'
    }
    if (!room || this.#rooms.size >= JOINED_MAX) return 'too many channels'
    if (!room.isSuspended) return undefined
    this.deliver(
      noticeLine('msg_channel_suspended', channel, noticeText('msg_channel_suspended', { channel })),
    )
    return 'suspended'
  }

  #enter(room: Room, account: Account): void {
    this.#rooms.add(room)
    room.enter(this)
    this.#record({ kind: 'join', channel: room.channel })
    for (const line of joinLines(account.person, room)) this.deliver(line)
  }

  #part(names: string): void {
    const wanted = names.split(',').map((name) => name.slice(1).toLowerCase())
    for (const room of this.#rooms) {
      if (!wanted.includes(room.channel)) continue
      const { login } = this
      this.#rooms.delete(room)
      room.leave(this)
      this.#record({ kind: 'part', channel: room.channel })
      this.deliver(plainLine(`:${login}!${login}@${login}.tmi.twitch.tv PART #${room.channel}`))
    }
  }

  #take({ tags, params }: IrcLine): void {
    const [target = '', text = ''] = params
    if (this.#state.kind !== 'in' || this.#state.isAnonymous || !target.startsWith('#')) return
    const { account } = this.#state
    const room = this.#context.findRoom(target.slice(1).toLowerCase())
    if (!room) return
    const nonce = tags.get('client-nonce')
    const replyParent = tags.get('reply-parent-msg-id')
    const answer = acceptMessage(
      {
        connection: this.#number,
        account,
        room,
        text,
        sender: this,
        ...(nonce !== undefined && { nonce }),
        ...(replyParent !== undefined && { replyParent }),
      },
      this.#context,
    )
    if (answer.kind === 'notice') this.deliver(noticeLine(answer.id, room.channel, answer.text))
    if (answer.kind === 'confirmed') this.#confirm(account, room, answer, nonce)
  }

  #confirm(
    { person }: Account,
    room: Room,
    { id, remark }: Extract<Answer, { kind: 'confirmed' }>,
    nonce: string | undefined,
  ): void {
    const sent = { id, ...(nonce !== undefined && { nonce }) }
    if (remark) this.deliver(noticeLine(remark.id, room.channel, remark.text))
    // A remark comes together with what it is about.
    this.#writer.later(remark ? 0 : this.#context.faults.userStateDelayMs, () =>
      this.deliver(userStateLine(person, room.standing.badgesOf(person), room.channel, sent)),
    )
  }

  #ping(): void {
    if (!this.#hasSpoken) {
      this.#wire.cut('end')
      return
    }
    this.#hasSpoken = false
    this.deliver(plainLine('PING :tmi.twitch.tv'))
    this.#cancelPing = this.#context.clock.after(PING_EVERY_MS, () => this.#ping())
  }

  #record(entry: Omit<SessionEntry, 'atMs' | 'connection'>): void {
    const { login } = this
    this.#context.ledger.recordSession({
      atMs: this.#context.clock.now(),
      connection: this.#number,
      ...(login !== undefined && { account: login }),
      ...entry,
    })
  }
}

/** Without a word to repeat, Twitch leaves the prefix out, and tmi.js relies on that. */
function pong(word: string | undefined): string {
  return word === undefined || word === ''
    ? 'PONG :tmi.twitch.tv'
    : `:tmi.twitch.tv PONG tmi.twitch.tv :${word}`
}
