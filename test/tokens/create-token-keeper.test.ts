import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { MINUTE, systemClock } from '../../src/clock.js'
import { toBotLogin } from '../../src/domain.js'
import { type Environment, parseEnvironment } from '../../src/environment.js'
import { logEvents } from '../../src/event-log.js'
import { ChorusEmitter } from '../../src/events.js'
import { createLogger } from '../../src/logger.js'
import { seededRandom } from '../../src/random.js'
import { Secret } from '../../src/secret.js'
import { createTokenKeeper, signedInBots } from '../../src/tokens/create-token-keeper.js'
import { idUrlOf } from '../../src/tokens/id-url.js'
import { TokenStore } from '../../src/tokens/token-store.js'
import { idServers } from '../support/id-servers.js'
import { tempFolder } from '../support/temp-folder.js'
import { storedToken } from './stored-token.js'

const AVA = toBotLogin('ava')
const BOB = toBotLogin('bob')

const startServer = idServers()
let cwd: string

beforeEach(() => {
  cwd = tempFolder()
})

function environmentOf(values: Readonly<Record<string, string>>): Environment {
  const { environment, problems } = parseEnvironment(values, { logins: [AVA, BOB], cwd })
  expect(problems).toEqual([])
  return environment
}

function build(environment: Environment) {
  const events = new ChorusEmitter()
  const parts = { clock: systemClock(), random: seededRandom(1), events }
  return { events, keeper: createTokenKeeper({ bots: [AVA, BOB], environment, ...parts }) }
}

/** Signs ava in; the token ends before long, so that the next login refreshes it. */
async function signIn(tokens: {
  readonly accessToken: string
  readonly refreshToken: string
}): Promise<void> {
  const store = new TokenStore({ dataDir: path.join(cwd, 'data'), clock: systemClock() })
  const parts = { refreshToken: new Secret(tokens.refreshToken), endsAtMs: Date.now() + MINUTE }
  await store.update('ava', () => storedToken(tokens.accessToken, parts))
}

describe('tokens go', () => {
  test.each([
    ['to Twitch from bots that talk there', {}, 'https://id.twitch.tv'],
    [
      'to Twitch also where its chat is named',
      { TWITCH_CHAT_URL: 'wss://irc-ws.chat.twitch.tv' },
      'https://id.twitch.tv',
    ],
    ['nowhere from bots that talk elsewhere', { TWITCH_CHAT_URL: 'ws://127.0.0.1:9' }, undefined],
    ['nowhere from what only looks like Twitch', { TWITCH_CHAT_URL: 'wss://twitch.tv.example' }, undefined],
    ['nowhere from what only ends like Twitch', { TWITCH_CHAT_URL: 'wss://nottwitch.tv' }, undefined],
    [
      'to the server that is named',
      { TWITCH_CHAT_URL: 'ws://127.0.0.1:9', TWITCH_ID_URL: 'http://127.0.0.1:8' },
      'http://127.0.0.1:8',
    ],
  ])('%s', (_, values, expected) => {
    expect(idUrlOf(environmentOf(values))).toBe(expected)
  })
})

test('a bot has a token where it was signed in or one is set', async () => {
  await signIn({ accessToken: 'token-of-ava', refreshToken: 'refresh-of-ava' })
  const both = build(environmentOf({ TWITCH_TOKEN_BOB: 'token-of-bob' })).keeper
  expect([both.has(AVA), both.has(BOB), both.has(toBotLogin('AVA'))]).toEqual([true, true, true])
  const one = build(environmentOf({ CHORUS_DATA_DIR: 'elsewhere' })).keeper
  expect([one.has(AVA), one.has(BOB)]).toEqual([false, false])
  expect([...signedInBots(path.join(cwd, 'data'))]).toEqual(['ava'])
})

test('without a data folder nothing that was signed in is used', async () => {
  await signIn({ accessToken: 'token-of-ava', refreshToken: 'refresh-of-ava' })
  const { keeper } = build({ ...environmentOf({}), dataDir: undefined })
  expect(keeper.has(AVA)).toBe(false)
})

test('a token that was refreshed at run time is masked in the log, and so is its refresh token', async () => {
  const server = await startServer()
  await signIn(server.issue('ava'))
  const environment = environmentOf({ TWITCH_ID_URL: server.url })
  const { events, keeper } = build(environment)
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const logger = createLogger({ level: 'trace', pretty: false, secrets: environment.secrets, destination })
  logEvents(events, logger)
  const token = (await keeper.forLogin(AVA))?.reveal() ?? ''
  const refreshToken = server.secrets.at(-1)
  expect(server.secrets.slice(-2)).toEqual([token, refreshToken])
  logger.warn({ event: 'leak', address: `https://x/?token=${refreshToken}` }, `PASS ${token}`)
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'token:refreshed', bot: 'ava', expiresInMs: 4 * 60 * MINUTE },
    { event: 'leak', address: 'https://x/?token=[secret]', msg: 'PASS [secret]' },
  ])
  await keeper.stop()
})
