import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import type { ChorusEvents } from '../../src/events.js'
import { createLogger } from '../../src/logger.js'
import type { ModelFault } from '../../src/simulator/model-faults.js'
import { questionBurst, raid } from '../../src/simulator/scenarios.js'
import { API_KEY, CHANNEL, choruses, tokenOf } from './chorus-fixture.js'
import { expectAllAnswered } from './said-once.js'

const start = choruses()

describe('a backlog', () => {
  it('is told once when more than twenty wait, and once when it is over', async () => {
    const chorus = await start({ factor: 20 })
    const { record } = chorus
    let most = 0
    record.watch(() => {
      most = Math.max(most, chorus.chorus.router.getQueueMetrics().global.size)
    })
    await chorus.play(questionBurst({ seed: 61, channel: CHANNEL, bot: 'ava', questions: 35, withinMs: 0 }))
    await expectAllAnswered(chorus, 35)
    expect(record.of('backlog:raised')).toEqual([{ size: 21, threshold: 20 }])
    expect(record.of('backlog:cleared')).toMatchObject([{ peak: most }])
    // One line may have taken several out at once.
    expect(record.of('backlog:cleared')[0]?.size).toBeLessThanOrEqual(10)
  })
})

describe('a listener', () => {
  it('that throws or rejects, on every event there is, changes nothing', async () => {
    const chorus = await start({ factor: 15, hasFaults: true })
    const names: (keyof ChorusEvents)[] = [
      'message:received',
      'message:decided',
      'reply:accepted',
      'reply:started',
      'reply:ready',
      'reply:settled',
      'line:written',
      'model:answered',
      'error',
    ]
    for (const [place, name] of names.entries()) {
      chorus.chorus.events.on(name, () => {
        const error = new Error(`listener of ${name}`)
        if (place % 2 === 0) throw error
        return Promise.reject(error) as never
      })
    }
    await chorus.play(raid({ seed: 62, channel: CHANNEL, bots: chorus.bots, viewers: 12, overMs: SECOND }))
    await expectAllAnswered(chorus, 12)
    const told = chorus.record.of('error').map(({ error }) => String(error))
    expect(new Set(told)).toEqual(
      new Set(names.filter((name) => name !== 'error').map((name) => `Error: listener of ${name}`)),
    )
  })
})

describe('secrets', () => {
  it('are in no line of the log whatever goes wrong, even where nothing masks them', async () => {
    const lines: string[] = []
    const chorus = await start({
      bots: ['ava', 'ben', 'cat'],
      factor: 20,
      logger: createLogger({
        level: 'trace',
        pretty: false,
        destination: { write: (line) => lines.push(line) },
        secrets: [],
      }),
      before: ({ twitch, model }) => {
        twitch.addAccount({ login: 'cat', token: 'another-token' })
        model.script({ kind: 'unauthorized' }, { kind: 'server-error' }, { kind: 'reset' }, { kind: 'html' })
        const leak: ModelFault = { kind: 'say', text: `the key is ${API_KEY}` }
        model.script(leak, { kind: 'hang' }, leak, leak)
      },
      config: { model: { deadline: 6 } },
    })
    await chorus.play(raid({ seed: 63, channel: CHANNEL, bots: ['ava', 'ben'], viewers: 16, overMs: SECOND }))
    await chorus.record.settled(6)
    await chorus.model.away()
    await chorus.record.until((record) =>
      record.of('model:failed').some(({ error }) => error.code === 'model-unreachable'),
    )
    chorus.twitch.cut('ava', 'reset')
    await chorus.model.back()
    await chorus.record.settled(16)
    await chorus.chorus.stop()

    const events = new Set(lines.map((line) => (JSON.parse(line) as { event: string }).event))
    for (const event of ['bot:parked', 'bot:disconnected', 'model:failed', 'reply:held', 'line:filtered']) {
      expect(events).toContain(event)
    }
    const secrets = [API_KEY, ...['ava', 'ben', 'cat'].map(tokenOf)]
    expect(lines.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([])
    expect(lines.filter((line) => /oauth:|bearer/i.test(line))).toEqual([])
  })
})
