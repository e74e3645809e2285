import { describe, expect } from 'vitest'
import type { ChorusStatus } from '../../src/chorus.js'
import type { DemoState } from '../../src/control-room/snapshot/snapshot.js'
import { ask, BEARER, post, TOKEN } from '../control-room/room-fixture.js'
import { type Cli, configFor, test } from './cli-test.js'

const CAST = configFor(['ava', 'bob'], 'stop: { deadline: 1 }\n')
/** The log tells when the model is away and back, and who is in chat. */
const ENV = { PORT: '0', CHORUS_CONTROL_TOKEN: TOKEN, LOG_LEVEL: 'debug' }

/** A demo with nobody in chat but whom the test lets talk, and what drives it. */
async function driven(
  cli: Cli,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  config = CAST,
) {
  cli.write('live.yaml', config)
  const demo = cli.start(['demo', ...args], { ...ENV, CHORUS_CONFIG: 'live.yaml', ...env })
  const [url = ''] = /http\S+/.exec(await demo.line(/^Control room: http/)) ?? []
  const send = (what: string, body: object) => post(`${url}api/demo/${what}`, body)
  const turn = async (what: string, body: object) => {
    const { status, data } = await send(what, body)
    expect(status).toBe(200)
    return (data as { demo: DemoState }).demo
  }
  const status = async () => (await ask(`${url}api/status`, { headers: BEARER })).data as ChorusStatus
  await turn('pace', { linesPerSecond: 0 })
  await demo.event('ready')
  return { demo, send, turn, status }
}

/** Ends it by a signal. */
async function expectEnd(demo: ReturnType<Cli['start']>): Promise<void> {
  demo.signal('SIGTERM')
  const { code, stderr, stdout } = await demo.end()
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/Bye!$/)
}

describe('who drives the demo from the control room', () => {
  test('is told of it at the start, types for a viewer, and is answered; a bot’s name is refused', async ({
    cli,
  }) => {
    const { demo, send, turn } = await driven(cli)
    expect(demo.output).toMatch(/page of the control room .* type in it as any viewer/)
    expect(await turn('say', { viewer: 'PixelFan', text: '@ava are\r\nyou there? \u001b[31m' })).toEqual({
      channel: 'mychannel',
      linesPerSecond: 0,
      isModelAway: false,
      canModelBeAway: true,
    })
    await demo.line(/^PixelFan: @ava are you there\?/)
    await demo.line(/^ava: @PixelFan \S/)
    expect(await send('say', { viewer: 'Bob', text: 'I am bob' })).toMatchObject({ status: 409 })
    expect(demo.output).not.toContain('I am bob')
    await expectEnd(demo)
  })

  test('talks as the streamer under the channel’s name', async ({ cli }) => {
    const { demo, status, turn } = await driven(cli)
    await turn('say', { viewer: 'Ann', text: '!bots calm' })
    await turn('say', { viewer: 'MyChannel', text: '!bots mute bob' })
    await demo.event('controls:changed')
    expect((await status()).controls).toMatchObject({ isCalm: false, muted: [{ bot: 'bob' }] })
  })

  test('plays a raid, questions, a line to everyone, and lines that come by themselves', async ({ cli }) => {
    const { demo, turn } = await driven(cli)
    await turn('scene', { scene: 'everyone' })
    await demo.line(/: @ava @bob /)
    for (const bot of ['ava', 'bob']) await demo.line(new RegExp(`^${bot}: @\\w+ \\S`))
    await turn('scene', { scene: 'questions' })
    await demo.line(/^\w+: (?!@ava @bob ).*@(ava|bob)\b/, 5)
    await turn('scene', { scene: 'raid' })
    await demo.line(/^\* 100 raiders from \w+ have joined!/)
    expect(await turn('pace', { linesPerSecond: 20 })).toMatchObject({ linesPerSecond: 20 })
    await demo.line(/^\w+: \S/, 80)
    await expectEnd(demo)
  })

  test('sends the model away, which the status tells, and back: what was asked meanwhile is answered', async ({
    cli,
  }) => {
    const { demo, status, turn } = await driven(cli)
    expect(await turn('model', { away: true })).toMatchObject({ isModelAway: true })
    expect((await status()).model.state).toBe('serving')
    for (const viewer of ['Ann', 'Ben', 'Cat', 'Dan']) await turn('say', { viewer, text: '@ava hello?' })
    await demo.event('model:away')
    expect((await status()).model.state).toBe('away')
    expect(demo.output).toContain('ECONNREFUSED')
    expect(demo.output).not.toMatch(/^ava: /m)
    expect(await turn('model', { away: false })).toMatchObject({ isModelAway: false })
    await demo.event('model:back')
    await demo.line(/^ava: .*@(Ann|Ben|Cat|Dan) \S/)
    expect((await status()).model.state).toBe('serving')
    await expectEnd(demo)
  })

  test('cuts every bot off: each comes back and answers', async ({ cli }) => {
    const { demo, status, turn } = await driven(cli)
    await turn('cut', {})
    await demo.event('bot:disconnected', 2)
    await demo.event('bot:joined', 4)
    expect((await status()).chat.joined).toHaveLength(2)
    await turn('say', { viewer: 'Ann', text: '@ava @bob are you back?' })
    for (const bot of ['ava', 'bob']) await demo.line(new RegExp(`^${bot}: @Ann \\S`))
  })

  test('never sends somebody’s own model away', async ({ cli, world }) => {
    const env = { ...world.env(['ava', 'bob']), ...ENV }
    const { demo, send, turn } = await driven(cli, ['--real-model'], env)
    expect(await turn('cut', {})).toMatchObject({ canModelBeAway: false, isModelAway: false })
    expect(await send('model', { away: true })).toMatchObject({ status: 409, data: { error: 'own-model' } })
    await demo.event('bot:joined', 4)
    await turn('say', { viewer: 'Ann', text: '@ava hello?' })
    await demo.line(/^ava: @Ann \S/)
    expect(world.model.records.length).toBeGreaterThan(0)
  })
})

describe('a demo whose model is away', () => {
  test('brings it back at its stop: what was accepted is answered', async ({ cli }) => {
    const { demo, turn } = await driven(cli, [], {}, configFor(['ava'], 'stop: { deadline: 20 }\n'))
    await turn('model', { away: true })
    for (const viewer of ['Ann', 'Ben', 'Cat']) await turn('say', { viewer, text: '@ava hello?' })
    await demo.event('model:away')
    await expectEnd(demo)
    expect(demo.output).toMatch(/^ava: .*@(Ann|Ben|Cat)\b/m)
    expect(demo.output).not.toContain('Left unanswered')
  })

  test('ends at the end of its time, with the model still away', async ({ cli }) => {
    const { demo, turn } = await driven(
      cli,
      ['--seconds', '8'],
      {},
      configFor(['ava'], 'stop: { deadline: 0 }\n'),
    )
    expect(await turn('model', { away: true })).toMatchObject({ isModelAway: true })
    await turn('say', { viewer: 'Ann', text: '@ava hello?' })
    const { code, stderr, stdout } = await demo.end()
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/Bye!$/)
  })
})
