import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Clock, MINUTE, SECOND, systemClock } from '../../src/clock.js'
import { soon } from '../support/soon.js'
import { tempFolder } from '../support/temp-folder.js'
import { CHANNEL, choruses, type Fixture, type FixtureOptions } from './chorus-fixture.js'
import { workers } from './chorus-worker.js'
import { ask, attemptsFor, ONE_BY_ONE, outcomeOf } from './questions.js'
import { expectNoBreach, expectPromiseKept } from './said-once.js'

/*
 * Goal: a restart spends no window of Twitch's twice. Method: a bot spends its allowance where it is moderator, which is
 * quick, and is asked in another channel as soon as it is there again.
 */

const start = choruses()
const startWorker = workers()
const OTHER = 'other'
let dataDir: string

beforeEach(() => {
  dataDir = tempFolder()
})

const options = (): FixtureOptions => ({
  ...ONE_BY_ONE,
  factor: 15,
  bots: ['ava'],
  channels: [CHANNEL, OTHER],
  dataDir,
  before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', 'moderator'),
})
const budgetFile = () => path.join(dataDir, 'send-budget', 'ava.json')

/** Asks for a whole window's worth of lines. */
function askForAll(chorus: Pick<Fixture, 'twitch'>): void {
  for (let count = 0; count < 20; count++) chorus.twitch.room(CHANNEL).say(`viewer${count}`, '@ava hello?')
}

async function spend(chorus: Fixture): Promise<void> {
  askForAll(chorus)
  await chorus.record.settled(20)
  await chorus.chorus.stop()
}

/** Milliseconds between the line of this question and the twentieth line before it. */
function windowBefore({ twitch }: Pick<Fixture, 'twitch'>, question: string): number {
  const attempts = twitch.ledger.attempts()
  const index = attempts.findIndex(({ replyParent }) => replyParent === question)
  return (attempts[index]?.atMs ?? 0) - (attempts[index - 20]?.atMs ?? 0)
}

describe('a Chorus that has spent its allowance and is started again at once', () => {
  it.each([
    ['the same time', 0],
    ['an hour later', 60],
    ['an hour earlier', -60],
  ])('keeps to what is left, whatever the clock on the wall says: %s', async (_when, minutes) => {
    const first = await start(options())
    await spend(first)
    const clockOf = (clock: Clock): Clock => ({
      now: () => clock.now(),
      wall: () => clock.wall() + minutes * MINUTE,
      after: (ms, run) => clock.after(ms, run),
    })
    const second = await start({ ...options(), after: first, clockOf })
    const sinceMs = second.clock.now()
    const question = ask(second, { channel: OTHER })
    expect(await outcomeOf(second, question)).toMatchObject({ kind: 'sent' })
    expect(windowBefore(second, question)).toBeGreaterThanOrEqual(30 * SECOND)
    // What goes wrong with a clock can only make it wait, and for one window at most; the rest is the machine's.
    expect((attemptsFor(second, question)[0]?.atMs ?? 0) - sinceMs).toBeLessThan(45 * SECOND)
    expectNoBreach(second)
  })

  it('keeps to it, too, where it was built before that was spent', async () => {
    const first = await start(options())
    const second = await start({ ...options(), after: first, isStarted: false })
    await spend(first)
    await second.chorus.start()
    const question = ask(second, { channel: OTHER })
    expect(await outcomeOf(second, question)).toMatchObject({ kind: 'sent' })
    expect(windowBefore(second, question)).toBeGreaterThanOrEqual(30 * SECOND)
    expectNoBreach(second)
  })

  it('keeps to it after a kill -9, too', async () => {
    const factor = 15
    const standIns = await start({ ...options(), clock: systemClock(factor), isStarted: false })
    const { twitch, model } = standIns
    const workerOptions = {
      bots: ['ava'],
      channels: [CHANNEL, OTHER],
      config: ONE_BY_ONE.config,
      factor,
      dataDir,
      twitch,
      model,
    }
    const first = await startWorker(workerOptions)
    askForAll({ twitch })
    await twitch.ledger.until((ledger) => ledger.attempts().length === 20, soon())
    await first.kill()
    const second = await startWorker(workerOptions)
    const question = twitch.room(OTHER).say('ann', '@ava and now?')
    // A line that was being written at the kill may have its outcome from this run, too.
    const settled = () => second.of('reply:settled').find(({ id }) => id === question)
    await second.until(() => settled() !== undefined)
    expect(settled()).toMatchObject({ outcome: { kind: 'sent' } })
    expect(windowBefore({ twitch }, question)).toBeGreaterThanOrEqual(30 * SECOND)
    expectNoBreach({ twitch })
  })
})

describe('a Chorus whose budget file', () => {
  it.each([
    ['breaks off', '{"version":1,"written":[{"atMs":1'],
    ['holds something else', '{"version":1,"written":[{"atMs":"yesterday"}]}'],
    ['is empty', ''],
  ])('%s says so, goes on, and keeps a good one again', async (_how, text) => {
    mkdirSync(path.dirname(budgetFile()))
    writeFileSync(budgetFile(), text)
    const chorus = await start({ ...options(), hasFaults: true })
    expect(await outcomeOf(chorus, ask(chorus))).toMatchObject({ kind: 'sent' })
    expect(chorus.record.of('error')).toMatchObject([{ where: expect.stringContaining('ava') }])
    expect(JSON.parse(readFileSync(budgetFile(), 'utf8')).written).toHaveLength(1)
    await expectPromiseKept(chorus)
  })

  it('can’t be written says so once, and goes on', async () => {
    // A file where the folder should be keeps everybody out, whoever runs the test.
    writeFileSync(path.dirname(budgetFile()), '')
    const chorus = await start({ ...options(), hasFaults: true })
    for (const viewer of ['ann', 'bob', 'cid']) ask(chorus, { viewer })
    await chorus.record.settled(3)
    expect(chorus.record.of('error')).toMatchObject([{ where: expect.stringContaining('not kept') }])
    await expectPromiseKept(chorus)
  })
})
