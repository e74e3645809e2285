import { copyFileSync, existsSync, mkdtempSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, MINUTE, SECOND, sleep } from '../../src/clock.js'
import { type Outcome, type TaskId, toBotLogin } from '../../src/domain.js'
import { ChorusError } from '../../src/errors.js'
import { ChorusEmitter } from '../../src/events.js'
import { Journal } from '../../src/journal/journal.js'
import { PQueueEngine } from '../../src/queue/p-queue-engine.js'
import { seededRandom } from '../../src/random.js'
import type { DeliveryContext, ReplyShare } from '../../src/reply-queue.js'
import { ManualClock } from '../support/manual-clock.js'
import { replyTask } from '../support/reply-task.js'
import { dataFolders, query } from './journal-fixture.js'

/*
 * Goal: whatever is accepted ends in one recorded outcome and is said once, alone or in a line with others, however often the
 * process dies. Method: the real queue on a real journal, on a clock moved by hand. A crash leaves the files as they are at
 * that moment, which is what a kill -9 leaves, and the next run begins on a copy of them. The witness is what was "said",
 * not what was recorded.
 */

const folder = dataFolders()
const BOTS = ['ava', 'bob']
/** Mentions of each viewer, one after the other: fewer than a prompt shows of those that share a line. */
const MENTIONS_EACH = 4

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('accept' as const), count: fc.integer({ min: 1, max: 12 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 8 * SECOND }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      downMs: fc.integer({ min: 0, max: MINUTE }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('stop' as const), downMs: fc.integer({ min: 0, max: MINUTE }) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** One life after the other on the same journal; what was said outlives them all. */
class Lives {
  readonly clock = new ManualClock()
  readonly said: TaskId[] = []
  /** Lines that were for several viewers. */
  jointLines = 0
  /** Durable: their acceptance was told. */
  readonly owed = new Set<TaskId>()
  readonly #random = seededRandom(5)
  #asked = 0
  #place: string
  #isAlive = { now: true }
  #journal!: Journal
  #engine!: PQueueEngine

  constructor(place: string) {
    this.#place = place
    this.#begin()
  }

  get place(): string {
    return this.#place
  }

  get open(): number {
    const { size, pending } = this.#engine.metrics().global
    return size + pending
  }

  accept(count: number): void {
    const tasks = Array.from({ length: count }, (_, index) =>
      replyTask({
        bot: BOTS[index % BOTS.length] as string,
        login: `viewer${Math.floor(this.#asked++ / MENTIONS_EACH)}`,
        arrivedAtMs: this.clock.now(),
        delayMs: this.#random() * 3 * SECOND,
      }),
    )
    const isAlive = this.#isAlive
    void this.#engine.accept(tasks).then(() => {
      if (isAlive.now) for (const { id } of tasks) this.owed.add(id)
    })
  }

  /** The files stay as they are; nothing that the old process still does counts. */
  crash(): void {
    this.#isAlive.now = false
    const next = mkdtempSync(path.join(folder.current, 'life-'))
    for (const name of ['journal.db', 'journal.db-wal'])
      if (existsSync(path.join(this.#place, name)))
        copyFileSync(path.join(this.#place, name), path.join(next, name))
    void this.#engine.stop()
    this.#journal.close()
    this.#place = next
  }

  async stop(): Promise<void> {
    await this.#engine.stop()
    this.#journal.close()
  }

  async restart(downMs: number): Promise<void> {
    await this.clock.advance(downMs)
    this.#begin()
  }

  #begin(): void {
    const events = new ChorusEmitter()
    const { clock } = this
    this.#isAlive = { now: true }
    this.#journal = new Journal({ folder: this.#place, keptMs: DAY, clock, events })
    this.#journal.open()
    this.#engine = new PQueueEngine({
      bots: BOTS.map(toBotLogin),
      limits: { global: 3, perBot: 2 },
      retry: { attempts: 50, baseMs: SECOND, maxMs: 8 * SECOND },
      answerWithinMs: DAY,
      backlogMax: 1000,
      joint: { whenWaitOverMs: 3 * SECOND, maxViewers: 4 },
      clock,
      random: this.#random,
      events,
      journal: this.#journal,
    })
    const isAlive = this.#isAlive
    this.#engine.serve<string>({
      reply: (task, { further = [], signal }) =>
        this.#make([{ id: task.id, tasks: [task, ...further] }], signal),
      joint: {
        reply: async (shares, { signal }) => {
          const answered = shares.slice(Math.floor(this.#random() * 1.3))
          return { line: await this.#make(answered, signal), answered: answered.map(({ id }) => id) }
        },
        without: (line, ids) =>
          partsOf(line)
            .filter(([first]) => !ids.has(first))
            .map(joined)
            .join(' ') || undefined,
      },
      deliver: (_task, line, context) => this.#say(line, context, isAlive),
    })
    this.#engine.restore()
  }

  async #make(shares: readonly ReplyShare[], signal: AbortSignal): Promise<string> {
    await sleep(this.clock, this.#random() * 4 * SECOND, signal)
    if (this.#random() < 0.2) throw new ChorusError('model-bad-answer', 'scripted')
    return shares.map(({ tasks }) => joined(tasks.map(({ id }) => id))).join(' ')
  }

  async #say(line: string, context: DeliveryContext, isAlive: { now: boolean }): Promise<Outcome> {
    const parts = partsOf(line)
    // Nobody can know: only where a second showing would be refused may it be said again.
    if (context.writtenAtMs !== undefined && this.#random() < 0.5) return { kind: 'sent', inDoubt: true }
    const wasSaid = context.writtenAtMs !== undefined && parts.flat().every((id) => this.said.includes(id))
    await sleep(this.clock, this.#random() * 2 * SECOND, context.signal)
    if (!isAlive.now) throw new Error('dead')
    context.inFlight(true)
    const isRefused = context.writtenAtMs === undefined && this.#random() < 0.2
    if (!isRefused && !wasSaid) this.said.push(...parts.flat())
    if (!isRefused && parts.length > 1) this.jointLines += 1
    await sleep(this.clock, this.#random() * SECOND)
    if (!isRefused) return { kind: 'sent' }
    if (isAlive.now) context.inFlight(false)
    throw new ChorusError('line-refused', 'scripted')
  }
}

/** A line tells what it answers: mentions of each viewer, those of one joined by a plus. */
const joined = (ids: readonly TaskId[]) => ids.join('+')
const partsOf = (line: string) => line.split(' ').map((part) => part.split('+') as [TaskId, ...TaskId[]])

async function take(lives: Lives, step: Step): Promise<void> {
  switch (step.kind) {
    case 'accept':
      return lives.accept(step.count)
    case 'wait':
      return lives.clock.advance(step.ms)
    case 'crash':
      lives.crash()
      return lives.restart(step.downMs)
    case 'stop':
      await lives.stop()
      return lives.restart(step.downMs)
  }
}

describe('over any number of crashes and stops', () => {
  it('whatever was accepted ends in one outcome, and is said at most once', async () => {
    let jointLines = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const lives = new Lives(mkdtempSync(path.join(folder.current, 'run-')))
        for (const next of steps) await take(lives, next)
        for (let minute = 0; lives.open > 0 && minute < 60; minute++) await lives.clock.advance(MINUTE)
        await lives.stop()
        expect(new Set(lives.said).size).toBe(lives.said.length)
        const rows = query(lives.place, 'SELECT id, outcome, details FROM settled_reply')
        const ids = rows.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        expect(query(lives.place, 'SELECT id FROM open_reply')).toEqual([])
        for (const id of lives.owed) expect(ids).toContain(id)
        // Neither said nor in doubt: only what a process died of four times.
        const unsaid = rows.filter(
          ({ id, details }) => !lives.said.includes(id as TaskId) && !JSON.parse(String(details)).inDoubt,
        )
        for (const { details } of unsaid) expect(details).toContain('process-died')
        jointLines += lives.jointLines
      }),
      { numRuns: 40 },
    )
    expect(jointLines).toBeGreaterThan(10)
  })
})
