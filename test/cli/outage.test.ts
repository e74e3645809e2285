import { createServer } from 'node:net'
import { describe, expect } from 'vitest'
import { configFor, test, World } from './cli-test.js'

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

describe('while Twitch can’t be reached', () => {
  test('it says so and what to do, keeps trying, and gets in when Twitch is there', async ({
    cli,
    world,
  }) => {
    cli.write('live.yaml', configFor(['ava']))
    const port = await freePort()
    const url = `ws://127.0.0.1:${port}`
    const chorus = cli.start(['start'], { ...world.env(['ava']), TWITCH_CHAT_URL: url })
    expect(await chorus.event('bot:disconnected')).toMatchObject({
      level: 40,
      bot: 'ava',
      reason: `No connection to ${url} (ECONNREFUSED). Check the network and TWITCH_CHAT_URL; Chorus keeps trying.`,
    })
    const late = new World({ twitchPort: port })
    await late.start()
    try {
      expect(await chorus.event('ready')).toMatchObject({ joined: ['ava'] })
      late.say('Ann', '@ava are you there?')
      expect(await late.answers(1)).toEqual([expect.stringMatching(/^ava: @Ann /)])
    } finally {
      await late.stop()
    }
  })

  test('a connection that breaks is told of, and is there again', async ({ cli, world }) => {
    cli.write('live.yaml', configFor(['ava']))
    const chorus = cli.start(['start'], world.env(['ava']))
    await chorus.event('ready')
    world.twitch.cut('ava', 'reset')
    expect(await chorus.event('bot:disconnected')).toMatchObject({ reason: 'The connection was lost.' })
    await chorus.event('bot:joined', 2)
    world.say('Ann', '@ava are you back?')
    expect(await world.answers(1)).toHaveLength(1)
  })
})

test('while the model can’t be reached a mention waits, the log says what to do, and it is answered later', async ({
  cli,
  world,
}) => {
  cli.write('live.yaml', configFor(['ava'], 'retry: { base: 0.2 }\n'))
  const env = world.env(['ava'])
  await world.model.away()
  const chorus = cli.start(['start'], env)
  await chorus.event('ready')
  world.say('Ann', '@ava are you awake?')
  const failed = await chorus.event('model:failed')
  expect(failed).toMatchObject({
    level: 40,
    code: 'model-unreachable',
    problem: `no connection to ${new URL(world.model.url).host} (ECONNREFUSED)`,
    advice: 'Check OPENAI_BASE_URL and that the server runs; Chorus keeps trying.',
  })
  expect(JSON.stringify(failed)).not.toContain('    at ')
  await chorus.event('model:failed', 2)
  expect(world.twitch.ledger.delivered()).toEqual([])

  await world.model.back()
  expect(await world.answers(1)).toEqual([expect.stringMatching(/^ava: @Ann /)])
})

test('a model that refuses the key: what to check, and the mention waits', async ({ cli, world }) => {
  cli.write('live.yaml', configFor(['ava'], 'retry: { base: 0.2 }\n'))
  world.model.script({ kind: 'unauthorized' })
  const chorus = cli.start(['start'], world.env(['ava']))
  await chorus.event('ready')
  world.say('Ann', '@ava are you awake?')
  expect(await chorus.event('model:failed')).toMatchObject({
    code: 'model-unauthorized',
    advice: 'Check OPENAI_API_KEY, OPENAI_BASE_URL, the model name and the account’s credit.',
  })
  expect(await world.answers(1)).toHaveLength(1)
})
