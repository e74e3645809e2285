import { describe, expect } from 'vitest'
import { TYPED } from './chorus-process.js'
import { configFor, test } from './cli-test.js'

describe('a live start', () => {
  test('tells on stdout, in JSON, who is in chat, and answers a mention', async ({ cli, world }) => {
    cli.write('live.yaml', configFor(['ava', 'bob']))
    const chorus = cli.start(['start'], world.env(['ava', 'bob']))
    expect(await chorus.event('ready')).toMatchObject({ level: 30, joined: ['ava', 'bob'], parked: [] })
    world.say('Ann', '@bob how are you?')
    expect(await world.answers(1)).toEqual([expect.stringMatching(/^bob: @Ann \S/)])
    expect(await chorus.event('reply:settled')).toMatchObject({ bot: 'bob', outcome: 'sent' })

    chorus.signal('SIGTERM')
    const { code, stdout, stderr } = await chorus.end()
    expect([code, stderr]).toEqual([0, ''])
    for (const line of stdout.split('\n')) expect(JSON.parse(line)).toHaveProperty('event')
    expect(world.twitch.connections()).toBe(0)
  })

  test('reads tokens and addresses from .env as well', async ({ cli, world }) => {
    const lines = Object.entries(world.env(['ava'])).map(([name, value]) => `${name}=${value}`)
    cli.write('.env', lines.join('\n'))
    cli.write('live.yaml', configFor(['ava']))
    expect(await cli.start([]).event('ready')).toMatchObject({ joined: ['ava'] })
  })

  test('names bots without a token and goes on without them', async ({ cli, world }) => {
    cli.write('live.yaml', configFor(['ava', 'bob']))
    const chorus = cli.start(['start'], world.env(['bob']))
    expect(await chorus.event('note')).toMatchObject({
      msg: `ava is left out: it is not signed in (${TYPED} login ava), and TWITCH_TOKEN_AVA is not set.`,
    })
    expect(await chorus.event('ready')).toMatchObject({ joined: ['bob'], parked: [] })
  })

  test('parks a bot whose token is refused, says what to do, and answers with the other', async ({
    cli,
    world,
  }) => {
    cli.write('live.yaml', configFor(['ava', 'bob']))
    const env = { ...world.env(['ava', 'bob']), TWITCH_TOKEN_AVA: 'oauth:opensesameexpired' }
    const chorus = cli.start(['start'], env)
    expect(await chorus.event('bot:parked')).toMatchObject({
      bot: 'ava',
      reason: 'Login authentication failed',
      advice: `Sign the account in again with \`${TYPED} login ava\`, or set a new TWITCH_TOKEN_AVA: it is taken up at once.`,
    })
    expect(await chorus.event('ready')).toMatchObject({ joined: ['bob'], parked: [{ bot: 'ava' }] })
    world.say('Ann', '@bob how are you?')
    expect(await world.answers(1)).toEqual([expect.stringMatching(/^bob: @Ann /)])
  })

  test('ends with 1 and one message when every token is refused', async ({ cli, world }) => {
    cli.write('live.yaml', configFor(['ava', 'bob']))
    world.twitch.revokeToken('ava')
    world.twitch.revokeToken('bob')
    const { code, stderr } = await cli.run(['start'], world.env(['ava', 'bob']))
    const refused = 'Login authentication failed'
    expect(stderr).toBe(
      [
        `chorus: No bot could log in: ava (${refused}), bob (${refused})`,
        `Sign the account in again with \`${TYPED} login <login>\`, or set a new TWITCH_TOKEN_<LOGIN>: it is taken up at once.`,
      ].join('\n'),
    )
    expect(code).toBe(1)
  })

  test('stays when its last bot is shut out, and goes on as soon as .env has another token', async ({
    cli,
    world,
  }) => {
    const { TWITCH_TOKEN_AVA, ...env } = world.env(['ava'])
    cli.write('live.yaml', configFor(['ava']))
    cli.write('.env', `TWITCH_TOKEN_AVA=${TWITCH_TOKEN_AVA}`)
    const chorus = cli.start(['start'], env)
    await chorus.event('ready')
    world.twitch.addAccount({ login: 'ava', token: 'anothertokenofava' })
    world.twitch.cut('ava')
    expect(await chorus.event('bot:parked')).toMatchObject({ bot: 'ava' })
    cli.write('.env', 'TWITCH_TOKEN_AVA=anothertokenofava')
    await chorus.event('bot:joined', 2)
    world.say('Ann', '@ava how are you?')
    expect(await world.answers(1)).toEqual([expect.stringMatching(/^ava: @Ann /)])
  })
})
