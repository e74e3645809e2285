import { setMaxListeners } from 'node:events'
import { type Clock, sleep } from '../clock.js'
import {
  type BotLogin,
  type ChannelName,
  type ChatLine,
  type ChatMessage,
  type Clearing,
  type Outcome,
  type Raid,
  type ReplyTask,
  sameLogin,
} from '../domain.js'
import { ChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import { RecentIds } from '../recent-ids.js'
import type { DeliveryContext } from '../reply-queue.js'
import type { TokenSource } from '../token-source.js'
import type { BotChatStatus } from './account-status.js'
import { BotAccount } from './bot-account.js'
import { parseChatServer, TWITCH_CHAT_URL } from './chat-server.js'

export interface TwitchChatOptions {
  readonly bots: readonly { readonly login: BotLogin }[]
  readonly channels: readonly ChannelName[]
  /** Where the bots' tokens come from. A bot without one is parked. */
  readonly tokens: TokenSource
  /** `wss://host` or `ws://host:port`; Twitch by default. */
  readonly url?: string
  /** Folder for what the accounts have sent: the next run must know. Without one it is forgotten. */
  readonly dataDir?: string | undefined
  readonly clock: Clock
  readonly random: Random
  readonly events: ChorusEmitter
  /** Called for every line by every connection that hears it: several times for one line. */
  readonly onMessage: (message: ChatMessage) => void
  /** Called once for everything that moderators clear away. */
  readonly onCleared?: (clearing: Clearing) => void
  /** Called once for every raid and channel, also where it is only mirrored. */
  readonly onRaid?: (raid: Raid) => void
  /**
   * Why a bot is to say nothing for now, in words a streamer understands; `undefined` while it may talk. What it writes at
   * that moment goes out, lines that are ready wait. After a change call {@link TwitchChat.refresh}.
   */
  readonly muted?: (bot: BotLogin) => string | undefined
  /** Called when {@link TwitchChat.blocked} may say something else than before. */
  readonly onStanding?: () => void
  /** Whether a message with this id needs no second hearing. Asked before the line is parsed. */
  readonly seen?: (id: string) => boolean
}

/** How all bots stand in chat. */
export interface ChatStatus {
  readonly bots: readonly BotChatStatus[]
  /** Bots that are in at least one channel. */
  readonly joined: readonly BotLogin[]
  readonly parked: readonly { readonly bot: BotLogin; readonly reason: string }[]
}

/** Between the first logins of two bots: no stampede on a server that has just come back. */
const STAGGER_MS = 50

/** Clearings remembered, and raids, so that each is told once though every connection hears of it. */
const CLEARINGS_MAX = 200
const RAIDS_MAX = 200

/**
 * Twitch chat, in and out: one account per bot. All connections listen, so that the loss of one loses no line. The
 * built-in Twitch is the same with another address.
 */
export class TwitchChat {
  readonly #options: TwitchChatOptions
  /** By login in lower case. */
  readonly #accounts = new Map<string, BotAccount>()
  readonly #stopping = new AbortController()
  #started: Promise<void> | undefined
  readonly #clearings = new RecentIds(CLEARINGS_MAX)
  readonly #raids = new RecentIds(RAIDS_MAX)
  #othersHeardAtMs = Number.NEGATIVE_INFINITY

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
   * Says a line in the name of the task's bot: resolves when Twitch has taken it, or when nobody can know whether it
   * has. Until then it waits for the connection and for the account's allowance, holding nothing.
   *
   * Rejects with the signal's reason when that is aborted before it was written, and with a ChorusError `line-refused`
   * when Twitch does not take this text; else only for a line that is unsafe, a bot that is unknown, and when chat stops.
   */
  async deliver(task: ReplyTask, line: ChatLine, context: DeliveryContext): Promise<Outcome> {
    return this.#require(task.bot).send(line, context)
  }

  /**
   * Says a line that is nobody's reply, such as the answer to a moderator's command: it takes its turn like every other one,
   * but a mute does not keep it back. Resolves and rejects as {@link deliver} does; with the signal's reason where that was
   * aborted before the line was written, which may take as long as the bot is away.
   */
  async say(bot: BotLogin, line: ChatLine, signal?: AbortSignal): Promise<Outcome> {
    return this.#require(bot).say(line, signal ?? new AbortController().signal)
  }

  /** Looks again whether a bot is muted, or any of them: to be called whenever that has changed. */
  refresh(bot?: BotLogin): void {
    for (const account of this.#accounts.values()) {
      if (bot === undefined || sameLogin(account.bot, bot)) account.refresh()
    }
  }

  /** Why a bot can't get on in a channel for now; a lost connection is no such reason. */
  blocked(bot: BotLogin, channel: ChannelName): string | undefined {
    const account = this.#accounts.get(bot.toLowerCase())
    return account ? account.blocked(channel) : 'It has no account in this chat.'
  }

  /** Why a bot can get on in none of its channels. */
  silenced(bot: BotLogin): string | undefined {
    const reasons = this.#options.channels.map((channel) => this.blocked(bot, channel))
    return reasons.includes(undefined) ? undefined : reasons[0]
  }

  /**
   * When a bot could have written so many more lines to a channel, perhaps none, behind those that wait already: milliseconds
   * from now; 0 where nothing is to be written, and for a bot that is unknown. That it is {@link blocked} there is not in it.
   */
  sendForecastMs(bot: BotLogin, channel: ChannelName, lines: number): number {
    return this.#accounts.get(bot.toLowerCase())?.forecastMs(channel, lines) ?? 0
  }

  status(): ChatStatus {
    const bots = [...this.#accounts.values()].map((account) => account.status())
    return {
      bots,
      joined: bots.filter((bot) => bot.joined.length > 0).map(({ bot }) => bot),
      parked: bots.flatMap(({ bot, reason }) => (reason === undefined ? [] : [{ bot, reason }])),
    }
  }

  /**
   * Leaves chat at once; what still waits is refused, what was written and not answered is left in doubt. Resolves when
   * the sockets are gone. Safe to call twice.
   */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([...this.#accounts.values()].map((account) => account.stop()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #require(bot: BotLogin): BotAccount {
    const account = this.#accounts.get(bot.toLowerCase())
    if (!account) throw new ChorusError('no-bot', `${bot} is not in this chat`)
    return account
  }

  async #connectAll(): Promise<void> {
    const { clock } = this.#options
    // One for each account, which from the eleventh on Node would take for a leak, and say so.
    setMaxListeners(this.#accounts.size, this.#stopping.signal)
    await Promise.all(
      [...this.#accounts.values()].map(async (account, place) => {
        try {
          await sleep(clock, place * STAGGER_MS, this.#stopping.signal)
        } catch {
          return
        }
        await account.start()
      }),
    )
  }

  #account(bot: BotLogin): BotAccount {
    const { bots: _, muted, onCleared, onMessage, onRaid, onStanding, url, ...options } = this.#options
    const account: BotAccount = new BotAccount({
      ...options,
      bot,
      server: parseChatServer(url ?? TWITCH_CHAT_URL),
      onMessage: (message, nonce) => {
        this.#hear(message, nonce)
        onMessage(message)
      },
      onCleared: (clearing, sentAt) => {
        if (this.#clearings.add(JSON.stringify([clearing, sentAt]))) onCleared?.(clearing)
      },
      onRaid: (raid) => {
        // Were the channel not in it, a mirrored copy that comes first would hide the original, which alone is greeted.
        if (this.#raids.add(`${raid.channel}/${raid.id}`)) onRaid?.(raid)
      },
      muted: () => muted?.(bot),
      onStanding: () => onStanding?.(),
      othersHeardAtMs: () => this.#othersHeardAtMs,
      isWatched: (channel) =>
        [...this.#accounts.values()].some((other) => other !== account && other.isIn(channel)),
    })
    return account
  }

  /** What the accounts learn from a line: that one of them was seen, or that chat goes on. */
  #hear(message: ChatMessage, nonce: string | undefined): void {
    const speaker = this.#accounts.get(message.login)
    if (!speaker) this.#othersHeardAtMs = message.arrivedAtMs
    else if (!message.isMirrored) speaker.sighted(message, nonce)
  }
}
