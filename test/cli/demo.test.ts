import { describe, expect } from 'vitest'
import { test } from './cli-test.js'

/** Control characters: what moves the cursor or colours a terminal begins with one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/
const VIEWER = /^(?!Chorus)\w+: \S/

/** Every line is answered, without a pause: as lively as it gets. */
const LIVELY = 'replies: { chance: 1, delays: { mention: [0, 0], chance: [0, 0] } }\n'
const lively = (...bots: string[]) =>
  `channels: [mychannel]\nbots: [${bots.map((login) => `{ login: ${login} }`)}]\n${LIVELY}`

const firstViewer = (stdout: string) => stdout.split('\n').find((line) => VIEWER.test(line))

describe('the demo, in a pipe,', () => {
  test('is what a start without credentials runs: viewers talk, bots answer, SIGTERM ends it', async ({
    cli,
  }) => {
    cli.write('config/chorus.yaml', lively('ava', 'bob'))
    const demo = cli.start([])
    expect(await demo.line(/^Chorus demo/)).toContain('ava, bob are in #mychannel on a built-in Twitch')
    expect(await demo.line(/stand-in/)).toMatch(/not from an AI: .*OPENAI_API_KEY.*OPENAI_BASE_URL/)
    await demo.line(VIEWER)
    await demo.line(/^(ava|bob): @\w+ \S/)
    demo.signal('SIGTERM')
    const { code, stdout, stderr } = await demo.end()
    expect(stdout).toMatch(/\n\d+ repl(y|ies) sent in \d+ s\. Bye!$/)
    expect([code, stderr]).toEqual([0, ''])
  })

  test('ends by itself after --seconds, with plain lines only, which repeat with the seed', async ({
    cli,
  }) => {
    const args = ['demo', '--seconds', '3', '--seed', '7']
    const [first, again] = await Promise.all([cli.run(args), cli.run(args)])
    expect(first.stdout).toMatch(/sent in \d+ s\. Bye!$/)
    expect(first.stdout).not.toMatch(CONTROL)
    expect(first.stdout).not.toContain('Keys:')
    expect(first.code).toBe(0)
    expect(firstViewer(first.stdout)).toBeDefined()
    expect(firstViewer(again.stdout)).toBe(firstViewer(first.stdout))
  })

  test('brings a configuration of its own, and says so only where none was named', async ({ cli }) => {
    const shipped = new URL('../../config/chorus.yaml', import.meta.url).pathname
    const [own, named] = [cli.start(['demo']), cli.start(['demo', '--config', shipped])]
    for (const demo of [own, named]) {
      expect(await demo.line(/^Chorus demo/)).toContain('stickyman1776, geneJacqueman are in #mychannel')
      await demo.line(VIEWER)
    }
    expect(own.output).toContain('this is the example that comes with Chorus')
    expect(named.output).not.toContain('this is the example that comes with Chorus')
  })

  test('shows as many bots as asked for, and the limits that suit them', async ({ cli }) => {
    const demo = cli.start(['demo', '--bots', '5'])
    const [bots = ''] = (await demo.line(/^Chorus demo/)).split(' are in ')
    expect(bots.split(', ')).toHaveLength(5)
    await demo.line(/For 5 bots, queue\.global 8 and queue\.perBot 2 work best/)
  })

  test('reaches neither Twitch nor a model, whatever the environment holds', async ({ cli, world }) => {
    cli.write('live.yaml', lively('ava'))
    await cli.start(['demo'], world.env(['ava'])).line(/^ava: @/)
    expect(world.twitch.ledger.sessions()).toEqual([])
    expect(world.model.records).toEqual([])
  })

  test('thinks with one’s own model where it is asked to', async ({ cli, world }) => {
    cli.write('live.yaml', lively('ava'))
    world.model.always({ kind: 'say', text: 'My own model says hello.' })
    const demo = cli.start(['demo', '--real-model'], world.env(['ava']))
    await demo.line(/^Lines are made by your own model/)
    await demo.line(/^ava: @\w+ My own model says hello\.$/)
    expect(world.twitch.ledger.sessions()).toEqual([])
  })

  test('ends with 2 when one’s own model is asked for and none is named', async ({ cli }) => {
    const { code, stderr } = await cli.run(['demo', '--real-model'])
    expect(stderr).toContain('neither OPENAI_API_KEY nor OPENAI_BASE_URL is set')
    expect(code).toBe(2)
  })

  test('ends well when nobody reads it any more', async ({ cli }) => {
    const demo = cli.start(['demo', '--seed', '7'])
    await demo.line(/^Chorus demo/)
    demo.closeOutput()
    const { code, stderr } = await demo.end()
    expect([code, stderr]).toEqual([0, ''])
  })
})
