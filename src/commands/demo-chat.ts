import { type Clock, SECOND } from '../clock.js'
import type { DemoScene } from '../control-room/routes/demo-desk.js'
import { assertNever, type BotLogin } from '../domain.js'
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
/**
 * Lines of ambient chat that are thought up at a time, whatever its pace. Counted in lines, so that there is always one among
 * them: ambience without any would end in no time, and begin again for ever.
 */
const AMBIENT_LINES = 300
const RAIDERS = 100
/** Scenes that play at once, beside the ambient chat; further ones are refused. */
const SCENES_MAX = 5

/** The viewers of the demo: ambient chat that never ends, and the scenes that somebody starts on top of it. */
export class DemoChat {
  readonly #options: DemoChatOptions
  readonly #stopping = new AbortController()
  /** Bounded by {@link SCENES_MAX}. */
  readonly #scenes = new Set<Promise<void>>()
  #linesPerSecond = LINES_PER_SECOND
  /** Ends the ambient chat of now; absent before the start. */
  #ambience: AbortController | undefined
  #played = 0

  constructor(options: DemoChatOptions) {
    this.#options = options
  }

  /** Ambient lines per second; 0 for none. */
  get linesPerSecond(): number {
    return this.#linesPerSecond
  }

  /** Begins with the ambient chat. */
  start(): void {
    if (this.#stopping.signal.aborted) return
    this.#ambience?.abort()
    this.#ambience = new AbortController()
    if (this.#linesPerSecond > 0) void this.#beAround(this.#ambience.signal)
  }

  /** From now on so many ambient lines come per second, rounded to hundredths; none for 0. */
  setPace(linesPerSecond: number): void {
    this.#linesPerSecond = Math.round(linesPerSecond * 100) / 100
    if (this.#ambience) this.start()
  }

  /** Begins a scene; false where as many play as may at once. */
  play(scene: DemoScene): boolean {
    const { signal } = this.#stopping
    if (signal.aborted || this.#scenes.size >= SCENES_MAX) return false
    const playing = this.#perform(this.#toScenario(scene), signal)
      // Only the stop ends a scene early.
      .catch(() => {})
      .finally(() => this.#scenes.delete(playing))
    this.#scenes.add(playing)
    return true
  }

  /** Ends every scene. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#ambience?.abort()
    await Promise.allSettled(this.#scenes)
  }

  /** Ambient chat at the pace of now, until the signal; never rejects. */
  async #beAround(signal: AbortSignal): Promise<void> {
    const linesPerSecond = this.#linesPerSecond
    const lastsMs = (AMBIENT_LINES * SECOND) / linesPerSecond
    try {
      for (;;) await this.#perform(mixedChat({ ...this.#next(), lastsMs, linesPerSecond }), signal)
    } catch {
      // Another pace, or the stop.
    }
  }

  #toScenario(scene: DemoScene): Scenario {
    const { bots } = this.#options
    const bot = bots[this.#played % bots.length] ?? ''
    const base = this.#next()
    switch (scene) {
      case 'raid':
        return raid({ ...base, viewers: RAIDERS, overMs: 8 * SECOND })
      case 'questions':
        return questionBurst({ ...base, bot })
      case 'everyone':
        return everybodyAnswer(base)
      default:
        return assertNever(scene)
    }
  }

  /** What each scenario begins with. Another seed each time: a second raid has other questions. */
  #next(): Pick<DemoChatOptions, 'channel' | 'bots' | 'seed'> {
    const { bots, channel, seed } = this.#options
    return { channel, bots, seed: seed + this.#played++ }
  }

  #perform(scenario: Scenario, signal: AbortSignal): Promise<void> {
    const { twitch: simulator, clock } = this.#options
    return playScenario({ scenario, simulator, clock, signal })
  }
}
