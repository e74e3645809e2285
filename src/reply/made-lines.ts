import type { Clock } from '../clock.js'
import type { BotLogin, ChannelName } from '../domain.js'

/** Lines remembered per bot and channel, as many as Twitch lets an account send in the time; the oldest falls out. */
const LINES_MAX = 100
/** Pairs of bot and channel remembered, far more than a set-up has; the one used first is forgotten. */
const PLACES_MAX = 10_000

interface Made {
  readonly text: string
  readonly atMs: number
}

/** Lines made lately, sent or not: two replies of one bot that run at once must not come out the same. */
export class MadeLines {
  readonly #clock: Clock
  readonly #keptMs: number
  readonly #places = new Map<string, Made[]>()

  constructor(options: { readonly clock: Clock; readonly keptMs: number }) {
    this.#clock = options.clock
    this.#keptMs = options.keptMs
  }

  add(bot: BotLogin, channel: ChannelName, text: string): void {
    const place = placeOf(bot, channel)
    const lines = this.#recent(place)
    lines.push({ text, atMs: this.#clock.now() })
    if (!this.#places.has(place) && this.#places.size >= PLACES_MAX) this.#forgetOldest()
    this.#places.set(place, lines.slice(-LINES_MAX))
  }

  has(bot: BotLogin, channel: ChannelName, text: string): boolean {
    return this.#recent(placeOf(bot, channel)).some((line) => line.text === text)
  }

  #recent(place: string): Made[] {
    const since = this.#clock.now() - this.#keptMs
    return (this.#places.get(place) ?? []).filter((line) => line.atMs > since)
  }

  #forgetOldest(): void {
    for (const oldest of this.#places.keys()) {
      this.#places.delete(oldest)
      return
    }
  }
}

function placeOf(bot: BotLogin, channel: ChannelName): string {
  return `${bot.toLowerCase()}#${channel}`
}
