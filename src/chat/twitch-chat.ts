import { type Clock, sleep } from '../clock.js'
import type { BotLogin, ChannelName, ChatLine, ChatMessage, Outcome, ReplyTask } from '../domain.js'
import { ChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import { BotConnection } from './bot-connection.js'
import { parseChatServer, TWITCH_CHAT_URL } from './chat-server.js'
import { Outbox } from './outbox.js'

export interface TwitchChatOptions {
  readonly bots: readonly { readonly login: BotLogin }[]
  readonly channels: readonly ChannelName[]
  /** Access tokens, with or without `oauth:`. A bot without one is parked. */
  readonly tokens: ReadonlyMap<BotLogin, string>
  /** `wss://host` or `ws://host:port`; Twitch by default. */
  readonly url?: string
  readonly clock: Clock
  readonly random: Random
  readonly events: ChorusEmitter
  /** Called for every line by every connection that hears it: several times for one line. */
  readonly onMessage: (message: ChatMessage) => void
  /** Whether a message with this id needs no second hearing. Asked before the line is parsed. */
  readonly seen?: (id: string) => boolean
}

/** How a bot stands in chat. */
export interface BotChatStatus {
  readonly bot: BotLogin
  readonly state: BotConnection['state']
  readonly joined: readonly ChannelName[]
  /** Why it may talk nowhere; only while that is so. */
  readonly reason?: string
  /** Lines that are ready and wait for the account's allowance or its connection. */
  readonly waiting: number
}

/** How all bots stand in chat. */
export interface ChatStatus {
  readonly bots: readonly BotChatStatus[]
  /** Bots that are in at least one channel. */
  readonly joined: readonly BotLogin[]
  readonly parked: readonly { readonly bot: BotLogin; readonly reason: string }[]
}

interface Account {
  readonly connection: BotConnection
  readonly outbox: Outbox
}

/** Between the first logins of two bots: no stampede on a server that has just come back. */
const STAGGER_MS = 50

/**
 * Twitch chat, in and out: one connection and one outbox per bot account. All connections listen, so that the loss of
 * one loses no line. The built-in Twitch is the same with another address.
 */
export class TwitchChat {
  readonly #options: TwitchChatOptions
  /** By login in lower case. */
  readonly #accounts = new Map<string, Account>()
  readonly #stopping = new AbortController()
  #started: Promise<void> | undefined

  /** @throws ChorusError `config-invalid` for an address that is none. */
  constructor(options: TwitchChatOptions) {
    this.#options = options
    for (const { login } of options.bots) this.#accounts.set(login.toLowerCase(), this.#account(login))
  }

  /**
   * Connects every bot. Resolves when each has joined its channels, is parked, or has failed its first attempt;
   * never rejects, and goes on trying until `stop`. Safe to call twice.
   */
  start(): Promise<void> {
    this.#started ??= this.#connectAll()
    return this.#started
  }

  /**
   * Says a line in the name of the task's bot: resolves when it is written. Until then it waits for the connection
   * and for the account's allowance, holding nothing.
   *
   * Rejects with the signal's reason when that is aborted before, else only for a line that is unsafe, a bot that is
   * unknown, and when chat stops.
   */
  async deliver(task: ReplyTask, line: ChatLine, signal: AbortSignal): Promise<Outcome> {
    const account = this.#accounts.get(task.bot.toLowerCase())
    if (!account) throw new ChorusError('no-bot', `${task.bot} is not in this chat`)
    return account.outbox.send(line, signal)
  }

  /** Why a bot can't get on in a channel until someone mends it; a lost connection is no such reason. */
  blocked(bot: BotLogin, channel: ChannelName): string | undefined {
    const account = this.#accounts.get(bot.toLowerCase())
    return account ? account.connection.blocked(channel) : 'It has no account in this chat.'
  }

  status(): ChatStatus {
    const bots = [...this.#accounts.values()].map(toStatus)
    return {
      bots,
      joined: bots.filter((bot) => bot.joined.length > 0).map(({ bot }) => bot),
      parked: bots.flatMap(({ bot, reason }) => (reason === undefined ? [] : [{ bot, reason }])),
    }
  }

  /** Leaves chat at once; what still waits is refused. Resolves when the sockets are gone. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const accounts = [...this.#accounts.values()]
    for (const { outbox } of accounts) outbox.stop()
    await Promise.all(accounts.map(({ connection }) => connection.stop()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #connectAll(): Promise<void> {
    const { clock } = this.#options
    const accounts = [...this.#accounts.values()]
    await Promise.all(
      accounts.map(async ({ connection }, place) => {
        try {
          await sleep(clock, place * STAGGER_MS, this.#stopping.signal)
        } catch {
          return
        }
        await connection.start()
      }),
    )
  }

  #account(bot: BotLogin): Account {
    const { tokens, channels, clock, random, events, onMessage, seen } = this.#options
    const connection = new BotConnection({
      bot,
      token: tokens.get(bot) ?? '',
      server: parseChatServer(this.#options.url ?? TWITCH_CHAT_URL),
      channels,
      clock,
      random,
      events,
      onMessage,
      seen,
      onJoined: () => outbox.wake(),
      onAnswered: (channel) => outbox.answered(channel),
    })
    const outbox = new Outbox({
      bot,
      clock,
      events,
      write: (channel, raw) => connection.write(channel, raw),
      askIfAlive: () => connection.ping(),
      heardAtMs: () => connection.heardAtMs,
    })
    return { connection, outbox }
  }
}

function toStatus({ connection, outbox }: Account): BotChatStatus {
  const { bot, state, joined, parkedReason } = connection
  return {
    bot,
    state,
    joined,
    ...(parkedReason !== undefined && { reason: parkedReason }),
    waiting: outbox.pending,
  }
}
