import { describe, expect, it } from 'vitest'
import { SECOND, sleep } from '../../src/clock.js'
import type { Outcome, ReplyTask } from '../../src/domain.js'
import { NO_JOURNAL } from '../../src/queue/no-journal.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture, jointLine } from './engine-fixture.js'

/*
 * Goal: whoever is not wanted any more leaves a line for several viewers at whatever step it is, and costs the others
 * nothing. Method: a calm queue with one slot, so that the second line is for all who wait behind the first viewer.
 */

const GONE = { kind: 'withdrawn', by: 'moderation', reason: 'gone' } as const
const WRITE_MS = 2 * SECOND

/** Five viewers, the last four of whom share a line. `refused`: how many of the writes come to nothing. */
async function fiveViewers({
  refused = 0,
  ...options
}: Parameters<typeof engineFixture>[0] & { refused?: number } = {}) {
  const written: string[] = []
  const made: (readonly string[])[] = []
  let left = refused
  const fixture = engineFixture({
    bots: ['ava'],
    limits: { global: 1, perBot: 1 },
    rules: { whenWaitOverMs: 15 * SECOND, maxViewers: 6 },
    async reply(task, { further = [] }) {
      made.push([task, ...further].map(({ id }) => id))
      return task.id
    },
    async joint(shares) {
      made.push(shares.map(({ id }) => id))
      return jointLine(shares)
    },
    async deliver(_task, line, { inFlight, signal }): Promise<Outcome> {
      for (;;) {
        signal.throwIfAborted()
        inFlight(true)
        written.push(String(line))
        await sleep(fixture.clock, WRITE_MS)
        if (left-- <= 0) return { kind: 'sent' }
        inFlight(false)
      }
    },
    ...options,
  })
  fixture.engine.calm(true)
  const tasks = Array.from({ length: 5 }, (_, at) => replyTask({ login: `viewer${at}`, arrivedAtMs: at }))
  return { ...fixture, tasks, written, made }
}

const lineOf = (tasks: readonly (ReplyTask | undefined)[]) => tasks.map((task) => task?.id).join(' ')

describe('a viewer who is not wanted any more while the line is being written', () => {
  it('is not called again when it comes to nothing and is said once more', async () => {
    const { clock, engine, settled, tasks, written } = await fiveViewers({ refused: 2 })
    await engine.accept(tasks)
    await clock.advance(WRITE_MS / 2)
    const [first, second, victim, ...others] = tasks
    engine.takeBack(({ id }) => id === victim?.id, GONE)
    await clock.advance(10 * WRITE_MS)
    expect(written).toContain(lineOf([second, victim, ...others]))
    expect(written.slice(2).filter((line) => line.includes(victim?.id ?? ''))).toEqual([])
    expect(written).toContain(lineOf([second, ...others]))
    const outcomes = new Map(settled.map(({ task, outcome }) => [task.id, outcome]))
    expect(outcomes.get(victim?.id as never)).toEqual(GONE)
    expect(outcomes.get(first?.id as never)).toEqual({ kind: 'sent' })
    for (const { id } of others) expect(outcomes.get(id)).toEqual({ kind: 'sent', viewers: 3 })
  })

  it('was answered when it was shown', async () => {
    const { clock, engine, settled, tasks } = await fiveViewers()
    await engine.accept(tasks)
    await clock.advance(WRITE_MS / 2)
    engine.takeBack(({ id }) => id === tasks[2]?.id, GONE)
    await clock.advance(10 * WRITE_MS)
    expect(settled.filter(({ outcome }) => outcome.kind === 'sent')).toHaveLength(5)
  })

  it('takes the line back with him where he is the last who was left', async () => {
    const { clock, engine, settled, tasks, written } = await fiveViewers({ refused: 2 })
    await engine.accept(tasks)
    await clock.advance(WRITE_MS / 2)
    for (const task of tasks.slice(1)) engine.takeBack(({ id }) => id === task.id, GONE)
    await clock.advance(10 * WRITE_MS)
    expect(written.filter((line) => line.includes(tasks[1]?.id ?? ''))).toHaveLength(1)
    expect(settled.filter(({ outcome }) => outcome.kind === 'withdrawn')).toHaveLength(4)
  })
})

it('a viewer who leaves before the line is asked for costs the others no second one', async () => {
  let release = () => {}
  const gate = new Promise<void>((open) => {
    release = open
  })
  // What is written down when work begins takes a while.
  const put = ({ progress, joint }: { progress: { kind: string }; joint?: string | undefined }) =>
    progress.kind === 'working' && joint !== undefined ? gate : Promise.resolve()
  const { clock, engine, made, settled, tasks } = await fiveViewers({
    journal: { ...NO_JOURNAL, put },
    // Nothing can be taken out of a line that was made for one.
    without: () => undefined,
  })
  await engine.accept(tasks.slice(0, 3))
  await clock.advance(SECOND / 2)
  engine.takeBack(({ id }) => id === tasks[2]?.id, GONE)
  release()
  await clock.advance(10 * SECOND)
  expect(made).toEqual([[tasks[0]?.id], [tasks[1]?.id]])
  expect(settled.map(({ outcome }) => outcome.kind).sort()).toEqual(['sent', 'sent', 'withdrawn'])
})
