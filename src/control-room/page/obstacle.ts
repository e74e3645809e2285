import type { ChorusStatus } from '../../chorus.js'
import { type BotStatus, toStanding } from './standing.js'

/** What keeps all replies of a bot from getting on. */
type Obstacle = 'mute' | 'model' | 'chat'

/** Until when that lasts, as it ends a sentence: `they wait …`. */
export const OBSTACLES: Readonly<Record<Obstacle, string>> = {
  mute: 'until it is unmuted',
  model: 'for the model',
  chat: 'until it may talk',
}

/** What keeps a bot’s replies from getting on: the first that a person could do something about. */
export function toObstacle(bot: BotStatus, status: ChorusStatus): Obstacle | undefined {
  const { kind } = toStanding(bot, status)
  if (kind === 'muted') return 'mute'
  if (status.model.answeredBy === 'nobody') return 'model'
  const isBlocked = status.lanes[bot.bot]?.blockedReason !== undefined
  return kind === 'on-the-way' || isBlocked ? 'chat' : undefined
}
