import { beforeEach, expect, it } from 'vitest'
import { SECOND, sleep, systemClock } from '../../src/clock.js'
import { raid } from '../../src/simulator/scenarios.js'
import { botOf, countLines } from '../support/line-answers.mjs'
import { soon } from '../support/soon.js'
import { tempFolder } from '../support/temp-folder.js'
import { CHANNEL, choruses } from './chorus-fixture.js'
import { workers } from './chorus-worker.js'
import { expectKept, expectNoBreach } from './said-once.js'

/* Goal: a process that sleeps in a raid does no harm when it wakes up. Method: a real one, stopped and continued. */

const start = choruses()
const startWorker = workers()
let dataDir: string

beforeEach(() => {
  dataDir = tempFolder()
})

it.each([8, 60])(
  'a process that sleeps for %i s in a raid breaks no limit, says nothing twice, and answers all',
  async (seconds) => {
    const [factor, bots] = [20, ['ava', 'ben']]
    const clock = systemClock(factor)
    const { model, play, twitch } = await start({ clock, bots, isStarted: false })
    const worker = await startWorker({ bots, channels: [CHANNEL], factor, dataDir, twitch, model })
    await play(raid({ seed: 61, channel: CHANNEL, bots, viewers: 30, overMs: SECOND }))
    await worker.until(() => worker.of('reply:accepted').length === 30)
    await twitch.ledger.until((ledger) => ledger.attempts().length >= 6, soon())
    worker.signal('SIGSTOP')
    await sleep(clock, seconds * SECOND, soon())
    worker.signal('SIGCONT')
    await worker.until(() => worker.of('reply:settled').length === 30)
    expect(worker.of('reply:settled').filter(({ outcome }) => outcome?.kind !== 'sent')).toEqual([])
    expect(worker.of('error')).toEqual([])
    const replies = worker
      .of('reply:settled')
      .flatMap(({ outcome, task = '', viewer = '' }) => (outcome ? [{ id: task, viewer, outcome }] : []))
    expectKept(replies, twitch.ledger.attempts())
    for (const bot of bots) {
      const inDoubt = replies.flatMap(({ id, outcome, viewer }) =>
        botOf(id) === bot && outcome.kind === 'sent' && outcome.inDoubt
          ? [{ viewer, viewers: outcome.viewers }]
          : [],
      )
      expect(countLines(inDoubt)).toBeLessThanOrEqual(1)
    }
    expectNoBreach({ twitch })
  },
)
