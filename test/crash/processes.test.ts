import { describe, expect } from 'vitest'
import { SECOND } from '../../src/clock.js'
import type { ChorusProcess } from '../cli/chorus-process.js'
import { test as base, CHANNEL, type Cli, configFor, type World } from '../cli/cli-test.js'
import { lineAnswers } from '../support/line-answers.mjs'
import { soon } from '../support/soon.js'

const BOTS = ['ava', 'bob']
const STOP_MS = 1500
const test = base.extend({ latency: 400 })

function start(cli: Cli, world: World): ChorusProcess {
  cli.write('live.yaml', configFor(BOTS, `stop: { deadline: ${STOP_MS / 1000} }\n`))
  // Moderators: what they may say must not be what the test waits for.
  for (const bot of BOTS) world.twitch.room(CHANNEL).setRole(bot, 'moderator')
  return cli.start(['start'], environment(world))
}

const environment = (world: World) => ({ ...world.env(BOTS), CHORUS_DATA_DIR: 'data', LOG_LEVEL: 'debug' })

/** A question, and who is owed an answer. */
interface Asked {
  readonly id: string
  readonly viewer: string
  readonly mayShare: true
}

/** Viewers ask, each bot in turn. */
function ask(world: World, questions: number): Asked[] {
  return Array.from({ length: questions }, (_, index) => {
    const [viewer, bot] = [`Viewer${index}`, BOTS[index % BOTS.length]]
    const message = world.twitch.room(CHANNEL).say(viewer, `@${bot} how much is ${index} and ${index}?`)
    return { id: `${bot}/${message}`, viewer, mayShare: true }
  })
}

/** The questions that lines in chat answer, one after the other. */
const answered = (world: World, questions: readonly Asked[]) =>
  [...lineAnswers(world.twitch.ledger.delivered(), questions).values()].flat()

async function untilAnswered(world: World, questions: readonly Asked[]): Promise<void> {
  const isDone = () => new Set(answered(world, questions)).size === questions.length
  await world.twitch.ledger.until(isDone, soon())
}

const idsOf = (questions: readonly Asked[]) => questions.map(({ id }) => id).sort()

describe('two processes on one data folder', () => {
  test('the second ends with advice, and the first answers on', async ({ cli, world }) => {
    const first = start(cli, world)
    await first.event('ready')
    const { code, stderr, stdout } = await cli.run(['start'], environment(world))
    expect(code).toBe(1)
    expect(stdout).not.toContain('control room')
    expect(stderr).toMatch(
      /^chorus: Another Chorus runs on .*data \(process \d+\)\.\nStop the other one, or give this one/,
    )
    const questions = ask(world, 2)
    await untilAnswered(world, questions)
    expect(answered(world, questions).sort()).toEqual(idsOf(questions))
  })

  test('a killed one leaves nothing behind that keeps the next one out', async ({ cli, world }) => {
    const first = start(cli, world)
    await first.event('ready')
    await first.kill()
    await start(cli, world).event('ready')
  })
})

describe('SIGTERM in a raid', () => {
  test('ends with 0 within the deadline, and the next start answers the others, each once', async ({
    cli,
    world,
  }) => {
    const first = start(cli, world)
    await first.event('ready')
    const questions = ask(world, 40)
    await first.event('reply:accepted', questions.length)
    const signalledAt = performance.now()
    first.signal('SIGTERM')
    expect((await first.end()).code).toBe(0)
    // What is beyond the deadline is the process's own end, on a loaded machine. The deadline that is not configured is later.
    expect(performance.now() - signalledAt).toBeLessThan(8 * SECOND)
    expect(answered(world, questions).length).toBeLessThan(questions.length)
    const second = start(cli, world)
    await untilAnswered(world, questions)
    second.signal('SIGTERM')
    expect((await second.end()).code).toBe(0)
    expect(answered(world, questions).sort()).toEqual(idsOf(questions))
    expect(world.twitch.ledger.breaches).toEqual([])
  })
})
