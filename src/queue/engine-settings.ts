import { SECOND } from '../clock.js'
import type { Config } from '../config-schema.js'
import type { PQueueEngineOptions } from './engine-options.js'

/** What the configuration says of the queue, in the engine's own units. */
export function toEngineSettings({
  queue,
  retry,
  replies,
}: Pick<Config, 'queue' | 'retry' | 'replies'>): Pick<
  PQueueEngineOptions,
  'limits' | 'retry' | 'answerWithinMs' | 'backlogMax' | 'joint' | 'headStart'
> {
  return {
    limits: { global: queue.global, perBot: queue.perBot },
    retry: { attempts: retry.attempts, baseMs: retry.base * SECOND, maxMs: retry.max * SECOND },
    answerWithinMs: replies.answerWithin * SECOND,
    backlogMax: queue.backlog,
    joint: {
      whenWaitOverMs: replies.joint.whenWaitOver * SECOND,
      maxViewers: replies.joint.maxViewers,
    },
    headStart: {
      moderator: queue.headStart.moderator * SECOND,
      vip: queue.headStart.vip * SECOND,
      subscriber: queue.headStart.subscriber * SECOND,
    },
  }
}
