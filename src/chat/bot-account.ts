import type { Cancel, Clock } from '../clock.js'
import type { BotLogin, ChannelName, ChatLine, ChatMessage, Clearing, Outcome, Raid } from '../domain.js'
import type { ChorusEmitter } from '../events.js'
import type { Random } from '../random.js'
import type { DeliveryContext } from '../reply-queue.js'
import type { TokenSource } from '../token-source.js'
import { type BotChatStatus, toRoomStatus } from './account-status.js'
import { BotConnection } from './bot-connection.js'
import { BudgetFile } from './budget-file.js'
import type { ChatServer } from './chat-server.js'
import { newNonce } from './nonce.js'
import { isAboutLine, isShutOut } from './notice-verdict.js'
import { Outbox } from './outbox.js'
import { Rooms } from './rooms.js'
import { linesMax, SendBudget } from './send-budget.js'
import type { UserState } from './state-lines.js'
import type { Sighting } from './unseen-watch.js'

export interface BotAccountOptions {
  readonly bot: BotLogin
  readonly tokens: TokenSource
  readonly server: ChatServer
  readonly channels: readonly ChannelName[]
  /** Where what the account has sent is kept for the next run; without one it is forgotten. */
  readonly dataDir?: string | undefined
  readonly clock: Clock
  readonly random: Random
  readonly events: ChorusEmitter
  readonly seen?: ((id: string) => boolean) | undefined
  /** @param nonce what the line's sender called it */
  readonly onMessage: (message: ChatMessage, nonce: string | undefined) => void
  /** @param sentAt when Twitch says that it was: what tells two alike apart */
  readonly onCleared: (clearing: Clearing, sentAt: string | undefined) => void
  readonly onRaid: (raid: Raid) => void
  /** Why the bot is to say nothing for now. */
  readonly muted: () => string | undefined
  /** Called when {@link BotAccount.blocked} may say something else than before. */
  readonly onStanding: () => void
  /** Whether another of our accounts is in the channel. */
  readonly isWatched: (channel: ChannelName) => boolean
  /** When a line of nobody of ours was last heard, by whichever connection, in clock milliseconds. */
  readonly othersHeardAtMs: () => number
}

/** One bot's account in chat: its connection, how it stands in its rooms, and what it has to say. */
export class BotAccount {
  readonly bot: BotLogin
  readonly #options: BotAccountOptions
  readonly #connection: BotConnection
  readonly #rooms: Rooms
  readonly #budget = new SendBudget()
  readonly #outbox: Outbox
  /** Unset where nothing is kept. */
  readonly #file: BudgetFile | undefined
  readonly #ignoreTokens: Cancel
  #isKept = true

