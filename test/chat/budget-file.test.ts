import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { BudgetFile } from '../../src/chat/budget-file.js'
import { SendBudget, WINDOW_MS } from '../../src/chat/send-budget.js'
import type { Clock } from '../../src/clock.js'
import { toBotLogin, toChannelName } from '../../src/domain.js'
import { tempFolder } from '../support/temp-folder.js'

const HERE = toChannelName('here')
const BOT = toBotLogin('Ava')
let folder: string

beforeEach(() => {
  folder = tempFolder()
})

const clockAt = (nowMs: number, wallMs: number): Clock => ({
  now: () => nowMs,
  wall: () => wallMs,
  after: () => () => {},
})
const fileAt = (nowMs: number, wallMs: number) =>
  new BudgetFile({ folder, bot: BOT, clock: clockAt(nowMs, wallMs) })

describe('what an account has sent', () => {
  it('is known to the next run, in its time', () => {
    fileAt(10_000, 1_000_000).write([
      { atMs: 4000, writtenMs: 3900, channel: HERE, key: 'k1' },
      { atMs: 9000, writtenMs: 9000, channel: HERE, key: 'k2' },
    ])
    expect(fileAt(15_000, 1_005_000).read()).toEqual([
      { atMs: 4000, writtenMs: 4000, channel: HERE, key: 'k1' },
      { atMs: 15_000, writtenMs: 9000, channel: HERE, key: 'k2' },
    ])
  })

  it.each([
    ['a moment later', 9100, 9100],
    ['much later', 60_000, 29_000],
  ])(
    'may have arrived at any time until the next run, where it is the last in its channel: %s',
    (_when, nowMs, arrivedMs) => {
      fileAt(10_000, 1_000_000).write([
        { atMs: 7000, writtenMs: 7000, channel: HERE, key: 'k1' },
        { atMs: 8000, writtenMs: 8000, channel: toChannelName('there'), key: 'k2' },
        { atMs: 9000, writtenMs: 9000, channel: HERE, key: 'k3' },
      ])
      const read = fileAt(nowMs, 990_000 + nowMs).read()
      expect(Object.fromEntries(read.map(({ key, atMs }) => [key, atMs]))).toEqual({
        k1: 7000,
        k2: Math.min(nowMs, 28_000),
        k3: arrivedMs,
      })
    },
  )

  it('is nothing where there is no file', () => {
    expect(fileAt(0, 0).read()).toEqual([])
  })

  it('is for this user’s eyes alone, and holds no text', () => {
    const budget = new SendBudget()
    budget.record(1, HERE, 'nobody must read this')
    fileAt(1, 1).write(budget.written)
    const file = path.join(folder, 'send-budget', 'ava.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).not.toContain('nobody')
  })

  it.each(['', '{', '[]', '{"written":[{"atMs":"1"}]}'])(
    'is not believed from a damaged file: %j',
    (text) => {
      fileAt(1, 1).write([])
      writeFileSync(path.join(folder, 'send-budget', 'ava.json'), text)
      expect(() => fileAt(1, 1).read()).toThrow(SyntaxError)
    },
  )

  it('is never taken for older than it is, whatever the clocks do, and costs one window at most', () => {
    fc.assert(
      fc.property(
        fc.record({
          beforeMs: fc.integer({ min: 0, max: 1e9 }),
          ageMs: fc.integer({ min: 0, max: 60_000 }),
          elapsedMs: fc.integer({ min: 0, max: 200_000 }),
          /** The machine was started anew: its clock has run for some part of the time between. */
          bootedForMs: fc.option(fc.integer({ min: 0, max: 200_000 }), { nil: undefined }),
          wallJumpMs: fc.integer({ min: -1e10, max: 1e10 }),
        }),
        ({ beforeMs, ageMs, elapsedMs, bootedForMs, wallJumpMs }) => {
          const nowMs = beforeMs + ageMs
          fileAt(nowMs, 1e12 + nowMs).write([
            { atMs: beforeMs, writtenMs: beforeMs, channel: HERE, key: 'k' },
          ])
          const laterMs = bootedForMs === undefined ? nowMs + elapsedMs : Math.min(bootedForMs, elapsedMs)
          const [line] = fileAt(laterMs, 1e12 + nowMs + elapsedMs + wallJumpMs).read()
          const believedMs = laterMs - (line?.atMs ?? Number.NaN)
          expect(believedMs).toBeLessThanOrEqual(ageMs + elapsedMs)
          expect(believedMs).toBeGreaterThanOrEqual(0)
          const waitMs = new SendBudget(line ? [line] : []).waitMs(laterMs, {
            channel: HERE,
            text: 'hi',
            isPrivileged: false,
            slowMs: 0,
          })
          expect(waitMs).toBeLessThanOrEqual(WINDOW_MS)
        },
      ),
      { numRuns: 100 },
    )
  })
})
