import type { BotLogin } from '../domain.js'
import type { LaneStatus } from '../reply-queue.js'
import type { LaneForecast } from './lane-forecast.js'
import type { Ledger } from './ledger.js'

export interface LaneParts {
  readonly ledger: Pick<Ledger, 'states'>
  readonly forecast: Pick<LaneForecast, 'doneMs' | 'viewersPerLine' | 'wait'>
}

/** How it goes with a bot's lane. */
export function toLaneStatus(bot: BotLogin, { forecast, ledger }: LaneParts): LaneStatus {
  const states = ledger.states(bot)
  return {
    ...states,
    ...forecast.wait(bot, () => true),
    doneMs: forecast.doneMs(bot, states.held),
    viewersPerLine: forecast.viewersPerLine(bot),
  }
}
