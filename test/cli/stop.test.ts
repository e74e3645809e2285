import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import type { ChorusProcess } from './chorus-process.js'
import { BOTS, test as base, configFor, type World } from './cli-test.js'

/** Slow enough that replies are still open when the signal comes. */
const test = base.extend({ latency: 1000 })

/** Viewers ask, each bot in turn; resolves when so many replies are accepted. */
async function ask(chorus: ChorusProcess, world: World, questions: number): Promise<void> {
  await chorus.event('ready')
  for (let index = 0; index < questions; index += 1) {
    world.say(`Viewer${index}`, `@${BOTS[index % BOTS.length]} how much is ${index} and ${index}?`)
  }
  await chorus.event('reply:accepted', questions)
}

describe('a stop', () => {
  test('by SIGTERM answers ten open mentions first and ends with 0', async ({ cli, world }) => {
    // As long as it takes: how many fit into the usual eight seconds is the machine's affair.
    cli.write('live.yaml', configFor(BOTS, 'stop: { deadline: 60 }\n'))
    const chorus = cli.start(['start'], { ...world.env(), LOG_LEVEL: 'debug' })
    await ask(chorus, world, 10)
    chorus.signal('SIGTERM')
    expect(await chorus.event('stopping')).toMatchObject({
      msg: expect.stringMatching(
        /^Stopping: up to 60 s for what was accepted \(\d+ replies\); once more stops at once\.$/,
      ),
    })
    const { code, stdout } = await chorus.end()
    expect(world.twitch.ledger.delivered()).toHaveLength(10)
    const last = JSON.parse(stdout.split('\n').at(-1) ?? '')
    expect(last).toMatchObject({ event: 'stopped', left: 0, msg: 'Stopped: nothing is left.' })
    // Some may have been answered before the signal came.
    expect(last.done).toBeGreaterThan(0)
    expect(world.twitch.ledger.breaches).toEqual([])
    expect([code, world.twitch.connections()]).toEqual([0, 0])
  })

  test('takes nothing new', async ({ cli, world }) => {
    cli.write('live.yaml', configFor(BOTS))
    const chorus = cli.start(['start'], { ...world.env(), LOG_LEVEL: 'debug' })
    await ask(chorus, world, 1)
    chorus.signal('SIGTERM')
    await chorus.event('stopping')
    world.say('Late', '@ava am I too late?')
    expect((await chorus.end()).code).toBe(0)
    expect(await world.answers(1)).toEqual([expect.stringContaining('@Viewer0 ')])
  })

  test('ends with 0 at its deadline, and says what waits for the next start', async ({ cli, world }) => {
    cli.write('live.yaml', configFor(BOTS, 'stop: { deadline: 1 }\n'))
    const chorus = cli.start(['start'], { ...world.env(), LOG_LEVEL: 'debug' })
    world.model.always({ kind: 'hang' })
    await ask(chorus, world, 3)
    chorus.signal('SIGTERM')
    expect(await chorus.event('stopped')).toMatchObject({
      left: 3,
      msg: '3 replies wait in the journal for the next start.',
    })
    expect((await chorus.end()).code).toBe(0)
  })

  test('by two Ctrl-C a second apart ends at once', async ({ cli, world }) => {
    cli.write('live.yaml', configFor(BOTS, 'stop: { deadline: 600 }\n'))
    const chorus = cli.start(['start'], { ...world.env(), LOG_LEVEL: 'debug' })
    world.model.always({ kind: 'hang' })
    await ask(chorus, world, 2)
    chorus.signal('SIGINT')
    await chorus.event('stopping')
    // The second Ctrl-C is what is meant to come later: here time itself is part of the test.
    await pause(1000)
    chorus.signal('SIGINT')
    // The deadline is ten minutes: an end within the test's patience is one at once.
    expect((await chorus.end()).code).toBe(0)
    expect(await chorus.event('stopped')).toMatchObject({
      left: 2,
      msg: '2 replies wait in the journal for the next start.',
    })
    expect(world.twitch.ledger.delivered()).toEqual([])
  })

  test('takes a second Ctrl-C right behind the first for the same: npm passes on what the terminal gave to all', async ({
    cli,
    world,
  }) => {
    cli.write('live.yaml', configFor(BOTS))
    const chorus = cli.start(['start'], { ...world.env(), LOG_LEVEL: 'debug' })
    await ask(chorus, world, 1)
    chorus.signal('SIGINT')
    await chorus.event('stopping')
    chorus.signal('SIGINT')
    expect((await chorus.end()).code).toBe(0)
    expect(await world.answers(1)).toHaveLength(1)
  })
})
