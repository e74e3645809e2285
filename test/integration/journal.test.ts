import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { query } from '../journal/journal-fixture.js'
import { CHANNEL, choruses, type FixtureOptions } from './chorus-fixture.js'
import { AT_ONCE, ask } from './questions.js'

/*
 * Goal: what a Chorus has accepted outlives it. Method: one is stopped with replies in every state, and another one is
 * started on the same data folder, Twitch and model.
 */

const start = choruses()
let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'chorus-journal-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

const options = (): FixtureOptions => ({
  ...AT_ONCE,
  factor: 15,
  bots: ['ava', 'ben'],
  dataDir,
  before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', 'moderator'),
})

describe('a Chorus that is stopped in the middle', () => {
  it('answers at its next start what it had accepted, each once', async () => {
    const first = await start({ ...options(), latency: 3 * SECOND })
    const questions = Array.from({ length: 20 }, () => ask(first))
    await first.record.until((record) => record.of('reply:settled').length >= 5)
    await first.chorus.stop()
    const second = await start({ ...options(), after: first })
    await second.record.settled(20 - first.record.of('reply:settled').length)
    expect(
      second.twitch.ledger
        .attempts()
        .map(({ replyParent }) => replyParent)
        .sort(),
    ).toEqual([...questions].sort())
  })
})

describe('the journal of a busy account', () => {
  it('has at most one line in doubt whenever one is written: what became of the last one is in it, too', async () => {
    const chorus = await start({ ...options(), bots: ['ava'] })
    const inDoubt: number[] = []
    chorus.chorus.events.on('line:written', () => {
      inDoubt.push(query(dataDir, "SELECT id FROM open_reply WHERE state = 'sending'").length)
    })
    for (let count = 0; count < 20; count++) ask(chorus, { viewer: `viewer${count}` })
    await chorus.record.settled(20)
    expect(inDoubt).toEqual(Array.from({ length: 20 }, () => 1))
  })
})
