import { expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { ChorusError } from '../../src/errors.js'
import type { ChorusEvents } from '../../src/events.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture, jointLine } from './engine-fixture.js'

type TellsOfReply = Extract<keyof ChorusEvents, 'reply:started' | 'reply:ready' | 'reply:held'>

it.each<TellsOfReply>(['reply:started', 'reply:ready', 'reply:held'])(
  'whoever takes back other replies of a line when told of one (%s) leaves no count behind',
  async (event) => {
    let isFirst = true
    const { clock, engine, events, settled } = engineFixture({
      bots: ['ava'],
      limits: { global: 1, perBot: 1 },
      rules: { whenWaitOverMs: 15 * SECOND, maxViewers: 6 },
      async reply() {
        if (event === 'reply:held' && !isFirst) throw new ChorusError('model-unreachable', 'down')
        isFirst = false
        return 'hi'
      },
      joint: async (shares) => jointLine(shares),
    })
    engine.calm(true)
    const viewers = event === 'reply:held' ? ['ann', 'ann', 'ann'] : ['ann', 'ann', 'bob', 'cid']
    const tasks = viewers.map((login) => replyTask({ login }))
    events.on(event, ({ task }: { readonly task: { readonly id: string } }) => {
      if (!tasks.some(({ id }) => id === task.id)) return
      const isAnother = ({ id }: { readonly id: string }) =>
        id !== task.id && tasks.some((one) => one.id === id)
      engine.takeBack(isAnother, { kind: 'withdrawn', by: 'streamer', reason: 'skipped' })
      isFirst = true
    })
    await engine.accept([replyTask({ login: 'x' })])
    await engine.accept(tasks)
    await clock.advance(60 * SECOND)
    expect(engine.metrics().global).toEqual({ size: 0, pending: 0 })
    expect(engine.lanes().ava).toMatchObject({ waiting: 0, working: 0, ready: 0, held: 0 })
    expect(settled).toHaveLength(1 + tasks.length)
  },
)
