import type { Clock } from '../clock.js'
import {
  type BotLogin,
  type ChannelName,
  type ChatMessage,
  type Clearing,
  isCleared,
  LINE_UNITS_MAX,
  type MessageId,
  type UserId,
} from '../domain.js'
import type { KeptLine } from '../kept-line.js'

/** A line as the prompt quotes it. */
export interface ConversationLine {
  /** Absent on a line of ours that no connection has heard back. */
  readonly id?: MessageId
  /** The writer's login, in lower case. */
  readonly name: string
  readonly text: string
}

/** Lines kept per channel; the oldest one falls out. At 40 lines a second that is still 12 seconds of chat. */
const LINES_MAX = 500
/** Channels remembered, twice what an account may join; the one heard first is forgotten. */
const CHANNELS_MAX = 200

interface Entry {
  /** Grows from line to line, also from run to run. */
  readonly place: number
  id: MessageId | undefined
  /** Absent on lines of ours that no connection has heard back. */
  readonly userId: UserId | undefined
  readonly name: string
  readonly text: string
  /** When a bot of ours said it; of other lines, and of an echo that came before its line was told, undefined. */
  saidAtMs: number | undefined
}

/** What was said in each channel lately, kept once per channel: a task finds its place by its message's id. */
export class Conversation {
  readonly #clock: Clock
  readonly #channels = new Map<ChannelName, Window>()

  constructor(options: { readonly clock: Clock }) {
    this.#clock = options.clock
  }

  /** Takes in a line of chat, each message once. Floods pass through here: it costs a handful of operations. */
  hear(message: ChatMessage): void {
    const window = this.#window(message.channel)
    const name = message.login
    if (window.talkers.has(name) && window.claimEcho(name, message)) return
    const { id, userId } = message
    window.push({
      place: this.#nextPlace(window),
      id,
      userId,
      name,
      text: bounded(message.text),
      saidAtMs: undefined,
    })
  }

  /** Takes in a line that a bot of ours has written. Its echo through another bot's connection adds no second one. */
  say(channel: ChannelName, bot: BotLogin, text: string, replyTo?: MessageId): void {
    const window = this.#window(channel)
    const name = bot.toLowerCase()
    window.talkers.add(name)
    const echo = window.newest(
      (line) => line.name === name && line.saidAtMs === undefined && isSameText(line.text, text),
    )
    if (echo) {
      echo.saidAtMs = this.#clock.now()
      return
    }
    const parent = replyTo && window.newest((line) => line.id === replyTo)
    const threaded = parent ? `@${parent.name} ${text}` : text
    window.push({
      place: this.#nextPlace(window),
      id: undefined,
      userId: undefined,
      name,
      text: bounded(threaded),
      saidAtMs: this.#clock.now(),
    })
  }

  /** Moderators have cleared something away: it is quoted no more. */
  forget(clearing: Clearing): void {
    this.#channels.get(clearing.channel)?.remove((line) => isCleared(line, clearing))
  }

  /**
   * At most `max` lines that end with `message`: what had been said when it was asked, not what is said now.
   * Only `message` itself when it has fallen out of the window.
   */
  around(message: ChatMessage, max: number): ConversationLine[] {
    const lines = this.#channels.get(message.channel)?.upTo(message.id, max) ?? []
    if (lines.length > 0) return lines.map(toLine)
    return [{ id: message.id, name: message.login, text: bounded(message.text) }]
  }

