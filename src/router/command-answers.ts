import { type Clock, SECOND } from '../clock.js'
import type { BotLogin, ChannelName, ChatLine, ChatText, MessageId } from '../domain.js'

/** How a bot stands in chat, as far as it concerns who answers. */
interface Speaker {
  readonly bot: BotLogin
  readonly joined: readonly ChannelName[]
  /** Why it may talk nowhere. */
  readonly reason?: string
  readonly rooms: readonly { readonly channel: ChannelName; readonly closedReason?: string }[]
}

/** An answer that is in chat. */
interface SaidAnswer {
  readonly bot: BotLogin
  readonly channel: ChannelName
  readonly text: ChatText
  readonly saidAtMs: number
}

/** For so long an account can't say the same again: Twitch's rule is 30 s, and accounts keep a margin. */
const AGAIN_MS = 31 * SECOND

export interface CommandAnswersOptions {
  readonly clock: Pick<Clock, 'now'>
  /** In the order in which they are to be asked. */
  readonly speakers: () => readonly Speaker[]
  readonly isMuted: (bot: BotLogin) => boolean
  /** Makes harmless text of the answer; nothing where there is none left. */
  readonly toText: (text: string) => ChatText | undefined
  /** Says a line outside the lanes, as soon as the account may; rejects when the signal was aborted before that. */
  readonly say: (bot: BotLogin, line: ChatLine, signal: AbortSignal) => Promise<unknown>
}

/**
 * Answers moderators' commands by one line each. One that was said lately says so: Twitch would not show it, and who asks twice
 * would wait in vain. While an answer to a channel still waits for its account, a newer one takes its place: a moderator who
 * types fast reads how things stand in the end, and nobody can fill the outbox so.
 */
export class CommandAnswers {
  readonly #options: CommandAnswersOptions
  /** Answers that are not said, at most one per channel. */
  readonly #waiting = new Map<ChannelName, AbortController>()
  /** What was said lately: no more than accounts may say in {@link AGAIN_MS}. */
  #said: readonly SaidAnswer[] = []

  constructor(options: CommandAnswersOptions) {
    this.#options = options
  }

  /** Has the first bot in the channel that may talk answer `replyTo`; nobody where none is there. */
  answer(channel: ChannelName, text: string, replyTo: MessageId): void {
    const bot = this.#speaker(channel)
    if (bot === undefined) return
    const safe = this.#toSayable(bot, channel, text)
    if (safe === undefined) return
    this.#waiting.get(channel)?.abort()
    const wanted = new AbortController()
    this.#waiting.set(channel, wanted)
    const end = () => {
      if (this.#waiting.get(channel) === wanted) this.#waiting.delete(channel)
    }
    // What Twitch refuses is told as an event of the line, and nobody waits for this one.
    this.#options.say(bot, { channel, text: safe, replyTo }, wanted.signal).then(() => {
      this.#said = [...this.#said, { bot, channel, text: safe, saidAtMs: this.#options.clock.now() }]
      end()
    }, end)
  }

  /** As it stands, unless just that was said lately. */
  #toSayable(bot: BotLogin, channel: ChannelName, text: string): ChatText | undefined {
    const safe = this.#options.toText(text)
    if (safe === undefined || !this.#wasSaid(bot, channel, safe)) return safe
    return this.#options.toText(`Again: ${text}`)
  }

  #wasSaid(bot: BotLogin, channel: ChannelName, text: ChatText): boolean {
    const now = this.#options.clock.now()
    this.#said = this.#said.filter(({ saidAtMs }) => now - saidAtMs < AGAIN_MS)
    return this.#said.some((said) => said.bot === bot && said.channel === channel && said.text === text)
  }

  /** A muted bot answers where all others are muted, too: else nobody could tell that `off` was understood. */
  #speaker(channel: ChannelName): BotLogin | undefined {
    const able = this.#options
      .speakers()
      .filter(({ joined, reason, rooms }) => {
        const isClosed = rooms.some((room) => room.channel === channel && room.closedReason !== undefined)
        return joined.includes(channel) && reason === undefined && !isClosed
      })
      .map(({ bot }) => bot)
    return able.find((bot) => !this.#options.isMuted(bot)) ?? able[0]
  }
}
