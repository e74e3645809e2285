import type { Chorus } from '../../chorus.js'
import { MUTE_MINUTES_MAX, sameLogin, type TaskId } from '../../domain.js'
import { toReplyView } from '../snapshot/reply-view.js'
import { OWED_MAX } from '../snapshot/waiting.js'
import { bodyOf, IDS, NAME, post } from '../web/post.js'
import { type Answer, type AnsweredRoute, json } from '../web/route.js'
import { noSuchBot } from './no-such-bot.js'

export interface ApiRoutesOptions {
  readonly chorus: Pick<Chorus, 'bots' | 'getStatus' | 'router'>
  /** Has Chorus stop gracefully; must be safe to call twice. */
  readonly stop: () => void
  /** Clock milliseconds. */
  readonly now: () => number
}

/** What can be seen and turned while Chorus runs. */
export function apiRoutes({ chorus, now, stop }: ApiRoutesOptions): AnsweredRoute[] {
  return [
    { method: 'GET', path: '/api/status', access: 'room', answer: () => json(chorus.getStatus()) },
    ...controlRoutes(chorus),
    ...replyRoutes(chorus, now),
    post('/api/stop', bodyOf({}), () => {
      stop()
      return json({ status: 'stopping' }, 202)
    }),
  ]
}

const SWITCH = bodyOf({ on: { type: 'boolean' } })
const MINUTES = { type: 'number', exclusiveMinimum: 0, maximum: MUTE_MINUTES_MAX }

function controlRoutes({ bots, router }: Pick<Chorus, 'bots' | 'router'>): AnsweredRoute[] {
  const turned = (turn: () => void): Answer => {
    turn()
    return json({ controls: router.controls })
  }
  const turnedFor = (bot: string, turn: () => void): Answer => {
    const isOurs = bots.some(({ login }) => sameLogin(login, bot))
    return isOurs ? turned(turn) : noSuchBot(bots)
  }
  return [
    post<{ on: boolean }>('/api/calm', SWITCH, ({ on }) => turned(() => router.calm(on))),
    post<{ on: boolean }>('/api/pause-chance', SWITCH, ({ on }) => turned(() => router.pauseChance(on))),
    post<{ bot: string; minutes?: number }>(
      '/api/mute',
      bodyOf({ bot: NAME, minutes: MINUTES }, ['bot']),
      ({ bot, minutes }) => turnedFor(bot, () => router.mute(bot, minutes)),
    ),
    post<{ bot: string }>('/api/unmute', bodyOf({ bot: NAME }), ({ bot }) =>
      turnedFor(bot, () => router.unmute(bot)),
    ),
  ]
}

function replyRoutes({ router }: Pick<Chorus, 'router'>, now: () => number): AnsweredRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/replies',
      access: 'room',
      answer: () => {
        const nowMs = now()
        const replies = router.owed(OWED_MAX).map((reply) => {
          const ageMs = Math.round(nowMs - reply.task.message.arrivedAtMs)
          return { ...toReplyView(reply), ageMs }
        })
        return json({ replies })
      },
    },
    post<{ ids: TaskId[] }>('/api/skip', bodyOf({ ids: IDS }), ({ ids }) => {
      const changed = ids.filter((id) => router.skip(id))
      return json({ changed, unknown: ids.filter((id) => !changed.includes(id)) })
    }),
  ]
}
