import { describe, expect, it } from 'vitest'
import { SECOND, sleep } from '../../src/clock.js'
import type { Outcome, ReplyTask } from '../../src/domain.js'
import { ChorusError } from '../../src/errors.js'
import { NO_JOURNAL } from '../../src/queue/no-journal.js'
import { cpuMs, cpuMsOf } from '../support/cpu-time.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture, jointLine } from './engine-fixture.js'

/*
 * Goal: what one viewer has asked gets one answer, also where it has been in a line before and comes back. Method: an engine
 * that records which mentions each line for one viewer was asked to answer.
 */

const RULES = { whenWaitOverMs: 15 * SECOND, maxViewers: 6 }
const MODEL_MS = SECOND
const GONE = { kind: 'withdrawn', by: 'moderation', reason: 'gone' } as const

function sharesFixture(options: Parameters<typeof engineFixture>[0] = {}) {
  const alone: (readonly ReplyTask[])[] = []
  const fixture = engineFixture({
    bots: ['ava'],
    rules: RULES,
    async reply(task, { further = [], signal }) {
      alone.push([task, ...further])
      await sleep(fixture.clock, MODEL_MS, signal)
      return task.id
    },
    async joint(shares, { signal }) {
      await sleep(fixture.clock, MODEL_MS, signal)
      return jointLine(shares)
    },
    ...options,
  })
  const linesTo = (login: string) => alone.filter(([first]) => first?.message.login === login)
  return { ...fixture, linesTo }
}

const mentionsOf = (login: string, count: number) =>
  Array.from({ length: count }, (_, at) => replyTask({ login, arrivedAtMs: at + 1 }))

describe('all that a viewer has asked', () => {
  it('is answered by one line where a line for several has left the viewer out, also when a slot is free', async () => {
    const { clock, engine, linesTo } = sharesFixture({
      async joint(shares, { signal }) {
        await sleep(clock, MODEL_MS, signal)
        return jointLine(shares.filter(({ tasks: [task] }) => task.message.login !== 'ann'))
      },
    })
    engine.calm(true)
    const mentions = mentionsOf('ann', 3)
    for (const task of [replyTask({ login: 'x' }), replyTask({ login: 'y' })]) await engine.accept([task])
    await engine.accept([...mentions, replyTask({ login: 'bob', arrivedAtMs: 9 })])
    await clock.advance(60 * SECOND)
    expect(linesTo('ann')).toEqual([mentions])
  })

  it('comes back together where its line has failed', async () => {
    let failures = 0
    const { clock, engine, linesTo, settled } = sharesFixture({
      async deliver(task): Promise<Outcome> {
        if (task.message.login === 'ann' && failures++ === 0) throw new ChorusError('line-refused', 'no')
        return { kind: 'sent' }
      },
    })
    await engine.accept([replyTask({ login: 'x' }), replyTask({ login: 'y' }), ...mentionsOf('ann', 30)])
    await clock.advance(300 * SECOND)
    expect(linesTo('ann')).toHaveLength(2)
    expect(settled.filter(({ outcome }) => outcome.kind === 'sent')).toHaveLength(32)
  })

  it('is given up one by one, each after its own failures', async () => {
    const { clock, engine, settled } = sharesFixture({
      retry: { attempts: 2, baseMs: SECOND, maxMs: SECOND },
      async deliver(task): Promise<Outcome> {
        if (task.message.login === 'ann') throw new ChorusError('line-refused', 'no')
        return { kind: 'sent' }
      },
    })
    const [early, late] = mentionsOf('ann', 2)
    await engine.accept(early ? [early] : [])
    await clock.advance(1.2 * MODEL_MS)
    await engine.accept(late ? [late] : [])
    await clock.advance(300 * SECOND)
    expect(settled.map(({ task, outcome }) => [task.id, outcome.kind])).toEqual([
      [early?.id, 'dead'],
      [late?.id, 'dead'],
    ])
    expect(engine.metrics().global).toEqual({ size: 0, pending: 0 })
  })

  it('is not answered by what an earlier run has made for the first of it', async () => {
    const made: unknown[] = []
    const [old, newer] = mentionsOf('ann', 2)
    if (!old || !newer) throw new RangeError('two mentions')
    let isShut = true
    const { clock, engine } = sharesFixture({
      blocked: () => (isShut ? 'shut' : undefined),
      async reply(_task, context) {
        made.push(context.made)
        return 'new'
      },
      journal: {
        ...NO_JOURNAL,
        restore: (take) =>
          take([
            {
              task: old,
              progress: { kind: 'ready', line: 'old' },
              attempts: 0,
              crashes: 0,
              unservedSinceMs: undefined,
            },
          ]),
      },
    })
    engine.restore()
    await engine.accept([newer])
    isShut = false
    engine.refresh()
    await clock.advance(10 * SECOND)
    expect(made).toEqual([undefined])
  })
})

it('a flooder who is banned while the line is being written costs less time than the flood did', async () => {
  const { clock, engine, settled } = sharesFixture({
    async deliver(_task, _line, { inFlight }): Promise<Outcome> {
      inFlight(true)
      await sleep(clock, 60 * SECOND)
      return { kind: 'sent' }
    },
  })
  await engine.accept([replyTask({ login: 'x' }), replyTask({ login: 'y' })])
  const flood = mentionsOf('ann', 5000)
  const floodMs = await cpuMsOf(() => engine.accept(flood))
  await clock.advance(3 * MODEL_MS)
  const banMs = cpuMs(() => engine.takeBack(({ message }) => message.login === 'ann', GONE))
  expect(banMs).toBeLessThan(5 * floodMs)
  await clock.advance(60 * SECOND)
  expect(settled).toHaveLength(5002)
})
