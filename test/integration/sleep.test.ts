import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SECOND, sleep, systemClock } from '../../src/clock.js'
import { raid } from '../../src/simulator/scenarios.js'
import { botOf, countLines } from '../support/line-answers.mjs'
import { soon } from '../support/soon.js'
import { CHANNEL, choruses } from './chorus-fixture.js'
import { type WorkerOptions, workers } from './chorus-worker.js'
import { type EndedReply, expectKept, expectNoBreach } from './said-once.js'

/* Goal: a process that sleeps in a raid does no harm when it wakes up. Method: a real one, stopped and continued. */

const start = choruses()
const startWorker = workers()
const BOTS = ['ava', 'ben']
const VIEWERS = 30
const FACTOR = 20
let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'chorus-sleep-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

it.each([8, 60])(
  'a process that sleeps for %i s in a raid breaks no limit, says nothing twice, and answers all',
  async (seconds) => {
    const { answered, twitch, nap } = await inRaid()
    await twitch.ledger.until((ledger) => ledger.attempts().length >= 6, soon())
    await nap(seconds)
    const replies = await answered()
    for (const bot of BOTS) {
      const inDoubt = replies.flatMap(({ id, outcome, viewer }) =>
        botOf(id) === bot && outcome.kind === 'sent' && outcome.inDoubt
          ? [{ viewer, viewers: outcome.viewers }]
          : [],
      )
      expect(countLines(inDoubt)).toBeLessThanOrEqual(1)
    }
  },
)

it('a process that stands still for 6 s again and again in a raid does neither, and leaves nothing in doubt', async () => {
  const { answered, twitch, nap } = await inRaid({ replies: { joint: { maxViewers: 1 } } })
  for (let lines = 3; lines < VIEWERS; lines += 3) {
    await twitch.ledger.until((ledger) => ledger.attempts().length >= lines, soon())
    await nap(6)
  }
  for (const { outcome } of await answered()) expect(outcome).not.toHaveProperty('inDoubt')
})

/** A raid on a Chorus in a process of its own. */
async function inRaid(config: WorkerOptions['config'] = {}) {
  const clock = systemClock(FACTOR)
  const { model, play, twitch } = await start({ clock, bots: BOTS, isStarted: false })
  const worker = await startWorker({
    ...{ bots: BOTS, channels: [CHANNEL], config, factor: FACTOR },
    ...{ dataDir, twitch, model },
  })
  await play(raid({ seed: 61, channel: CHANNEL, bots: BOTS, viewers: VIEWERS, overMs: SECOND }))
  await worker.until(() => worker.of('reply:accepted').length === VIEWERS)
  return {
    twitch,
    /** Lets it stand still. */
    async nap(seconds: number): Promise<void> {
      worker.signal('SIGSTOP')
      await sleep(clock, seconds * SECOND, soon())
      worker.signal('SIGCONT')
    },
    /** What became of each reply: it was sent, no limit was broken, and nothing was said twice. */
    async answered(): Promise<EndedReply[]> {
      await worker.until(() => worker.of('reply:settled').length === VIEWERS)
      expect(worker.of('reply:settled').filter(({ outcome }) => outcome?.kind !== 'sent')).toEqual([])
      expect(worker.of('error')).toEqual([])
      const replies = worker
        .of('reply:settled')
        .flatMap(({ outcome, task = '', viewer = '' }) => (outcome ? [{ id: task, viewer, outcome }] : []))
      expectKept(replies, twitch.ledger.attempts())
      expectNoBreach({ twitch })
      return replies
    },
  }
}
