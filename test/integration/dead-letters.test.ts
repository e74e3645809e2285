import { beforeEach, describe, expect, it } from 'vitest'
import type { DeadLetters } from '../../src/journal/dead-letters.js'
import { tempFolder } from '../support/temp-folder.js'
import { CHANNEL, choruses, type Fixture } from './chorus-fixture.js'
import { AT_ONCE, ask, attemptsFor, outcomeOf } from './questions.js'
import { expectPromiseKept } from './said-once.js'

const start = choruses()
let dataDir: string

beforeEach(() => {
  dataDir = tempFolder()
})

interface WithDeadLetter {
  readonly chorus: Fixture
  readonly question: string
  readonly letters: DeadLetters
}

/** A Chorus with one dead letter, and a model that is well again. */
async function startWithDeadLetter(): Promise<WithDeadLetter> {
  const config = { ...AT_ONCE.config, retry: { attempts: 1 } }
  const chorus = await start({ ...AT_ONCE, config, bots: ['ava'], dataDir })
  chorus.model.script({ kind: 'bad-json' })
  const question = ask(chorus, { viewer: 'ann' })
  expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'dead', code: 'model-bad-answer' })
  await chorus.record.until((record) => record.of('dead-letters:counted').length === 1)
  return { chorus, question, letters: chorus.chorus.deadLetters as DeadLetters }
}

describe('chorus.deadLetters', () => {
  it('lists a reply whose attempts are spent', async () => {
    const { letters, question } = await startWithDeadLetter()
    expect(letters.list()).toMatchObject([
      { id: `ava/${question}`, bot: 'ava', viewer: 'ann', channel: CHANNEL, attempts: 1 },
    ])
  })

  it('has it tried again: it is answered, once', async () => {
    const { chorus, letters, question } = await startWithDeadLetter()
    expect(letters.redrive([`ava/${question}`])).toEqual({ changed: [`ava/${question}`], unknown: [] })
    await chorus.record.settled(2)
    expect(chorus.record.of('reply:settled')[1]).toMatchObject({ outcome: { kind: 'sent' } })
    expect(chorus.record.of('journal:restored')).toEqual([{ count: 1, ended: 0, absent: 0 }])
    expect(attemptsFor(chorus, question)).toHaveLength(1)
    expect(letters.list()).toEqual([])
  })

  it('gives it up: nobody answers it, now or at the next start', async () => {
    const { chorus, letters, question } = await startWithDeadLetter()
    expect(letters.discard([`ava/${question}`]).changed).toHaveLength(1)
    await chorus.record.until((record) => record.of('dead-letters:counted').at(-1)?.count === 0)
    await chorus.chorus.stop()
    const next = await start({ ...AT_ONCE, bots: ['ava'], dataDir, after: chorus })
    await outcomeOf(next, ask(next, { viewer: 'ben' }))
    expect(attemptsFor(next, question)).toEqual([])
    expect(next.record.of('reply:restored')).toEqual([])
  })

  it('are none where nothing outlives the process', async () => {
    const chorus = await start(AT_ONCE)
    expect([chorus.chorus.deadLetters, chorus.chorus.isDurable]).toEqual([undefined, false])
  })
})

describe('a dead letter is withdrawn', () => {
  it.each([
    ['its message is deleted', ({ chorus, question }: WithDeadLetter) => chorus.room.delete(question)],
    ['its viewer is banned', ({ chorus }: WithDeadLetter) => chorus.room.ban('ann')],
    ['its viewer is timed out', ({ chorus }: WithDeadLetter) => chorus.room.timeout('ann', 60)],
    ['the chat is cleared', ({ chorus }: WithDeadLetter) => chorus.room.clear()],
  ])('when %s: it can’t be redriven any more', async (_why, moderate) => {
    const parts = await startWithDeadLetter()
    moderate(parts)
    await parts.chorus.record.until((record) => record.of('dead-letters:counted').at(-1)?.count === 0)
    expect(parts.letters.list()).toEqual([])
    expect(parts.letters.redrive([`ava/${parts.question}`]).changed).toEqual([])
    await expectPromiseKept(parts.chorus)
  })
})

describe('chorus.isDurable', () => {
  it('says, also after the stop, whether what was left waits in the journal', async () => {
    const chorus = await start({ ...AT_ONCE, bots: ['ava'], dataDir })
    expect(chorus.chorus.isDurable).toBe(true)
    chorus.model.always({ kind: 'hang' })
    ask(chorus)
    await chorus.record.until((record) => record.of('reply:started').length === 1)
    expect(await chorus.chorus.gracefulStop({ deadlineMs: 0 })).toEqual({ done: 0, left: 1 })
    expect(chorus.chorus.isDurable).toBe(true)
  })
})
