import { describe, expect } from 'vitest'
import { TYPED } from './chorus-process.js'
import { BOTS, CHANNEL, configFor, test } from './cli-test.js'

const MEND = `Mend the configuration as the message says; \`${TYPED} check\` shows the result.`
const TOKEN = 'oauth:opensesame0123456789abcd'
const KEY = 'sk-opensesame0123456789abcdefghij'

describe('a wrong configuration ends with 2 and', () => {
  test('names every mistake with its line, the key, what it got and what it wants', async ({ cli }) => {
    cli.write(
      'my.yaml',
      [
        'channels: [my channel]',
        'bots:',
        '  - login: ava',
        '    persona: 5',
        '  - loginn: bob',
        'replies: { chance: 2, delays: { mention: [3, 1] } }',
        'queue: { global: many }',
        'apiKey: secret',
      ].join('\n'),
    )
    const { code, stdout, stderr } = await cli.run(['start', '--config', 'my.yaml'])
    expect(stderr.split('\n')).toEqual([
      'chorus: my.yaml has 8 mistakes:',
      '  line 1: channels[0]: got "my channel", wants a channel name: 1 to 25 letters, digits or _',
      '  line 4: bots[0].persona: got 5, wants a text',
      '  line 5: bots[1].login is missing; wants a text',
      '  line 5: bots[1].loginn: unknown key; did you mean bots[1].login?',
      '  line 6: replies.chance: got 2, wants at most 1',
      '  line 6: replies.delays.mention: got [3,1], wants two numbers, the smaller one first',
      '  line 7: queue.global: got "many", wants a number',
      expect.stringMatching(/^ {2}line 8: apiKey: unknown key; known here: channels, bots, replies,/),
      MEND,
    ])
    expect([code, stdout]).toEqual([2, ''])
  })

  test('shows where YAML itself breaks', async ({ cli }) => {
    cli.write('my.yaml', `channels: [${CHANNEL}\nbots:\n  - login: ava\n`)
    const { code, stderr } = await cli.run(['check', '--config', 'my.yaml'])
    expect(stderr).toMatch(/^chorus: my\.yaml has a mistake:\n {2}line 2, column 1: .*must.*end with a \]\n/)
    expect(code).toBe(2)
  })

  test('says which file is missing', async ({ cli }) => {
    const { code, stderr } = await cli.run(['check'], { CHORUS_CONFIG: 'gone.yaml' })
    expect(stderr).toBe(`chorus: ${cli.folder}/gone.yaml does not exist.\nCheck the path.`)
    expect(code).toBe(2)
  })

  test('says where the file belongs when none is there and none is named', async ({ cli }) => {
    const { code, stderr } = await cli.run(['start'], { TWITCH_TOKEN_AVA: TOKEN, OPENAI_API_KEY: KEY })
    expect(stderr).toContain(`There is no configuration file config/chorus.yaml in ${cli.folder}.`)
    expect(stderr).toContain('Copy the example from ')
    expect(code).toBe(2)
  })

  test('names every wrong variable, and repeats nothing that could be a secret', async ({ cli }) => {
    cli.write('config/chorus.yaml', configFor(BOTS))
    const { code, stdout, stderr } = await cli.run(['check'], {
      TWITCH_TOKEN_AVA: 'opensesame of two words',
      TWITCH_CHAT_URL: 'http://chat.example',
      OPENAI_API_KEY: KEY,
      OPENAI_BASE_URL: 'localhost:11434',
      LOG_LEVEL: 'loud',
      PORT: '99999',
    })
    expect(stderr.split('\n')).toEqual([
      'chorus: the environment has 5 mistakes:',
      '  TWITCH_TOKEN_AVA: wants an access token, without spaces or line breaks (its value is not shown)',
      '  PORT: got "99999", wants a whole number from 0 to 65535',
      '  TWITCH_CHAT_URL: got "http://chat.example", wants wss://host or ws://host:port',
      '  OPENAI_BASE_URL: got "localhost:11434", wants an address such as https://host or http://host:port',
      '  LOG_LEVEL: got "loud", wants one of trace, debug, info, warn, error, fatal, silent',
      MEND,
    ])
    expect([code, stdout]).toEqual([2, ''])
  })

  test.for([
    ['wss://chat.example:8443', '"wss://chat.example:8443"; it must be wss:// with port 443'],
    ['ws://ann:opensesame@127.0.0.1:80', 'holds a name or password'],
  ] as const)('is found by check as by start: TWITCH_CHAT_URL=%s', async ([url, expected], { cli }) => {
    cli.write('config/chorus.yaml', configFor(['ava']))
    const env = { TWITCH_TOKEN_AVA: TOKEN, OPENAI_API_KEY: KEY, TWITCH_CHAT_URL: url }
    const [checked, started] = await Promise.all([cli.run(['check'], env), cli.run(['start'], env)])
    expect(checked.stderr).toContain(expected)
    expect(started).toEqual(checked)
    expect(checked.code).toBe(2)
    expect(checked.stderr).not.toContain('opensesame')
  })
})