  /** The same as they are kept for a later run; none when it has fallen out of the window. */
  keptUpTo(message: ChatMessage, max: number): KeptLine[] {
    return (this.#channels.get(message.channel)?.upTo(message.id, max) ?? []).map(toKept)
  }

  /** Takes in what an earlier run has kept, oldest line first. To be called before anything is heard. */
  restore(channel: ChannelName, lines: readonly KeptLine[]): void {
    const window = this.#window(channel)
    for (const { id, userId, ...line } of lines) window.push({ ...line, id, userId, saidAtMs: undefined })
  }

  /** Whether the bot has said exactly this in the channel during the last `withinMs`. */
  hasSaid(channel: ChannelName, bot: BotLogin, text: string, withinMs: number): boolean {
    const name = bot.toLowerCase()
    const since = this.#clock.now() - withinMs
    const said = this.#channels
      .get(channel)
      ?.newest((line) => line.name === name && isSince(line.saidAtMs, since) && isSameText(line.text, text))
    return said !== undefined
  }

  /** The time on the wall, so that a later run goes on behind this one, or one more than the last. */
  #nextPlace(window: Window): number {
    return Math.max(Math.floor(this.#clock.wall()), window.newestPlace + 1)
  }

  #window(channel: ChannelName): Window {
    const known = this.#channels.get(channel)
    if (known) return known
    if (this.#channels.size >= CHANNELS_MAX) {
      for (const oldest of this.#channels.keys()) {
        this.#channels.delete(oldest)
        break
      }
    }
    const window = new Window()
    this.#channels.set(channel, window)
    return window
  }
}

/** A ring of lines: a new one takes the place of the oldest, so that nothing is ever moved. */
class Window {
  readonly #ring: Entry[] = []
  #written = 0
  /** Our bots that have spoken here, at most as many as are configured: only their lines can be echoes. */
  readonly talkers = new Set<string>()

  /** 0 where there is no line. */
  get newestPlace(): number {
    return this.#at(this.#written - 1)?.place ?? 0
  }

  push(line: Entry): void {
    this.#ring[this.#written % LINES_MAX] = line
    this.#written++
  }

  /** Takes lines out, wherever they are. */
  remove(isGone: (line: Entry) => boolean): void {
    const kept: Entry[] = []
    for (let back = this.#ring.length; back >= 1; back--) {
      const line = this.#at(this.#written - back)
      if (line && !isGone(line)) kept.push(line)
    }
    this.#ring.splice(0, this.#ring.length, ...kept)
    this.#written = kept.length
  }

  /** Gives a line of ours the id that Twitch gave it; false when there is none that waits for one. */
  claimEcho(name: string, message: ChatMessage): boolean {
    const own = this.newest(
      (line) =>
        line.name === name &&
        line.saidAtMs !== undefined &&
        line.id === undefined &&
        isSameText(line.text, message.text),
    )
    if (own) own.id = message.id
    return own !== undefined
  }

  newest(matches: (line: Entry) => boolean): Entry | undefined {
    for (let back = 1; back <= this.#ring.length; back++) {
      const line = this.#at(this.#written - back)
      if (line && matches(line)) return line
    }
    return undefined
  }

  /** The lines that end with the one called `id`, oldest first; none when it is not here. */
  upTo(id: MessageId, max: number): Entry[] {
    const lines: Entry[] = []
    for (let back = 1; back <= this.#ring.length && lines.length < max; back++) {
      const line = this.#at(this.#written - back)
      if (line && (lines.length > 0 || line.id === id)) lines.push(line)
    }
    return lines.reverse()
  }

  #at(index: number): Entry | undefined {
    return this.#ring[index % LINES_MAX]
  }
}

function toLine({ id, name, text }: Entry): ConversationLine {
  return id === undefined ? { name, text } : { id, name, text }
}

function toKept({ place, id, userId, name, text }: Entry): KeptLine {
  return { place, name, text, ...(id !== undefined && { id }), ...(userId !== undefined && { userId }) }
}

function bounded(text: string): string {
  return text.length > LINE_UNITS_MAX ? text.slice(0, LINE_UNITS_MAX) : text
}

function isSince(atMs: number | undefined, since: number): boolean {
  return atMs !== undefined && atMs > since
}

/** Twitch puts `@parent ` before the text of a threaded reply, so an echo may have it where our line has not. */
function isSameText(a: string, b: string): boolean {
  return a === b || withoutParent(a) === withoutParent(b)
}

function withoutParent(text: string): string {
  return text.replace(/^@\w{1,25} /, '').trim()
}
