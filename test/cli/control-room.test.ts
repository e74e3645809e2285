import { connect } from 'node:net'
import { describe, expect } from 'vitest'
import { ask, BEARER, post, TOKEN } from '../control-room/room-fixture.js'
import { BOTS, configFor, test } from './cli-test.js'

/** What the start tells of the control room, in the log of a process. */
interface Told {
  readonly url: string
  readonly link?: string
}

describe('the control room of a live start', () => {
  test('is told of once, with a link that alone holds the token, and is there until the end', async ({
    cli,
    world,
  }) => {
    cli.write('live.yaml', configFor(['ava']))
    const chorus = cli.start(['start'], { ...world.env(['ava']), PORT: '0', LOG_LEVEL: 'trace' })
    const { link = '', url } = (await chorus.event('control-room')) as unknown as Told
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/)
    await chorus.event('ready')
    expect(await ask(`${url}readyz`)).toMatchObject({ status: 200 })
    expect(await ask(link)).toMatchObject({ status: 303 })
    connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})

    chorus.signal('SIGTERM')
    const { code, stdout } = await chorus.end()
    expect(code).toBe(0)
    const token = new URL(link).searchParams.get('token') ?? ''
    const telling = stdout.split('\n').filter((line) => line.includes(token))
    expect(telling).toHaveLength(1)
    expect(stdout.match(/"event":"control-room"/g)).toHaveLength(1)
  })

  test('never shows a token that was set', async ({ cli, world }) => {
    cli.write('live.yaml', configFor(['ava']))
    const env = { ...world.env(['ava']), PORT: '0', CHORUS_CONTROL_TOKEN: TOKEN }
    const chorus = cli.start(['start'], env)
    const { link, url } = (await chorus.event('control-room')) as unknown as Told
    expect(link).toBeUndefined()
    expect(await ask(`${url}?token=${TOKEN}`)).toMatchObject({ status: 303 })
  })

  test('ends with 1 where the port that was set is taken, before anybody is in chat', async ({
    cli,
    world,
  }) => {
    cli.write('live.yaml', configFor(['ava']))
    const first = cli.start(['start'], { ...world.env(['ava']), PORT: '0' })
    const { url } = (await first.event('control-room')) as unknown as Told
    const env = { ...world.env(['bob']), CHORUS_DATA_DIR: 'other', PORT: new URL(url).port }
    cli.write('other.yaml', configFor(['bob']))
    const { code, stderr } = await cli.run(['start', '--config', 'other.yaml'], env)
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^chorus: Port \d+ .* is taken .*\n.*another port/),
    ])
    expect(world.twitch.ledger.sessions().every(({ account }) => account !== BOTS[1])).toBe(true)
  })

  test('ends with 2 on an address that others can reach, where nothing was set that opens it', async ({
    cli,
    world,
  }) => {
    cli.write('live.yaml', configFor(['ava']))
    const { code, stderr } = await cli.run(['start'], { ...world.env(['ava']), HOST: '0.0.0.0' })
    expect([code, stderr]).toEqual([2, expect.stringContaining('Set CHORUS_CONTROL_TOKEN')])
  })
})

test('a stop that is asked for in the control room is graceful, and ends the process', async ({
  cli,
  world,
}) => {
  cli.write('live.yaml', configFor(['ava']))
  const env = { ...world.env(['ava']), PORT: '0', CHORUS_CONTROL_TOKEN: TOKEN, LOG_LEVEL: 'debug' }
  const chorus = cli.start(['start'], env)
  const { url } = (await chorus.event('control-room')) as unknown as Told
  await chorus.event('ready')
  const events = await fetch(`${url}api/events`, { headers: BEARER })
  world.say('Ann', '@ava how are you?')
  await chorus.event('reply:accepted')
  for (let n = 0; n < 2; n++) expect(await post(`${url}api/stop`, {})).toMatchObject({ status: 202 })
  const { code, stderr } = await chorus.end()
  expect([code, stderr]).toEqual([0, ''])
  expect(await world.answers(1)).toEqual([expect.stringMatching(/^ava: @Ann \S/)])
  await events.body?.cancel().catch(() => {})
})

test('the demo has a control room, too, and needs no credentials for it', async ({ cli }) => {
  const demo = cli.start(['demo', '--seconds', '20'], { PORT: '0' })
  const [link = ''] = /http\S+/.exec(await demo.line(/^Control room: http/)) ?? []
  expect(await ask(link)).toMatchObject({ status: 303 })
  await demo.line(/^\w+: @/)
  expect(await ask(new URL('/readyz', link).href)).toMatchObject({ status: 200 })
  demo.signal('SIGTERM')
  const { code, stdout } = await demo.end()
  expect(code).toBe(0)
  expect(stdout.match(/Control room/g)).toHaveLength(1)
})
