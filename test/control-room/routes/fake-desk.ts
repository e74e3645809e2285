import type { DemoDesk } from '../../../src/control-room/routes/demo-desk.js'
import type { DemoLine, DemoState } from '../../../src/control-room/snapshot/snapshot.js'
import { toChannelName } from '../../../src/domain.js'
import { settle } from '../../support/manual-clock.js'

/** A demo in which nothing happens but that it is written down. */
export class FakeDesk implements DemoDesk {
  readonly calls: string[] = []
  /** Whether a further scene may play. */
  hasRoom = true
  canModelBeAway = true
  #linesPerSecond = 0.5
  #isModelAway = false

  state(): DemoState {
    return {
      channel: toChannelName('mychannel'),
      linesPerSecond: this.#linesPerSecond,
      isModelAway: this.#isModelAway,
      canModelBeAway: this.canModelBeAway,
    }
  }
  lines(): readonly DemoLine[] {
    return []
  }
  say(viewer: string, text: string): void {
    this.calls.push(`${viewer}: ${text}`)
  }
  play(scene: string): boolean {
    this.calls.push(scene)
    return this.hasRoom
  }
  async turnModel({ away }: { readonly away: boolean }): Promise<void> {
    this.calls.push(away ? 'away' : 'back')
    await settle()
    this.#isModelAway = away
  }
  cut(): void {
    this.calls.push('cut')
  }
  setPace(linesPerSecond: number): void {
    this.calls.push(`pace ${linesPerSecond}`)
    this.#linesPerSecond = linesPerSecond
  }
}
