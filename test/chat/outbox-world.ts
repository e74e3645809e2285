import type { LineConnection } from '../../src/chat/answer-watch.js'
import { fromRaw, type RawLine } from '../../src/chat/from-raw.js'
import { isAboutLine } from '../../src/chat/notice-verdict.js'
import { Outbox } from '../../src/chat/outbox.js'
import { Rooms } from '../../src/chat/rooms.js'
import { SendBudget } from '../../src/chat/send-budget.js'
import { parseRoomState, parseUserState } from '../../src/chat/state-lines.js'
import {
  type BotLogin,
  type ChannelName,
  type ChatLine,
  type ChatText,
  type Outcome,
  toBotLogin,
  toChannelName,
} from '../../src/domain.js'
import { ChorusEmitter } from '../../src/events.js'
import { seededRandom } from '../../src/random.js'
import type { WireHandler } from '../../src/simulator/chat-server.js'
import { parseIrcLine } from '../../src/simulator/irc-line.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { ManualClock } from '../support/manual-clock.js'

/** What became of one line that was handed to an outbox. */
export interface Handed {
  readonly bot: BotLogin
  readonly line: ChatLine
  readonly controller: AbortController
  readonly passesMute: boolean
  /** The names it was written under. */
  readonly nonces: string[]
  /** The one of them of which Twitch has told the account that AutoMod holds it. */
  heldNonce: string | undefined
  isInFlight: boolean
  outcome: Outcome | undefined
  error: unknown
}

export interface WorldOptions {
  readonly bots: readonly string[]
  readonly channels: readonly string[]
  /** How long a line takes to Twitch, and an answer back, at most, in milliseconds; it changes from line to line. */
  readonly latencyMs: number
}

/**
 * Outboxes against the built-in Twitch with its rules and its ledger, on a clock moved by hand: without sockets, so that
 * hundreds of random runs fit in seconds and each can be repeated.
 */
export class OutboxWorld {
  readonly clock = new ManualClock()
  readonly random = seededRandom(2)
  readonly events = new ChorusEmitter()
  readonly twitch: TwitchSimulator
  readonly handed: Handed[] = []
  /** What was written though its bot was muted. */
  readonly saidMuted: string[] = []
  readonly bots: ReadonlyMap<string, MemoryBot>
  readonly options: WorldOptions
  othersHeardAtMs = Number.NEGATIVE_INFINITY

  constructor(options: WorldOptions) {
    this.options = options
    this.twitch = new TwitchSimulator({
      clock: this.clock,
      random: seededRandom(1),
      accounts: options.bots.map((login) => ({ login, token: `${login}-token` })),
    })
    this.bots = new Map(options.bots.map((login) => [login, new MemoryBot(toBotLogin(login), this)]))
    for (const bot of this.bots.values()) bot.connect()
  }

  bot(login: string): MemoryBot {
    const bot = this.bots.get(login)
    if (!bot) throw new RangeError(`no bot ${login}`)
    return bot
  }

  /** Hands a line to a bot's outbox. */
  say(login: string, channel: string, text: string, passesMute = false): Handed {
    const line: ChatLine = { channel: toChannelName(channel), text: text as ChatText }
    const handed: Handed = {
      bot: toBotLogin(login),
      line,
      controller: new AbortController(),
      passesMute,
      nonces: [],
      heldNonce: undefined,
      isInFlight: false,
      outcome: undefined,
      error: undefined,
    }
    this.handed.push(handed)
    const inFlight = (isInFlight: boolean) => {
      handed.isInFlight = isInFlight
    }
    this.bot(login)
      .outbox.send(line, { signal: handed.controller.signal, inFlight, settled() {} }, passesMute)
      .then(
        (outcome) => {
          handed.outcome = outcome
        },
        (error: unknown) => {
          handed.error = error
        },
      )
    return handed
  }

  stop(): void {
    for (const bot of this.bots.values()) bot.stop()
  }
}

interface MemoryLink {
  readonly handler: WireHandler
  readonly connection: LineConnection & { answeredPingMs: number }
  readonly joined: Set<ChannelName>
}

/** One account with a connection that is a function call. */
export class MemoryBot {
  readonly login: BotLogin
  readonly rooms: Rooms
  readonly budget = new SendBudget()
  readonly outbox: Outbox
  #mutedReason: string | undefined
  readonly #world: OutboxWorld
  #link: MemoryLink | undefined
  #nonces = 0
  readonly #arrivalMs = { up: 0, down: 0 }

