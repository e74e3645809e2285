import { beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { query } from '../journal/journal-fixture.js'
import { tempFolder } from '../support/temp-folder.js'
import { CHANNEL, choruses } from './chorus-fixture.js'
import { workers } from './chorus-worker.js'
import { AT_ONCE } from './questions.js'
import { expectNoBreach } from './said-once.js'

/*
 * Goal: a full disk costs nobody an answer, is told of once each time, and when there is room everything is in the journal. Method: a
 * Chorus in a process of its own for which the system refuses to make any file larger than a given size.
 */

const start = choruses()
const startWorker = workers()
let dataDir: string

beforeEach(() => {
  dataDir = tempFolder()
})

describe('a disk that is full', () => {
  it('costs no answer, and has everything when there is room again', async () => {
    const factor = 15
    const clock = systemClock(factor)
    const standIns = await start({ ...AT_ONCE, clock, bots: ['ava'], isStarted: false })
    const { twitch, model } = standIns
    twitch.room(CHANNEL).setRole('ava', 'moderator')
    const worker = await startWorker({
      bots: ['ava'],
      channels: [CHANNEL],
      config: AT_ONCE.config,
      factor,
      dataDir,
      twitch,
      model,
      fileMaxKb: 200,
    })
    let asked = 0
    const ask = () => twitch.room(CHANNEL).say(`viewer${++asked}`, `@ava ${'what do you think? '.repeat(20)}`)
    for (let round = 0; worker.of('journal:refusing').length === 0 && round < 40; round++) {
      ask()
      await worker.until(() => worker.of('reply:settled').length === asked)
    }
    for (let count = 0; count < 10; count++) ask()
    await worker.until(() => worker.of('reply:settled').length === asked)
    // There may be room for a while in between, where the log was taken in: each episode is told of once.
    const episodes = () => worker.of('journal:refusing').length
    expect(episodes() - worker.of('journal:recovered').length).toBeLessThanOrEqual(1)
    expect(worker.of('reply:settled').filter(({ outcome }) => outcome?.kind !== 'sent')).toEqual([])
    worker.lift()
    await worker.until(() => worker.of('journal:recovered').length === episodes())
    const last = ask()
    await worker.until(() => worker.of('reply:settled').some(({ id }) => id === last))
    await worker.kill()
    const recorded = query(dataDir, 'SELECT id FROM settled_reply UNION SELECT id FROM open_reply')
    expect(recorded).toHaveLength(asked)
    expectNoBreach(standIns)
  })
})
