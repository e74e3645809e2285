import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { type LoadOptions, loadConfig } from '../src/config.js'
import { parseConfigFile } from '../src/config-file.js'
import { toBotLogin } from '../src/domain.js'
import { ENVIRONMENT_VARIABLES, TOKEN_PREFIX } from '../src/environment.js'
import { ChorusError } from '../src/errors.js'
import { tempFolder } from './support/temp-folder.js'

const MINIMAL = 'channels: [mychannel]\nbots:\n  - login: stickyman1776\n  - login: geneJacqueman\n'
const TOKEN = 'abcdefghij0123456789klmnopqrst'

let cwd: string

beforeEach(() => {
  cwd = tempFolder()
  mkdirSync(path.join(cwd, 'config'))
})

function write(file: string, text: string): void {
  writeFileSync(path.join(cwd, file), text)
}

/** Loads `yaml` as the default file, with nothing but `env` in the environment. */
function load(yaml: string, env: LoadOptions['env'] = {}) {
  write('config/chorus.yaml', yaml)
  return loadConfig({ cwd, env })
}

/** The error that `run` ends with. */
function failure(run: () => unknown): ChorusError {
  try {
    run()
  } catch (error) {
    if (error instanceof ChorusError) return error
    throw error
  }
  throw new Error('expected a ChorusError')
}

describe('a valid configuration', () => {
  test('needs only channels and logins; the rest has defaults', () => {
    const { config, environment, file, notes } = load(MINIMAL)
    expect(config.replies.chance).toBe(0.25)
    const headStart = { moderator: 0, vip: 0, subscriber: 0 }
    expect(config.queue).toEqual({ global: 5, perBot: 2, backlog: 20, headStart })
    expect(environment.port).toEqual({ number: 3000, isSet: false })
    expect(environment.dataDir).toBe(path.join(cwd, 'data'))
    expect(environment.twitchTokens.size).toBe(0)
    expect(file).toBe('config/chorus.yaml')
    expect(notes).toEqual([])
  })

  test('may give bots an alias that calls all of them, and one that is its own login', () => {
    const shared = '  - { login: ava, aliases: [AVA, everyone] }\n  - { login: ben, aliases: [Everyone] }\n'
    expect(load(MINIMAL + shared).config.bots).toHaveLength(4)
  })

  test('may have a section with everything in it commented out', () => {
    expect(load(`${MINIMAL}replies:\n  # chance: 1\nqueue:\n  global:\n`).config.queue.global).toBe(5)
  })

  test('is what Chorus ships, under its own schema', () => {
    const parsed = parseConfigFile(readFileSync('config/chorus.yaml', 'utf8'))
    expect(parsed.isValid && parsed.config.bots.map((bot) => bot.login)).toEqual([
      'stickyman1776',
      'geneJacqueman',
    ])
  })

  test('is found by CHORUS_CONFIG, and a file named in the call wins over that', () => {
    write('other.yaml', MINIMAL.replace('mychannel', 'other'))
    write('named.yaml', MINIMAL.replace('mychannel', 'named'))
    const env = { CHORUS_CONFIG: 'other.yaml' }
    expect(loadConfig({ cwd, env }).config.channels).toEqual(['other'])
    expect(loadConfig({ cwd, env, file: 'named.yaml' }).config.channels).toEqual(['named'])
  })
})

