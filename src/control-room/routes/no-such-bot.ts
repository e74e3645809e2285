import type { Bot } from '../../domain.js'
import type { Answer } from '../web/route.js'

/** The answer to whoever names a bot that is none of ours: it says which ones there are. */
export function noSuchBot(bots: readonly Pick<Bot, 'login'>[]): Answer {
  return {
    kind: 'problem',
    problem: {
      status: 404,
      error: 'no-bot',
      message: 'No bot of this Chorus has that login.',
      advice: `There are ${bots.map(({ login }) => login).join(', ')}.`,
    },
  }
}
