import type { Chorus } from '../../chorus.js'
import { sameLogin } from '../../domain.js'
import { ChorusError } from '../../errors.js'
import { findTryOutFault, type TryOut } from '../../try-out.js'
import { bodyOf, NAME, post } from '../web/post.js'
import { type Problem, READ_DOCS } from '../web/problem.js'
import { type Answer, type AnsweredRoute, json } from '../web/route.js'
import { noSuchBot } from './no-such-bot.js'

/** Characters are counted as the configuration counts them, which no schema does: what is too long is found behind it. */
const TEXT = { type: 'string' }
const TRY_OUT = bodyOf({ bot: NAME, text: TEXT, persona: TEXT, viewer: NAME }, ['bot', 'text'])

/**
 * What a bot would say to a line. One at a time: each costs tokens and the model's time, which are the viewers' first. What is
 * tried is given up when whoever asked has left.
 */
export function tryRoute(chorus: Pick<Chorus, 'bots' | 'tryOut'>): AnsweredRoute {
  let isBusy = false
  const act = async (tryOut: TryOut, signal: AbortSignal): Promise<Answer> => {
    isBusy = true
    try {
      return json(await chorus.tryOut(tryOut, { signal }))
    } catch (error) {
      if (error instanceof ChorusError && error.code === 'model-away') return refused(AWAY)
      throw error
    } finally {
      isBusy = false
    }
  }
  const route = post<TryOut>('/api/try', TRY_OUT, (tryOut, { signal }) => {
    const isOurs = chorus.bots.some(({ login }) => sameLogin(login, tryOut.bot))
    if (!isOurs) return noSuchBot(chorus.bots)
    const fault = findTryOutFault(tryOut)
    if (fault !== undefined) return refused(badRequest(fault))
    return isBusy ? refused(BUSY) : act(tryOut, signal)
  })
  return { ...route, isSlow: true }
}

function refused(problem: Problem): Answer {
  return { kind: 'problem', problem }
}

function badRequest(message: string): Problem {
  return { status: 400, error: 'bad-request', message, advice: READ_DOCS }
}

/** A reply would wait; a person who tries a line is told. */
const AWAY: Problem = {
  status: 503,
  error: 'model-away',
  message: 'The model does not answer now, and nothing stands in for it.',
  advice: 'Try again when it answers: what keeps it away stands beside the model.',
}
const BUSY: Problem = {
  status: 429,
  error: 'busy-trying',
  message: 'Another line is being tried.',
  advice: 'Wait for its answer, or leave the page that asked for it: then try again.',
}
