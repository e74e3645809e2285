import { beforeEach, describe, expect, it } from 'vitest'
import { DAY, SECOND } from '../../src/clock.js'
import type { ChatLine, ReplyTask } from '../../src/domain.js'
import { ChorusEmitter } from '../../src/events.js'
import { Journal } from '../../src/journal/journal.js'
import { query } from '../journal/journal-fixture.js'
import { tempFolder } from '../support/temp-folder.js'
import { CHANNEL, choruses, type Fixture, type FixtureOptions } from './chorus-fixture.js'
import { AT_ONCE, ask, attemptsFor, outcomeOf } from './questions.js'
import { answersOf, expectNoBreach } from './said-once.js'

/*
 * Goal: what a Chorus has accepted outlives it. Method: one is ended in every state that its replies can be in, and another
 * one is started on the same data folder, Twitch and model.
 */

const start = choruses()
let dataDir: string

beforeEach(() => {
  dataDir = tempFolder()
})

const options = (): FixtureOptions => ({ ...AT_ONCE, factor: 10, dataDir })
const AS_MODERATOR: FixtureOptions = {
  before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', 'moderator'),
}

describe('a Chorus that is stopped in the middle', () => {
  it('answers at its next start what it had accepted, each once', async () => {
    const first = await start({ ...options(), ...AS_MODERATOR, latency: 3 * SECOND })
    const questions = Array.from({ length: 20 }, (_, at) => ask(first, { viewer: `viewer${at}` }))
    await first.record.until((record) => record.of('reply:settled').length >= 5)
    await first.chorus.stop()
    const second = await start({ ...options(), after: first })
    await second.record.settled(20 - first.record.of('reply:settled').length)
    const answered = [...answersOf(first, second).values()].flat()
    expect(answered.sort()).toEqual(questions.map((id) => `ava/${id}`).sort())
  })

  it('shows the model the chat in which it was asked, not that of its next start', async () => {
    const first = await start(options())
    first.model.script({ kind: 'hang' })
    first.room.say('ann', 'the cake is in the oven')
    const question = ask(first, { text: 'what is in there?' })
    await first.model.until(() => first.model.requests === 1)
    await first.chorus.stop()
    const second = await start({ ...options(), after: first, isStarted: false })
    second.room.say('bob', 'nobody hears this')
    await second.chorus.start()
    second.room.say('bob', 'what a match')
    await second.model.until(() => second.model.requests === 2)
    const prompts = second.model.records
      .map(({ body }) => JSON.stringify(body))
      .filter((body) => body.includes('there?'))
    expect(prompts).toHaveLength(2)
    expect(prompts[1]).toBe(prompts[0])
    expect(prompts[0]).toContain('the cake is in the oven')
    expect(await outcomeOf(second, question)).toMatchObject({ kind: 'sent' })
  })

  it('quotes nothing at its next start that was cleared away', async () => {
    const first = await start(options())
    first.model.script({ kind: 'hang' })
    const slip = first.room.say('ann', 'my address is 5 Rose Lane')
    const question = ask(first)
    await first.model.until(() => first.model.requests === 1)
    first.room.delete(slip)
    await first.record.until((record) => record.of('chat:cleared').length === 1)
    await first.chorus.stop()
    const second = await start({ ...options(), after: first })
    expect(await outcomeOf(second, question)).toMatchObject({ kind: 'sent' })
    expect(JSON.stringify(second.model.records.at(-1)?.body)).not.toContain('Rose Lane')
  })
})

it('knows at its next start what the model has cost today', async () => {
  const config = { ...AT_ONCE.config, model: { tokensPerDay: 1 } }
  const first = await start({ ...options(), config })
  await outcomeOf(first, ask(first))
  expect(first.chorus.modelStatus().tokens.level).toBe('spent')
  const { requests } = first.model
  await first.chorus.stop()
  const second = await start({ ...options(), config, after: first })
  expect(await outcomeOf(second, ask(second))).toMatchObject({ kind: 'sent' })
  expect(second.chorus.modelStatus()).toMatchObject({ answeredBy: 'template', tokens: { level: 'spent' } })
  expect(second.model.requests).toBe(requests)
})

describe('a line that was being written when the process died', () => {
  /** Ends a Chorus as a process that died when it had written a line, and starts the next one. */
  async function die({
    isShown,
    agoMs = 0,
    ...parts
  }: FixtureOptions & { readonly isShown: boolean; readonly agoMs?: number }) {
    const first = await start({ ...options(), ...parts })
    if (isShown) first.twitch.loseUserstates(1)
    else first.twitch.dropSilently(1)
    const question = ask(first)
    await first.record.until((record) => record.of('line:written').length === 1)
    await leaveWritten(first, agoMs)
    const second = await start({ ...options(), after: first })
    const outcome = await outcomeOf(second, question)
    const shown = attemptsFor(second, question).filter(({ verdict }) => verdict === 'delivered').length
    expectNoBreach(second)
    return { outcome, shown, tries: attemptsFor(second, question).length }
  }

  async function leaveWritten({ chorus, clock, record }: Fixture, agoMs: number): Promise<void> {
    const [accepted] = record.of('reply:accepted') as readonly { readonly task: ReplyTask }[]
    const [written] = record.of('line:written') as readonly { readonly line: ChatLine }[]
    const task = accepted?.task as ReplyTask
    await chorus.stop()
    const journal = new Journal({ folder: dataDir, keptMs: DAY, clock, events: new ChorusEmitter() })
    journal.open()
    const progress = { kind: 'sending', line: written?.line, writtenAtMs: clock.now() - agoMs } as const
    journal.putNow({ task, progress, attempts: 0, crashes: 0, unservedSinceMs: undefined })
    journal.close()
  }

  it('is said again while Twitch would refuse a second showing: it had been shown', async () => {
    const { outcome, shown, tries } = await die({ isShown: true })
    expect({ shown, tries, outcome }).toMatchObject({ shown: 1, tries: 2, outcome: { kind: 'sent' } })
    expect(outcome).not.toHaveProperty('inDoubt')
  })

  it('is said again while Twitch would refuse a second showing: it had not', async () => {
    const { outcome, shown } = await die({ isShown: false })
    expect({ shown, outcome }).toMatchObject({ shown: 1, outcome: { kind: 'sent' } })
    expect(outcome).not.toHaveProperty('inDoubt')
  })

  it.each([
    ['by a moderator', AS_MODERATOR],
    ['half a minute ago', { agoMs: 29 * SECOND }],
  ])(
    '%s is left in doubt and not said again, as nothing would keep it from being shown twice',
    async (_who, parts) => {
      const { outcome, shown, tries } = await die({ isShown: true, ...parts })
      expect({ shown, tries, outcome }).toEqual({
        shown: 1,
        tries: 1,
        outcome: { kind: 'sent', inDoubt: true },
      })
    },
  )
})

describe('the journal of a busy account', () => {
  it('has at most one line in doubt whenever one is written: what became of the last one is in it, too', async () => {
    const chorus = await start({ ...options(), ...AS_MODERATOR, bots: ['ava'] })
    const inDoubt: number[] = []
    chorus.chorus.events.on('line:written', () => {
      inDoubt.push(query(dataDir, "SELECT id FROM open_reply WHERE state = 'sending'").length)
    })
    for (let count = 0; count < 20; count++) ask(chorus, { viewer: `viewer${count}` })
    await chorus.record.settled(20)
    expect(inDoubt.length).toBeGreaterThan(3)
    expect(new Set(inDoubt)).toEqual(new Set([1]))
  })
})
