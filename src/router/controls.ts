import { type Cancel, type Clock, MINUTE } from '../clock.js'
import { type BotLogin, MUTE_MINUTES_MAX, sameLogin } from '../domain.js'

/** A bot that says nothing for now. */
export interface MutedBot {
  readonly bot: BotLogin
  readonly reason: string
  /** Milliseconds until it talks again; absent where somebody has to let it. */
  readonly leftMs?: number
}

/** What people have set while Chorus runs. JSON-safe. */
export interface ControlState {
  /** Nobody talks unasked, and viewers share lines as soon as several wait. */
  readonly isCalm: boolean
  readonly isChancePaused: boolean
  /** Stands in for the configured chance of a reply, in [0, 1]; absent where that holds. */
  readonly chance?: number
  readonly muted: readonly MutedBot[]
}

export interface ControlsOptions {
  readonly bots: readonly BotLogin[]
  readonly clock: Clock
  /** Called after every change, also when a mute has run out. @param by who asked for it, where that is known */
  readonly onChange: (by: string | undefined) => void
}

interface Mute {
  readonly endsAtMs: number | undefined
  readonly reason: string
  readonly cancel: Cancel
}

/**
 * What a streamer, a moderator or a developer turns while Chorus runs: calm, mutes, the chance of unasked replies. It
 * lives in this process alone: the next start has everything as configured, so that nobody has to search for a bot that
 * was muted last week.
 */
export class Controls {
  readonly #options: ControlsOptions
  /** At most one per bot, by its name in the configuration. */
  readonly #mutes = new Map<BotLogin, Mute>()
  /** Lines that wait for their bot to talk again: at most as many as the queue has ready. */
  readonly #waiting = new Set<() => void>()
  #isCalm = false
  #isChancePaused = false
  #chance: number | undefined
  #isStopped = false

  constructor(options: ControlsOptions) {
    this.#options = options
  }

  get state(): ControlState {
    return {
      isCalm: this.#isCalm,
      isChancePaused: this.#isChancePaused,
      ...(this.#chance !== undefined && { chance: this.#chance }),
      muted: [...this.#mutes].map(([bot, mute]) => this.#toMuted(bot, mute)),
    }
  }

  /** Why a bot says nothing; `undefined` while it may, and for a bot that is none of ours. */
  mutedReason(bot: string): string | undefined {
    // Asked for every channel of every lane: of few muted bots, mostly none.
    for (const [muted, { reason }] of this.#mutes) if (sameLogin(muted, bot)) return reason
    return undefined
  }

  calm(isOn: boolean, by?: string): void {
    if (this.#isCalm === isOn) return
    this.#isCalm = isOn
    this.#changed(by)
  }

  pauseChance(isOn: boolean, by?: string): void {
    if (this.#isChancePaused === isOn) return
    this.#isChancePaused = isOn
    this.#changed(by)
  }

  /** @throws RangeError for what is no chance */
  setChance(chance: number | undefined, by?: string): void {
    if (chance !== undefined && !(chance >= 0 && chance <= 1))
      throw new RangeError(`a chance is a number from 0 to 1, not ${String(chance)}`)
    if (this.#chance === chance) return
    this.#chance = chance
    this.#changed(by)
  }

  /**
   * Mutes a bot for so many minutes, or until it is unmuted. What was set before for it holds no longer.
   *
   * @throws RangeError for a bot that is none of ours, and for minutes that are not more than 0 and at most a week
   */
  mute(bot: string, minutes?: number, by?: string): void {
    const name = this.#require(bot)
    if (minutes !== undefined && !(minutes > 0 && minutes <= MUTE_MINUTES_MAX))
      throw new RangeError(
        `a mute lasts more than 0 and at most ${MUTE_MINUTES_MAX} minutes, not ${String(minutes)}`,
      )
    this.#mute(name, minutes)
    this.#changed(by)
  }

  /** @throws RangeError for a bot that is none of ours */
  unmute(bot: string, by?: string): void {
    if (this.#lift(this.#require(bot))) this.#changed(by)
  }

  /** Mutes every bot until {@link reset}, or until it is unmuted. */
  muteAll(by?: string): void {
    for (const bot of this.#options.bots) this.#mute(bot)
    this.#changed(by)
  }

  /** Everything as configured: nobody muted, no calm, chance replies as ever. */
  reset(by?: string): void {
    this.#isCalm = false
    this.#isChancePaused = false
    this.#chance = undefined
    for (const bot of this.#options.bots) this.#lift(bot)
    this.#changed(by)
  }

  /** Resolves as soon as the bot may talk; rejects with the signal's reason when that is aborted. */
  async mayTalk(bot: BotLogin, signal: AbortSignal): Promise<void> {
    while (this.mutedReason(bot) !== undefined) await this.#nextChange(signal)
  }

  /** Leaves no timer behind. */
  stop(): void {
    this.#isStopped = true
    for (const { cancel } of this.#mutes.values()) cancel()
  }

  #mute(bot: BotLogin, minutes?: number): void {
    const { clock } = this.#options
    this.#lift(bot)
    const isEndless = minutes === undefined
    const forMs = isEndless ? 0 : minutes * MINUTE
    this.#mutes.set(bot, {
      endsAtMs: isEndless ? undefined : clock.now() + forMs,
      reason: isEndless ? 'It is muted until it is unmuted.' : `It is muted for ${minutes} min.`,
      cancel: isEndless || this.#isStopped ? () => {} : clock.after(forMs, () => this.unmute(bot)),
    })
  }

  /** False when it was not muted. */
  #lift(bot: BotLogin): boolean {
    this.#mutes.get(bot)?.cancel()
    return this.#mutes.delete(bot)
  }

  #toMuted(bot: BotLogin, { endsAtMs, reason }: Mute): MutedBot {
    if (endsAtMs === undefined) return { bot, reason }
    return { bot, reason, leftMs: Math.round(Math.max(0, endsAtMs - this.#options.clock.now())) }
  }

  #changed(by: string | undefined): void {
    this.#options.onChange(by)
    for (const look of [...this.#waiting]) look()
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const end = () => {
        this.#waiting.delete(look)
        signal.removeEventListener('abort', abort)
      }
      const look = () => {
        end()
        resolve()
      }
      const abort = () => {
        end()
        reject(signal.reason)
      }
      this.#waiting.add(look)
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  #find(bot: string): BotLogin | undefined {
    return this.#options.bots.find((login) => sameLogin(login, bot))
  }

  #require(bot: string): BotLogin {
    const name = this.#find(bot)
    if (name) return name
    throw new RangeError(
      `no bot is called ${JSON.stringify(bot)}: there are ${this.#options.bots.join(', ')}`,
    )
  }
}
