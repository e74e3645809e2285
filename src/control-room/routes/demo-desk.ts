import type { DemoLine, DemoState } from '../snapshot/snapshot.js'

/** What can be played in the demo’s chat: a raid of a hundred, five questions to one bot, a line that calls every bot. */
export const DEMO_SCENES = ['raid', 'questions', 'everyone'] as const
export type DemoScene = (typeof DEMO_SCENES)[number]

/** The demo as the control room turns it. The port knows nothing of who plays it; a live start has none. */
export interface DemoDesk {
  state(): DemoState
  /** The last lines of its chat, oldest first: the same array until a line comes. */
  lines(): readonly DemoLine[]
  /** A viewer says something. Whoever calls it has made sure of name and text. */
  say(viewer: string, text: string): void
  /** Begins a scene; false where as many play as may at once. */
  play(scene: DemoScene): boolean
  /**
   * Has the built-in model go away, or come back. May be called twice, and at once: the last call holds in the end. Not to be
   * called where {@link DemoState.canModelBeAway} is false.
   *
   * @throws ChorusError `port-taken` where another program has taken the model’s port meanwhile
   */
  turnModel(turn: { readonly away: boolean }): Promise<void>
  /** Cuts the connection of every bot; they come back by themselves. */
  cut(): void
  /** How many lines come by themselves from now on, per second; 0 for none. Kept to two decimals. */
  setPace(linesPerSecond: number): void
}