describe('check', () => {
  test('prints every default, no secret, and a text that check accepts', async ({ cli }) => {
    cli.write('.env', `TWITCH_TOKEN_AVA=${TOKEN}\n`)
    // A persona that knows a secret is a mistake of its own; even then it is not printed.
    cli.write(
      'config/chorus.yaml',
      `channels: [${CHANNEL}]\nbots: [{ login: ava, persona: 'It is ${KEY}' }]\n`,
    )
    const first = await cli.run(['check'], { OPENAI_API_KEY: KEY })
    expect(first.stdout).toContain('answerWithin: 900')
    expect(first.stdout).toContain('It is [secret]')
    expect(first.stdout).toMatch(/# +TWITCH_TOKEN_AVA +set\n/)
    expect(first.stdout).toMatch(/# +OPENAI_BASE_URL +not set\n/)
    expect([first.code, first.stderr]).toEqual([0, ''])

    cli.write('again.yaml', first.stdout)
    const again = await cli.run(['check', '--config', 'again.yaml'], { OPENAI_API_KEY: KEY })
    expect(again.stdout).toBe(first.stdout.replaceAll('config/chorus.yaml', 'again.yaml'))
    expect(again.code).toBe(0)
  })

  test('names tokens that belong to no bot', async ({ cli }) => {
    cli.write('config/chorus.yaml', configFor(['ava']))
    const { code, stdout } = await cli.run(['check'], { TWITCH_TOKEN_AVVA: TOKEN })
    expect(stdout).toContain('# Note: TWITCH_TOKEN_AVVA belongs to no configured bot; the bots are ava.')
    expect(code).toBe(0)
  })
})

describe('a live start ends with 2 before anything is connected', () => {
  test('without a model: what to set', async ({ cli }) => {
    cli.write('config/chorus.yaml', configFor(['ava', 'bob']))
    const { code, stdout, stderr } = await cli.run([], { TWITCH_TOKEN_AVA: TOKEN })
    expect(stderr).toBe(
      [
        'chorus: No model to think with: neither OPENAI_API_KEY nor OPENAI_BASE_URL is set.',
        'Set OPENAI_API_KEY, or OPENAI_BASE_URL for a local server such as Ollama.',
      ].join('\n'),
    )
    expect([code, stdout]).toEqual([2, ''])
  })

  test('with tokens for unknown logins only: which bots lack one, and whose these are', async ({ cli }) => {
    cli.write('config/chorus.yaml', configFor(['ava', 'bob']))
    const { code, stdout, stderr } = await cli.run(['start'], {
      TWITCH_TOKEN_EVA: TOKEN,
      OPENAI_API_KEY: KEY,
    })
    expect(stderr).toContain('No bot has a token: none of TWITCH_TOKEN_AVA, TWITCH_TOKEN_BOB is set.')
    expect(stderr).toContain('TWITCH_TOKEN_EVA: no configured bot has that name.')
    expect([code, stdout]).toEqual([2, ''])
  })
})
