import type { Bot, BotLogin } from '../domain.js'
import { ChorusError } from '../errors.js'

/** The bots by their logins, in any case. */
export class Personas {
  readonly #bots: ReadonlyMap<string, Bot>

  constructor(bots: readonly Bot[]) {
    this.#bots = new Map(bots.map((bot) => [bot.login.toLowerCase(), bot]))
  }

  find(login: string): Bot | undefined {
    return this.#bots.get(login.toLowerCase())
  }

  /** @throws ChorusError `reply-failed` for a bot that is not configured */
  get(login: BotLogin): Bot {
    const bot = this.find(login)
    if (!bot) throw new ChorusError('reply-failed', `no persona for ${login}`)
    return bot
  }
}
