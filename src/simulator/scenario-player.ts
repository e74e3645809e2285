import { type Clock, sleep } from '../clock.js'
import { assertNever } from '../domain.js'
import type { Scenario, ScenarioAction } from './scenarios.js'
import type { TwitchSimulator } from './twitch-simulator.js'

/**
 * Plays a scenario on a built-in Twitch. Resolves when the last step is done; rejects with the signal's reason as
 * soon as it is aborted, and plays nothing more.
 */
export async function playScenario(options: {
  readonly scenario: Scenario
  readonly simulator: TwitchSimulator
  readonly clock: Clock
  readonly signal?: AbortSignal
}): Promise<void> {
  const { scenario, simulator, clock, signal } = options
  const startMs = clock.now()
  for (const { atMs, action } of scenario) {
    signal?.throwIfAborted()
    // Counted from the start, so that late timers don't add up; steps that are due already share a turn.
    const waitMs = startMs + atMs - clock.now()
    if (waitMs > 0) await sleep(clock, waitMs, signal)
    perform(action, simulator)
  }
}

function perform(action: ScenarioAction, simulator: TwitchSimulator): void {
  switch (action.kind) {
    case 'say':
      simulator.room(action.channel).say(action.viewer, action.text)
      break
    case 'raid':
      simulator.room(action.channel).raid(action.from, action.viewers)
      break
    case 'cut':
      simulator.cut(action.login)
      break
    case 'half-open':
      simulator.halfOpen(action.login)
      break
    case 'reconnect':
      simulator.askReconnect(action.login === undefined ? {} : { login: action.login })
      break
    case 'away':
      simulator.away()
      break
    case 'back':
      simulator.back()
      break
    default:
      assertNever(action)
  }
}
