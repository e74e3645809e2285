import type { BotLogin } from '../domain.js'
import type { Blocked, BlockedCheck, LaneStatus, ModelStanding } from '../reply-queue.js'
import type { LaneForecast } from './lane-forecast.js'
import type { Lanes } from './lanes.js'
import type { Ledger } from './ledger.js'

export interface LaneParts {
  readonly ledger: Pick<Ledger, 'readyIn' | 'states' | 'viewers'>
  readonly lanes: Pick<Lanes, 'waiting'>
  readonly forecast: Pick<LaneForecast, 'doneMs' | 'expectedMs' | 'oldestMs' | 'viewersPerLine'>
  readonly blocked?: BlockedCheck | undefined
  readonly silenced?: ((bot: BotLogin) => Blocked | undefined) | undefined
  readonly model?: Pick<ModelStanding, 'away'> | undefined
}

/** How it goes with a bot's lane. Of how long it takes nothing is told while nobody knows when it gets on again. */
export function toLaneStatus(bot: BotLogin, parts: LaneParts): LaneStatus {
  const { forecast, ledger } = parts
  const viewers = ledger.viewers.of(bot)
  const blockedReason = toBlockedReason(bot, parts)
  const isBlocked = blockedReason !== undefined
  const ifKnown = (toMs: () => number) => (isBlocked ? Number.POSITIVE_INFINITY : toMs())
  return {
    ...ledger.states(bot),
    viewers,
    expectedMs: ifKnown(() => forecast.expectedMs(bot)),
    doneMs:
      countOf(viewers) === 0 ? 0 : ifKnown(() => forecast.doneMs(bot, countAbsent(bot, viewers, parts))),
    oldestMs: forecast.oldestMs(bot, () => true),
    viewersPerLine: forecast.viewersPerLine(bot),
    ...(isBlocked && { blockedReason }),
  }
}

function countOf(viewers: LaneStatus['viewers']): number {
  return Object.values(viewers).reduce((sum, count) => sum + count, 0)
}

/** Viewers who wait and do not stand in line yet: their mentions are held, or are just being written down. */
function countAbsent(bot: BotLogin, { held, waiting }: LaneStatus['viewers'], { lanes }: LaneParts): number {
  const inLine = lanes
    .waiting(bot)
    .counts()
    .reduce((sum, { mentions }) => sum + mentions, 0)
  return held + Math.max(0, waiting - inLine)
}

/** It may talk nowhere, or nowhere where something waits for it; or nobody makes lines. */
function toBlockedReason(
  bot: BotLogin,
  { blocked, lanes, ledger, model, silenced }: LaneParts,
): Blocked | undefined {
  const reason = silenced?.(bot) ?? model?.away()?.reason
  if (reason !== undefined || !blocked || ledger.states(bot).working > 0) return reason
  const reasons = lanes
    .waiting(bot)
    .counts()
    .filter(({ channel, mentions, others }) => mentions + others + ledger.readyIn(bot, channel) > 0)
    .map(({ channel }) => blocked(bot, channel))
  return reasons.includes(undefined) ? undefined : reasons[0]
}
