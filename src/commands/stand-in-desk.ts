import type { DemoDesk, DemoScene } from '../control-room/routes/demo-desk.js'
import type { DemoLine, DemoState } from '../control-room/snapshot/snapshot.js'
import type { ChannelName } from '../domain.js'
import type { ModelSimulator } from '../simulator/model-simulator.js'
import type { ShownLine } from '../simulator/shown-lines.js'
import type { TwitchSimulator } from '../simulator/twitch-simulator.js'
import type { DemoChat } from './demo-chat.js'

export interface StandInDeskOptions {
  readonly twitch: Pick<TwitchSimulator, 'cut' | 'onLine' | 'room'>
  /** Absent where lines are made by somebody’s own model: that one can’t be sent away. */
  readonly model: Pick<ModelSimulator, 'away' | 'back'> | undefined
  readonly chat: Pick<DemoChat, 'linesPerSecond' | 'play' | 'setPace'>
  readonly channel: ChannelName
}

/** Lines of chat that are kept: a page is told all of them whenever one comes, and nobody reads further back. The oldest go first. */
const LINES_MAX = 80

/** Drives the built-in Twitch and the built-in model as the control room asks for it. */
export class StandInDesk implements DemoDesk {
  readonly #options: StandInDeskOptions
  readonly #unwatch: () => void
  #lines: readonly DemoLine[] = []
  #isModelAway = false

  constructor(options: StandInDeskOptions) {
    this.#options = options
    this.#unwatch = options.twitch.onLine((line) => {
      this.#lines = [...this.#lines, toDemoLine(line)].slice(-LINES_MAX)
    })
  }

  state(): DemoState {
    const { channel, chat, model } = this.#options
    return {
      channel,
      linesPerSecond: chat.linesPerSecond,
      isModelAway: this.#isModelAway,
      canModelBeAway: model !== undefined,
    }
  }

  lines(): readonly DemoLine[] {
    return this.#lines
  }

  say(viewer: string, text: string): void {
    const { channel, twitch } = this.#options
    twitch.room(channel).say(viewer, text)
  }

  play(scene: DemoScene): boolean {
    return this.#options.chat.play(scene)
  }

  /** The model takes one step after the other, so that each call finds the state that its own step has left. */
  async turnModel({ away }: { readonly away: boolean }): Promise<void> {
    const { model } = this.#options
    if (!model) throw new TypeError('a model of somebody’s own can’t be sent away')
    await (away ? model.away() : model.back())
    this.#isModelAway = away
  }

  cut(): void {
    this.#options.twitch.cut()
  }

  setPace(linesPerSecond: number): void {
    this.#options.chat.setPace(linesPerSecond)
  }

  /**
   * Brings back what was sent away, for the stop: what was accepted should still get its answer. Waits for nothing and never
   * throws; where it fails, the stop has its deadline.
   */
  heal(): void {
    if (this.#options.model) this.turnModel({ away: false }).catch(() => {})
  }

  /** Keeps no more lines. Safe to call twice. */
  close(): void {
    this.#unwatch()
  }
}

/** A line of the built-in Twitch as people are shown it, on whatever screen. */
export function toDemoLine(line: ShownLine): DemoLine {
  const { id, displayName: name, color, text, isSystem, isBot } = line
  return { id, name, color, text, kind: isSystem ? 'system' : isBot ? 'bot' : 'viewer' }
}