describe('the environment', () => {
  test('wins over .env, and both win over the file', () => {
    write('.env', 'OPENAI_MODEL=from-dotenv\nOPENAI_API_KEY=key-from-dotenv\n')
    expect(load(`${MINIMAL}model: { name: from-file }\n`).config.model.name).toBe('from-dotenv')
    const { config, environment } = load(MINIMAL, { OPENAI_MODEL: 'from-environment' })
    expect(config.model.name).toBe('from-environment')
    expect(environment.openai.apiKey?.reveal()).toBe('key-from-dotenv')
  })

  test('hides a variable of .env by setting it to nothing', () => {
    write('.env', 'OPENAI_API_KEY=key-from-dotenv\n')
    expect(load(MINIMAL, { OPENAI_API_KEY: '' }).environment.openai.apiKey).toBeUndefined()
  })

  test('of the process is never changed', () => {
    write('.env', 'CHORUS_TEST_ONLY_IN_DOTENV=1\n')
    write('config/chorus.yaml', MINIMAL)
    const before = { ...process.env }
    loadConfig({ cwd })
    expect(process.env).toEqual(before)
  })

  test('gives each configured bot its token, with or without oauth: and in whatever case its login is', () => {
    const { twitchTokens } = load(MINIMAL, {
      TWITCH_TOKEN_STICKYMAN1776: `oauth:${TOKEN}`,
      TWITCH_TOKEN_GENEJACQUEMAN: `${TOKEN}2`,
    }).environment
    expect(twitchTokens.get(toBotLogin('stickyman1776'))?.reveal()).toBe(TOKEN)
    expect(twitchTokens.get(toBotLogin('geneJacqueman'))?.reveal()).toBe(`${TOKEN}2`)
  })

  test('notes a token that belongs to no configured bot', () => {
    const { notes, environment } = load(MINIMAL, { TWITCH_TOKEN_STICKYMAN: TOKEN })
    expect(notes).toEqual([expect.stringContaining('TWITCH_TOKEN_STICKYMAN belongs to no configured bot')])
    expect(environment.secrets).toContain(TOKEN)
  })

  test('keeps what opens the control room as a secret, and does not show one that is none', () => {
    const { environment } = load(MINIMAL, { CHORUS_CONTROL_TOKEN: TOKEN })
    expect(environment.controlToken?.reveal()).toBe(TOKEN)
    expect(environment.secrets).toContain(TOKEN)
    for (const wrong of ['short', 'with some spaces in it', 'a;b=c&d/e?f"g<h>i'])
      expect(failure(() => load(MINIMAL, { CHORUS_CONTROL_TOKEN: wrong })).message).toMatch(
        /CHORUS_CONTROL_TOKEN: wants 16 to 200 letters, digits or - \. _ ~ \(its value is not shown\)$/,
      )
  })

  test.each([
    ['PORT', 'abc', 'a whole number from 0 to 65535'],
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['HOST', 'localhost:3000', 'without a port'],
    ['TWITCH_CHAT_URL', 'foo', 'wss://host'],
    ['TWITCH_CHAT_URL', 'https://irc.example', 'wss://host'],
    ['OPENAI_BASE_URL', 'localhost:11434', 'http://host:port'],
    ['LOG_LEVEL', 'loud', 'one of trace, debug'],
    ['TWITCH_ID_URL', 'http://id.example', 'https://host'],
    ['TWITCH_ID_URL', 'http://127.0.0.1.example', 'https://host'],
    ['TWITCH_ID_URL', 'https://id.example/oauth2', 'nothing behind it'],
    ['TWITCH_ID_URL', 'ws://id.example', 'https://host'],
  ])('is refused when %s is %s', (name, value, wants) => {
    const error = failure(() => load(MINIMAL, { [name]: value }))
    expect(error.code).toBe('config-invalid')
    expect(error.message).toContain(`${name}: got "${value}", wants`)
    expect(error.message).toContain(wants)
  })

  test.each([
    ['https://id.example', 'https://id.example'],
    ['https://id.example/', 'https://id.example'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['http://[::1]:4000', 'http://[::1]:4000'],
    ['http://localhost:4000/', 'http://localhost:4000'],
  ])('takes %s as the server that checks tokens: nobody can read along', (given, expected) => {
    expect(load(MINIMAL, { TWITCH_ID_URL: given }).environment.idUrl).toBe(expected)
  })

  test('gives tokens anew when .env has changed, the environment still winning', () => {
    write('.env', `TWITCH_TOKEN_STICKYMAN1776=${TOKEN}1\n`)
    const { readTwitchTokens } = load(MINIMAL, { TWITCH_TOKEN_GENEJACQUEMAN: `${TOKEN}2` }).environment
    const tokens = () => [...(readTwitchTokens?.() ?? [])].map(([login, token]) => [login, token.reveal()])
    const gene = ['geneJacqueman', `${TOKEN}2`]
    expect(tokens()).toEqual([['stickyman1776', `${TOKEN}1`], gene])
    write('.env', `TWITCH_TOKEN_STICKYMAN1776=oauth:${TOKEN}3\nTWITCH_TOKEN_GENEJACQUEMAN=other\n`)
    expect(tokens()).toEqual([['stickyman1776', `${TOKEN}3`], gene])
    expect(readTwitchTokens?.()).toBe(readTwitchTokens?.())
    rmSync(path.join(cwd, '.env'))
    expect(tokens()).toEqual([gene])
  })

  test('counts a bot that was signed in before as one with a token', () => {
    const folders: string[] = []
    const isSignedIn = (dataDir: string) => folders.push(dataDir) > 0
    const error = failure(() => loadConfig({ cwd, env: {}, shipped: 'without-tokens', isSignedIn }))
    expect(error.code).toBe('file-missing')
    write('config/chorus.yaml', MINIMAL)
    const { environment } = loadConfig({ cwd, env: { CHORUS_DATA_DIR: 'state' }, isSignedIn })
    expect(environment.hasTokens).toBe(true)
    expect(folders).toEqual([path.join(cwd, 'data'), path.join(cwd, 'state')])
  })

  test('takes every variable that .env.example shows, and .env.example shows every variable', () => {
    const shown = [...readFileSync('.env.example', 'utf8').matchAll(/^#([A-Z][A-Z0-9_]+)=/gm)].map(
      ([, name]) => name,
    )
    const known = ENVIRONMENT_VARIABLES.map(({ name }) => name).filter(
      (name) => !name.startsWith(TOKEN_PREFIX),
    )
    expect(shown.filter((name) => !name?.startsWith(TOKEN_PREFIX)).sort()).toEqual([...known].sort())
  })
})

describe('a wrong configuration', () => {
  test('names every mistake with its line, what it got and what it wants', () => {
    const { code, message } = failure(() =>
      load('channels: []\nbots:\n  - login: sticky\n  - login: bad name!\nreplies:\n  chance: 2\n', {
        PORT: 'x',
      }),
    )
    expect(code).toBe('config-invalid')
    expect(message.split('\n').map((line) => line.trim())).toEqual([
      'config/chorus.yaml has 4 mistakes:',
      'line 1: channels: got [], wants at least 1 entry',
      'line 4: bots[1].login: got "bad name!", wants a Twitch login: 1 to 25 letters, digits or _',
      'line 6: replies.chance: got 2, wants at most 1',
      'PORT: got "x", wants a whole number from 0 to 65535',
    ])
  })

  test.each([
    ['bots: [{ login: a }]', 'channels is missing; wants a list'],
    [`${MINIMAL}replies: { chanse: 1 }`, 'replies.chanse: unknown key; did you mean replies.chance?'],
    [
      `${MINIMAL}  - { login: c, talkativness: 1 }`,
      'bots[2].talkativness: unknown key; did you mean bots[2].talkativeness?',
    ],
    [`${MINIMAL}chance: 1`, 'chance: unknown key; did you mean replies.chance?'],
    [`${MINIMAL}stop: { quickly: true }`, 'stop.quickly: unknown key; known here: deadline'],
    [
      `${MINIMAL}replies: { delays: { mention: [3, 1] } }`,
      'replies.delays.mention: got [3,1], wants two numbers, the smaller one first',
    ],
    [
      `${MINIMAL}replies: { delays: { mention: 3 } }`,
      'replies.delays.mention: got 3, wants a list of two numbers',
    ],
    [`${MINIMAL}queue: { global: 1.5 }`, 'queue.global: got 1.5, wants a whole number'],
    [
      `${MINIMAL}safety: { moderation: maybe }`,
      'safety.moderation: got "maybe", wants one of auto, off, required',
    ],
    [`${MINIMAL}safety: { links: perhaps }`, 'safety.links: got "perhaps", wants true or false'],
    [
      `${MINIMAL}  - login: STICKYMAN1776`,
      'bots[2].login: got "STICKYMAN1776", wants a login that no other bot has',
    ],
    [
      `${MINIMAL}  - { login: ben, aliases: [benny, StickyMan1776] }`,
      'bots[2].aliases[1]: got "StickyMan1776", wants another name: it is the login of stickyman1776, and would call that bot as well as ben',
    ],
    [
      'channels:\n  - #mychannel\nbots: [{ login: a }]',
      'line 2: channels[0] is empty; wants a text. In YAML # begins a comment: leave it out, or put the whole text in quotes',
    ],
    [
      'channels: [a, #mychannel]\nbots: [{ login: a }]',
      'line 1: the list does not end. In YAML # begins a comment: leave it out, or put the whole text in quotes (line ',
    ],
    [
      `${MINIMAL}  - { login: c, templates: ['hi {viewer}', 'hi {user}'] }`,
      'bots[2].templates[1]: got "hi {user}", wants no {…} but {viewer}, which alone is replaced',
    ],
    [`${MINIMAL}retry: { base: 50, max: 2 }`, 'retry.base: got 50, wants at most retry.max'],
    [
      `${MINIMAL}  - name: c`,
      'bots[2].name: unknown key; known here: login, persona, aliases, talkativeness, templates',
    ],
    ['just a sentence', 'the file: got "just a sentence", wants a group of keys'],
    ['', 'channels is missing'],
  ])('says what is wrong with %j', (yaml, expected) => {
    expect(failure(() => load(yaml)).message).toContain(expected)
  })

  test('is none where a channel has its # in quotes, nor where a template has braces around no word', () => {
    const { config } = load(`channels: ["#mychannel"]\nbots: [{ login: a, templates: ['{viewer} :{}'] }]`)
    expect(config).toMatchObject({ channels: ['#mychannel'], bots: [{ templates: ['{viewer} :{}'] }] })
  })

  test.each([
    ['channels: [a\nbots: 1', /line 2, column 1/],
    ['channels: [a]\nchannels: [b]', /line 2, column 1: Map keys must be unique/],
    ['bots:\n\t- login: a', /line 2, column 1/],
  ])('with broken YAML names line and column: %j', (yaml, expected) => {
    expect(failure(() => load(yaml)).message).toMatch(expected)
  })

  test('that multiplies its aliases without end is refused', () => {
    const layers = Array.from(
      { length: 9 },
      (_, n) => `x${n + 1}: &x${n + 1} [${Array(9).fill(`*x${n}`).join(', ')}]`,
    )
    expect(failure(() => load(`x0: &x0 lol\n${layers.join('\n')}\n`)).code).toBe('config-invalid')
  })

  test('never shows a token, wherever someone put it', () => {
    const yaml = `channels: [oauth:${TOKEN}]\nbots:\n  - { login: ${TOKEN}, token: ${TOKEN} }\n  - login: pass=12\n`
    const env = {
      TWITCH_TOKEN_A: `${TOKEN} x`,
      PORT: TOKEN,
      OPENAI_API_KEY: 'pass=12',
      LOG_LEVEL: 'sk-12345',
    }
    const { message } = failure(() => load(yaml, env))
    for (const secret of [TOKEN, 'pass=12', 'sk-12345']) expect(message).not.toContain(secret)
    for (const name of ['channels[0]', 'bots[0].login', 'TWITCH_TOKEN_A', 'PORT'])
      expect(message).toContain(name)
  })

  test('always ends in a config-invalid error, whatever the file holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `bots: ${json}`),
        ),
        (yaml) => {
          const parsed = parseConfigFile(yaml)
          expect(parsed.isValid || parsed.problems.length > 0).toBe(true)
        },
      ),
    )
  })
})

