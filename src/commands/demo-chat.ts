import { type Clock, MINUTE, SECOND } from '../clock.js'
import type { BotLogin } from '../domain.js'
import { playScenario } from '../simulator/scenario-player.js'
import { everybodyAnswer, mixedChat, questionBurst, raid, type Scenario } from '../simulator/scenarios.js'
import type { TwitchSimulator } from '../simulator/twitch-simulator.js'

export interface DemoChatOptions {
  readonly twitch: TwitchSimulator
  readonly clock: Clock
  readonly bots: readonly BotLogin[]
  readonly channel: string
  readonly seed: number
}

/** Slow enough to read along, fast enough that something always happens. */
const LINES_PER_SECOND = 0.5
const RAIDERS = 100

/** The viewers of the demo: ambient chat that never ends, and what the keys start on top of it. */
export class DemoChat {
  readonly #options: DemoChatOptions
  readonly #stopping = new AbortController()
  readonly #playing = new Set<Promise<void>>()
  #scenes = 0

  constructor(options: DemoChatOptions) {
    this.#options = options
  }

  start(): void {
    this.#play(
      (base) => mixedChat({ ...base, lastsMs: 10 * MINUTE, linesPerSecond: LINES_PER_SECOND }),
      () => this.start(),
    )
  }

  /** A raid of a hundred, each with a question. */
  raid(): void {
    this.#play((base) => raid({ ...base, viewers: RAIDERS, overMs: 8 * SECOND }))
  }

  /** Five questions to one bot within two seconds. */
  burst(): void {
    const { bots } = this.#options
    const bot = bots[this.#scenes % bots.length]
    if (bot !== undefined) this.#play((base) => questionBurst({ ...base, bot }))
  }

  /** One line that calls every bot. */
  everybody(): void {
    this.#play((base) => everybodyAnswer(base))
  }

  /** Ends every scene. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.allSettled(this.#playing)
  }

  #play(
    scene: (base: Pick<DemoChatOptions, 'channel' | 'bots' | 'seed'>) => Scenario,
    then: () => void = () => {},
  ): void {
    const { twitch, clock, channel, bots, seed } = this.#options
    const { signal } = this.#stopping
    if (signal.aborted) return
    // Another seed each time: a second raid has other questions.
    const scenario = scene({ channel, bots, seed: seed + this.#scenes++ })
    const playing = playScenario({ scenario, simulator: twitch, clock, signal })
      .then(then)
      .catch(() => {
        // Only the stop ends a scene early.
      })
      .finally(() => this.#playing.delete(playing))
    this.#playing.add(playing)
  }
}