  constructor(login: BotLogin, world: OutboxWorld) {
    this.login = login
    this.#world = world
    const { clock, events } = world
    this.rooms = new Rooms({ bot: login, clock, events, onChange: () => this.outbox.wake() })
    this.outbox = new Outbox({
      bot: login,
      clock,
      events,
      rooms: this.rooms,
      budget: this.budget,
      keepBudget: () => {},
      newNonce: () => `${login}-${++this.#nonces}`,
      muted: () => this.#mutedReason,
      onChange: () => this.outbox.wake(),
      link: {
        canWrite: (channel) => this.#link?.joined.has(channel) ?? false,
        connection: () => this.#link?.connection,
        isWatched: (channel) =>
          [...world.bots.values()].some((other) => other !== this && other.isIn(channel)),
        othersHeardAtMs: () => world.othersHeardAtMs,
      },
    })
    events.on('line:written', ({ bot, line }) => {
      if (bot !== login) return
      const handed = world.handed.find((each) => each.line === line)
      handed?.nonces.push(`${login}-${this.#nonces}`)
      if (this.#mutedReason !== undefined && !handed?.passesMute) world.saidMuted.push(line.text)
    })
  }

  /** With a reason it says nothing from now on, without one it talks again. */
  mute(reason?: string): void {
    this.#mutedReason = reason
    this.outbox.wake()
  }

  isIn(channel: ChannelName): boolean {
    return this.#link?.joined.has(channel) ?? false
  }

  connect(): void {
    if (this.#link) return
    let isOpen = true
    const handler = this.#world.twitch.connect({
      send: (frame) =>
        this.#later('down', () => isOpen && this.#link?.handler === handler && this.#receive(frame)),
      close: () => this.cut(),
      cut: () => this.cut(),
      freeze: () => {
        isOpen = false
      },
    })
    const send = (raw: string) => this.#send(raw)
    const connection = {
      write: send,
      ping: () => send(`PING ${this.#world.clock.now()}`),
      answeredPingMs: Number.NEGATIVE_INFINITY,
    }
    this.#link = { handler, connection, joined: new Set() }
    handler.receive('CAP REQ :twitch.tv/tags twitch.tv/commands')
    handler.receive(`PASS oauth:${this.login}-token`)
    handler.receive(`NICK ${this.login}`)
    for (const channel of this.#world.options.channels) handler.receive(`JOIN #${channel}`)
  }

  cut(): void {
    const link = this.#link
    if (!link) return
    this.#link = undefined
    link.handler.closed()
    this.outbox.delivery.cut(link.connection)
  }

  stop(): void {
    this.outbox.stop()
    this.rooms.stop()
    this.#link?.handler.closed()
    this.#link = undefined
  }

  #send(raw: string): void {
    const link = this.#link
    this.#later('up', () => this.#link === link && link?.handler.receive(raw))
  }

  /** What was sent first arrives first, however long the way takes at that moment. */
  #later(way: 'up' | 'down', run: () => unknown): void {
    const { clock, options, random } = this.#world
    if (options.latencyMs === 0) {
      run()
      return
    }
    const atMs = Math.max(this.#arrivalMs[way], clock.now() + random() * options.latencyMs)
    this.#arrivalMs[way] = atMs
    clock.after(atMs - clock.now(), run)
  }

  #receive(frame: string): void {
    for (const text of frame.split('\r\n')) {
      const line = parseIrcLine(text)
      if (!line) continue
      const raw: RawLine = {
        command: line.command,
        prefix: line.prefix ?? null,
        params: line.params,
        tags: Object.fromEntries([...line.tags].filter(([, value]) => value !== '')),
      }
      this.#take(raw)
    }
  }

  #take(raw: RawLine): void {
    const channel = toChannelName(raw.params[0] ?? '')
    if (raw.command === 'PONG' && this.#link) this.#link.connection.answeredPingMs = Number(raw.params[1])
    switch (raw.command) {
      case 'USERSTATE': {
        const { roles, ...receipt } = parseUserState(raw)
        this.#link?.joined.add(channel)
        this.rooms.setRoles(channel, roles)
        this.outbox.delivery.confirmed(channel, receipt)
        break
      }
      case 'ROOMSTATE':
        this.rooms.setModes(channel, parseRoomState(raw).modes)
        this.outbox.wake()
        break
      case 'NOTICE': {
        const id = String(raw.tags['msg-id'])
        if (id === 'msg_rejected') this.#noteHeld(channel)
        if (isAboutLine(id)) this.outbox.delivery.refused(channel, id, raw.params[1] ?? '')
        break
      }
      case 'PRIVMSG':
        this.#hear(raw)
        break
    }
  }

  #noteHeld(channel: ChannelName): void {
    const { handed, twitch } = this.#world
    const attempts = twitch.ledger.attempts({ account: this.login, channel })
    const nonce = attempts.findLast(({ verdict }) => verdict === 'msg_rejected')?.nonce
    const held = handed.find(({ nonces }) => nonce !== undefined && nonces.includes(nonce))
    if (held) held.heldNonce = nonce
  }

  #hear(raw: RawLine): void {
    const { bots, clock } = this.#world
    const message = fromRaw(raw, clock.now())
    if (!message) return
    const speaker = bots.get(message.login)
    if (!speaker) this.#world.othersHeardAtMs = clock.now()
    else {
      const nonce = raw.tags['client-nonce']
      speaker.rooms.setRoles(message.channel, message.roles)
      const sighting = { nonce: typeof nonce === 'string' ? nonce : undefined, text: message.text }
      speaker.outbox.delivery.sighted(message.channel, sighting, message.id)
    }
  }
}
