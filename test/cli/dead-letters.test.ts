import path from 'node:path'
import { describe, expect } from 'vitest'
import type { ChorusProcess } from './chorus-process.js'
import { TYPED } from './chorus-process.js'
import { BOTS, type Cli, configFor, test, type World } from './cli-test.js'

/*
 * Goal: what a streamer does about dead letters works beside a running Chorus, and without one. Method: real processes on
 * one data folder; a model that answers badly while a reply has its only attempt makes a dead letter.
 */

const ONE_ATTEMPT = 'retry: { attempts: 1 }\n'
const BAD = { kind: 'bad-json' } as const

async function startWithDeadLetters(cli: Cli, world: World, count: number): Promise<ChorusProcess> {
  cli.write('live.yaml', configFor(['ava'], ONE_ATTEMPT))
  const chorus = cli.start(['start'], world.env(['ava']))
  await chorus.event('ready')
  world.model.always(BAD)
  for (let index = 0; index < count; index++) world.say(`Viewer${index}`, `@ava how much is ${index} and 1?`)
  await chorus.event('reply:settled', count)
  world.model.heal()
  return chorus
}

/** The ids of the dead letters, as a second process lists them: it knows no token and no configuration. */
async function idsOf(cli: Cli): Promise<string[]> {
  const { code, stdout, stderr } = await cli.run(['dead-letters', '--json'])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout).map(({ id }: { id: string }) => id)
}

describe('beside a running Chorus', () => {
  test('a dead letter is warned of, listed, redriven, and answered at last', async ({ cli, world }) => {
    const chorus = await startWithDeadLetters(cli, world, 1)
    expect(await chorus.event('dead-letters:counted')).toMatchObject({
      level: 40,
      count: 1,
      advice: expect.stringContaining(`${TYPED} dead-letters`),
    })
    const listed = await cli.run(['dead-letters'], { TZ: 'America/St_Johns' })
    expect([listed.code, listed.stderr]).toEqual([0, ''])
    expect(listed.stdout).toMatch(/^ {2}asked {5}20[\d-]+T[\d:]+-0[23]:30 by viewer0 in #mychannel, of ava$/m)
    expect(listed.stdout).toContain('  words     @ava how much is 0 and 1?')
    expect(listed.stdout).toMatch(/^ {2}because {3}model-bad-answer: /m)

    const [id = ''] = await idsOf(cli)
    const redrive = await cli.run(['dead-letters', 'redrive', id])
    expect(redrive).toMatchObject({ code: 0, stderr: '' })
    expect(redrive.stdout).toMatch(/the running Chorus \(process \d+\) takes it up within 2 seconds\.$/)
    expect(await chorus.event('journal:restored')).toMatchObject({ count: 1 })
    expect(await world.answers(1)).toEqual([expect.stringMatching(/^ava: @Viewer0 /)])
    expect(await chorus.event('dead-letters:counted', 2)).toMatchObject({ level: 30, count: 0 })
    expect(await idsOf(cli)).toEqual([])
  })

  test('of several some are discarded, an unknown one is named, and the rest is redriven', async ({
    cli,
    world,
  }) => {
    const chorus = await startWithDeadLetters(cli, world, 3)
    const [first = '', ...others] = await idsOf(cli)
    const { code, stdout, stderr } = await cli.run(['dead-letters', 'discard', first, 'ava/nobody'])
    expect(stdout).toBe('1 reply discarded: nobody will answer it.')
    expect(stderr.split('\n')).toEqual([
      'chorus: No dead letter has the id "ava/nobody".',
      expect.stringContaining(`\`${TYPED} dead-letters\` shows those that there are`),
    ])
    expect(code).toBe(2)
    expect(await idsOf(cli)).toEqual(others)
    expect((await cli.run(['dead-letters', 'redrive', '--all'])).stdout).toMatch(/^2 replies /)
    const answers = await world.answers(2)
    await chorus.event('reply:settled', 5)
    expect([...answers].sort()).toEqual([
      expect.stringContaining('@Viewer1 '),
      expect.stringContaining('@Viewer2 '),
    ])
  })

  test('the doctor tells of them, and that a Chorus runs', async ({ cli, world }) => {
    await startWithDeadLetters(cli, world, 2)
    const { stdout } = await cli.run(['doctor'], { ...world.env(['ava']), PORT: '0' })
    expect(stdout).toMatch(/^ok +a Chorus runs on the data folder, process \d+/m)
    expect(stdout).toMatch(/^ok +journal .*journal\.db: \d+ KB, 0 replies without an outcome/m)
    expect(stdout).toMatch(/^note +2 dead letters: .* → .*cli\.js dead-letters/m)
  })
})

describe('after a stop', () => {
  test('what is redriven is answered by the next start, which says how many replies go on', async ({
    cli,
    world,
  }) => {
    const first = await startWithDeadLetters(cli, world, 2)
    first.signal('SIGTERM')
    await first.end()
    const redrive = await cli.run(['dead-letters', 'redrive', '--all'])
    expect(redrive.stdout).toBe(
      `2 replies are to be tried again: no Chorus runs on ${path.join(cli.folder, 'data')}, the next start will take them up.`,
    )
    const second = cli.start(['start'], world.env(['ava']))
    expect(await second.event('journal:restored')).toMatchObject({ level: 30, count: 2, ended: 0, absent: 0 })
    expect(await world.answers(2)).toHaveLength(2)
  })

  test('the next start warns of those that still wait', async ({ cli, world }) => {
    const first = await startWithDeadLetters(cli, world, 1)
    first.signal('SIGTERM')
    await first.end()
    const second = cli.start(['start'], world.env(['ava']))
    expect(await second.event('dead-letters:counted')).toMatchObject({ level: 40, count: 1 })
  })
})

test('where there is no journal the list says so, and makes none', async ({ cli }) => {
  const { code, stdout } = await cli.run(['dead-letters', 'list'])
  expect(stdout).toBe(
    `There are no dead letters: there is no journal in ${path.join(cli.folder, 'data')} yet.`,
  )
  expect(code).toBe(0)
  expect(await cli.run(['dead-letters', 'redrive', 'ava/nobody'])).toMatchObject({ code: 2, stdout: '' })
})

test('a second Chorus on the data folder ends with 1 and advice, and the first goes on', async ({
  cli,
  world,
}) => {
  cli.write('live.yaml', configFor(BOTS.slice(0, 1)))
  const first = cli.start(['start'], world.env(['ava']))
  await first.event('ready')
  const { code, stderr } = await cli.run(['start'], world.env(['ava']))
  expect(stderr.split('\n')).toEqual([
    expect.stringMatching(/^chorus: Another Chorus runs on .*data \(process \d+\)\.$/),
    'Stop the other one, or give this one a folder of its own: CHORUS_DATA_DIR.',
  ])
  expect(code).toBe(1)
  world.say('Ann', '@ava are you alone?')
  expect(await world.answers(1)).toEqual([expect.stringMatching(/^ava: @Ann /)])
  expect(world.twitch.connections()).toBe(1)
})

test('the demo keeps no journal', async ({ cli }) => {
  const { code } = await cli.run(['demo', '--seconds', '1'], { CHORUS_DATA_DIR: 'kept' })
  expect(code).toBe(0)
  expect((await cli.run(['dead-letters'], { CHORUS_DATA_DIR: 'kept' })).stdout).toContain('no journal')
})