  constructor(options: BotAccountOptions) {
    const { bot, clock, dataDir, events, random } = options
    this.bot = bot
    this.#options = options
    this.#rooms = new Rooms({ bot, clock, events, onChange: () => this.#changed() })
    this.#connection = new BotConnection({
      ...options,
      listener: {
        message: options.onMessage,
        cleared: options.onCleared,
        raided: options.onRaid,
        userState: (state) => this.#userState(state),
        roomState: (channel, modes) => this.#rooms.setModes(channel, modes),
        notice: (id, channel, text) => this.#noticed(id, channel, text),
        joined: (channel) => this.#joined(channel),
        isAwaited: (client) => this.#outbox.delivery.isAwaited(client),
        closed: (client) => this.#outbox.delivery.cut(client),
      },
    })
    this.#file = dataDir === undefined ? undefined : new BudgetFile({ folder: dataDir, bot, clock })
    this.#outbox = new Outbox({
      bot,
      clock,
      events,
      rooms: this.#rooms,
      budget: this.#budget,
      keepBudget: () => this.#keepBudget(),
      newNonce: () => newNonce(random),
      muted: options.muted,
      onChange: () => this.#changed(),
      link: {
        canWrite: (channel) => this.isIn(channel),
        connection: () => this.#connection.online,
        isWatched: options.isWatched,
        othersHeardAtMs: options.othersHeardAtMs,
      },
    })
    this.#ignoreTokens = options.tokens.onChange((change) => {
      if (change.bot.toLowerCase() !== bot.toLowerCase()) return
      if (change.kind === 'replaced') this.#connection.tokenReplaced()
      else this.#connection.tokenRevoked(change.reason)
    })
  }

  /** See {@link BotConnection.start}. */
  start(): Promise<void> {
    // Not before: until now another run may have written lines.
    this.#budget.goOn(this.#readBudget())
    return this.#connection.start()
  }

  /** See {@link Outbox.send}. */
  send(line: ChatLine, context: DeliveryContext): Promise<Outcome> {
    return this.#outbox.send(line, context)
  }

  /** Says a line that nobody has to be told of, also while the bot is muted. See {@link Outbox.send}. */
  say(line: ChatLine, signal: AbortSignal): Promise<Outcome> {
    return this.#outbox.send(line, { signal, inFlight() {}, settled() {} }, true)
  }

  /** Looks again what may be written: the bot was muted, or is so no longer. */
  refresh(): void {
    this.#changed()
  }

  /** The bot was heard by another connection: a receipt, and its badges say what it is. */
  sighted(message: ChatMessage, nonce: string | undefined): void {
    const { channel, id, roles, text } = message
    this.#rooms.setRoles(channel, roles)
    const sighting: Sighting = { nonce, text }
    this.#outbox.delivery.sighted(channel, sighting, id)
  }

  /** Whether it is in the channel, listening and able to talk. */
  isIn(channel: ChannelName): boolean {
    return this.#connection.online?.canWrite(channel) ?? false
  }

  /** Why the bot can't get on in the channel; `undefined` where it can, or needs only wait for network or allowance. */
  blocked(channel: ChannelName): string | undefined {
    return this.#connection.parkedReason ?? this.#outbox.blocked(channel)
  }

  /** See {@link Outbox.forecastMs}. */
  forecastMs(channel: ChannelName, lines: number): number {
    return this.#outbox.forecastMs(channel, lines)
  }

  status(): BotChatStatus {
    const { channels, clock, muted } = this.#options
    const { parkedReason, joined, state } = this.#connection
    const reason = parkedReason ?? this.#shutOutReason() ?? this.#outbox.delivery.lockOutReason
    const mutedReason = muted()
    const nowMs = clock.now()
    const parts = { rooms: this.#rooms, budget: this.#budget, joined, nowMs }
    const isPrivileged = joined.some((channel) => this.#rooms.standing(channel).isPrivileged)
    return {
      bot: this.bot,
      state,
      joined,
      ...(reason !== undefined && { reason }),
      ...(mutedReason !== undefined && { mutedReason }),
      waiting: this.#outbox.pending,
      linesLeft: this.#budget.left(nowMs, isPrivileged),
      linesMax: linesMax(isPrivileged),
      rooms: channels.map((channel) => toRoomStatus(channel, parts)),
    }
  }

  /** What was written is left in doubt, what waits is refused; resolves when the sockets are gone. Safe to call twice. */
  async stop(): Promise<void> {
    this.#ignoreTokens()
    this.#outbox.stop()
    this.#rooms.stop()
    await this.#connection.stop()
  }

  /** Shut out of all its channels until someone mends it, and in which words. */
  #shutOutReason(): string | undefined {
    const { channels } = this.#options
    const isShutOut = channels.every((channel) => this.#rooms.isClosedForGood(channel))
    return isShutOut ? channels.map((channel) => this.#rooms.closedReason(channel))[0] : undefined
  }

  #userState({ channel, roles, ...receipt }: UserState): void {
    this.#rooms.setRoles(channel, roles)
    this.#outbox.delivery.confirmed(channel, receipt)
  }

  #joined(channel: ChannelName): void {
    this.#rooms.joined(channel)
    this.#settleIfAnswered()
    this.#options.events.emit('bot:joined', { bot: this.bot, channel })
    this.#changed()
  }

  #noticed(notice: string, channel: ChannelName, text: string): void {
    if (!this.#options.channels.includes(channel) || !isAboutLine(notice)) return
    if (this.#connection.joined.includes(channel) || !isShutOut(notice)) {
      this.#outbox.delivery.refused(channel, notice, text)
      return
    }
    // The answer to a join, which is asked for again and again: only that ends it.
    this.#rooms.close(channel, {
      kind: 'close',
      waitMs: Number.POSITIVE_INFINITY,
      reason: text,
      isForGood: true,
    })
    this.#settleIfAnswered()
  }

  #settleIfAnswered(): void {
    const { joined } = this.#connection
    const isAnswered = (channel: ChannelName) =>
      joined.includes(channel) || this.#rooms.isClosedForGood(channel)
    if (this.#options.channels.every(isAnswered)) this.#connection.settle()
  }

  #changed(): void {
    this.#outbox.wake()
    this.#options.onStanding()
  }

  #readBudget() {
    try {
      return this.#file?.read() ?? []
    } catch (error) {
      this.#tellUnkept(error)
      return []
    }
  }

  #keepBudget(): void {
    try {
      this.#file?.write(this.#budget.written)
      this.#isKept = true
    } catch (error) {
      this.#tellUnkept(error)
    }
  }

  /** Once per episode: a full disk would else fill the log, too. */
  #tellUnkept(error: unknown): void {
    if (this.#isKept) {
      this.#options.events.emit('error', {
        error,
        where: `what ${this.bot} has sent is not kept for the next start`,
      })
    }
    this.#isKept = false
  }
}