describe('a missing file', () => {
  test('that was named is an error, and so is a folder', () => {
    const error = failure(() => loadConfig({ cwd, env: {}, file: 'nowhere.yaml' }))
    expect(error.code).toBe('file-missing')
    expect(error.message).toContain('nowhere.yaml does not exist')
    expect(failure(() => loadConfig({ cwd, env: { CHORUS_CONFIG: 'config' } })).message).toContain(
      'is a folder',
    )
  })

  test('at the default place says how to get one', () => {
    const error = failure(() => loadConfig({ cwd, env: {} }))
    expect(error.code).toBe('file-missing')
    expect(error.message).toContain('Copy the example from')
  })

  test('is replaced by the shipped one where that is asked for, but not for live use', () => {
    const env = { TWITCH_TOKEN_STICKYMAN1776: TOKEN }
    const { notes } = loadConfig({ cwd, env: {}, shipped: 'without-tokens' })
    expect(notes).toEqual([expect.stringContaining('example that comes with Chorus')])
    expect(failure(() => loadConfig({ cwd, env, shipped: 'without-tokens' })).code).toBe('file-missing')
    expect(loadConfig({ cwd, env, shipped: 'always' }).config.bots).toHaveLength(2)
  })
})

test('a secret does not show itself when it is printed', () => {
  const { environment } = load(MINIMAL, { TWITCH_TOKEN_STICKYMAN1776: TOKEN, OPENAI_API_KEY: TOKEN })
  const { secrets: _secrets, ...rest } = environment
  const { apiKey } = environment.openai
  for (const text of [JSON.stringify(rest), inspect(rest, { depth: 9 }), `${apiKey}`])
    expect(text).not.toContain(TOKEN)
})
