import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect } from 'vitest'
import { SECOND, systemClock } from '../../src/clock.js'
import { seededRandom } from '../../src/random.js'
import { IdSimulator } from '../../src/simulator/id-simulator.js'
import { needs } from '../support/needs.js'
import { type ChorusProcess, CLI, TYPED } from './chorus-process.js'
import { type Cli, test as cliTest, configFor } from './cli-test.js'

interface Fixtures {
  /** How long a code is good, in milliseconds. */
  readonly codeMs: number
  /** Where accounts sign in; whatever it gives out must not be printed. */
  readonly id: IdSimulator
}

const test = cliTest.extend<Fixtures>({
  codeMs: 600 * SECOND,
  id: async ({ cli, codeMs }, use) => {
    const id = new IdSimulator({
      clock: systemClock(),
      random: seededRandom(1),
      lifetimes: { intervalMs: SECOND, deviceCodeMs: codeMs },
    })
    await id.start()
    await use(id)
    for (const secret of id.secrets) cli.hide(secret)
    await id.stop()
  },
})

const envFor = (id: IdSimulator) => ({
  TWITCH_CLIENT_ID: 'client',
  TWITCH_ID_URL: id.url,
  TWITCH_CHAT_URL: 'ws://127.0.0.1:9',
})

/** The code that a person is shown. */
async function codeOf(login: ChorusProcess): Promise<string> {
  const line = await login.line(/Compare the code, \w+/)
  return /Compare the code, (\w+)/.exec(line)?.[1] ?? ''
}

const fileOf = (cli: Cli) => path.join(cli.folder, 'data', 'tokens.json')
const storedIn = (cli: Cli) => JSON.parse(readFileSync(fileOf(cli), 'utf8')).tokens

describe('chorus login', () => {
  test('shows an address and a code, and stores the tokens of the account that confirms', async ({
    cli,
    id,
  }) => {
    const login = cli.start(['login', 'Ava'], envFor(id))
    await login.line(/log in to Twitch there as Ava\./)
    await login.line(/open https:\/\/www\.twitch\.tv\/activate\?/)
    await login.line(/^Waiting for you to confirm …$/)
    id.approve(await codeOf(login), 'ava')
    const { code, stdout, stderr } = await login.end()
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`Ava is signed in. Its token is kept in ${fileOf(cli)}, and renewed`)
    expect(stdout).toMatch(/A running Chorus takes it up within 2 seconds\.$/)
    expect(stdout).not.toContain('\u001b')
    expect(statSync(fileOf(cli)).mode & 0o777).toBe(0o600)
    expect(storedIn(cli)).toMatchObject({
      ava: { clientId: 'client', scopes: ['chat:read', 'chat:edit'], lineage: [] },
    })
    expect(id.secrets).toContain(storedIn(cli).ava.refreshToken)
  })

  test('says which variable is in the way of the sign-in', async ({ cli, id }) => {
    cli.write('.env', 'TWITCH_TOKEN_AVA=opensesame0123456789\n')
    const login = cli.start(['login', 'ava'], envFor(id))
    id.approve(await codeOf(login), 'ava')
    const { code, stdout } = await login.end()
    expect(stdout).toContain('Note: TWITCH_TOKEN_AVA is set, and wins over this sign-in: remove it')
    expect(code).toBe(0)
  })

  test('goes on while the server does not answer', async ({ cli, id }) => {
    const login = cli.start(['login', 'ava'], envFor(id))
    const code = await codeOf(login)
    id.script({ kind: 'html' })
    await login.line(/^For now: .* gave no usable answer \(HTTP 200\)\. Trying again …$/)
    id.approve(code, 'ava')
    expect((await login.end()).code).toBe(0)
  })

  test.for([
    ['live.yaml', configFor(['avva', 'bob']), 'Note: ava is no bot of live.yaml; did you mean avva?'],
    ['live.yaml', configFor(['somebody']), 'Note: ava is no bot of live.yaml; its bots are somebody'],
    ['live.yaml', 'channels: 7', `Note: the configuration has mistakes: ${TYPED} check names them.`],
  ] as const)('needs no configuration, and remarks on %j', async ([file, text, note], { cli, id }) => {
    cli.write(file, text)
    const login = cli.start(['login', 'ava', '--config', file], envFor(id))
    await codeOf(login)
    expect(login.output).toContain(note)
  })

  test('has nothing to remark on a configured bot', async ({ cli, id }) => {
    cli.write('config/chorus.yaml', configFor(['Ava']))
    const login = cli.start(['login', 'ava'], envFor(id))
    await codeOf(login)
    expect(login.output).not.toContain('Note')
  })
})

describe('chorus login stores nothing and ends with 1', () => {
  const expectFailure = async (cli: Cli, login: ChorusProcess, reason: string) => {
    const { code, stderr } = await login.end()
    expect(stderr).toBe(`chorus: ${reason}\nNothing was stored. Try again: ${TYPED} login LOGIN.`)
    expect(code).toBe(1)
    expect(existsSync(fileOf(cli))).toBe(false)
  }

  test('when it is denied', async ({ cli, id }) => {
    const login = cli.start(['login', 'ava'], envFor(id))
    id.deny(await codeOf(login))
    await expectFailure(cli, login, 'It was denied, or the code has ended (“access_denied”).')
  })

  test('when another account confirms it, and says which', async ({ cli, id }) => {
    const login = cli.start(['login', 'ava'], envFor(id))
    id.approve(await codeOf(login), 'bob')
    const reason =
      'It was confirmed by the account bob, not by ava. Use a private window, and log in there as ava.'
    await expectFailure(cli, login, reason)
  })

  describe('when its time is over', () => {
    test.override({ codeMs: 1500 })
    test('says so', async ({ cli, id }) => {
      const login = cli.start(['login', 'ava'], envFor(id))
      await expectFailure(cli, login, 'Nobody confirmed it while the code was good.')
    })
  })

  test.for(['SIGINT', 'SIGTERM'] as const)('when %s ends it', async (signal, { cli, id }) => {
    const login = cli.start(['login', 'ava'], envFor(id))
    await codeOf(login)
    login.signal(signal)
    await expectFailure(cli, login, 'It was ended.')
  })

  test('when the server is away', async ({ cli, id }) => {
    await id.away()
    const { host } = new URL(id.url)
    const reason = `The sign-in could not begin: no connection to ${host} (ECONNREFUSED).`
    await expectFailure(cli, cli.start(['login', 'ava'], envFor(id)), reason)
  })

  test('when Twitch does not know the application', async ({ cli, id }) => {
    id.script({ kind: 'refuse', status: 400, message: 'invalid client' })
    const reason = 'Twitch refuses to begin: “invalid client”. Is TWITCH_CLIENT_ID right?'
    await expectFailure(cli, cli.start(['login', 'ava'], envFor(id)), reason)
  })
})

describe('chorus login ends with 2 before anything is asked', () => {
  test('without a client id: how to get one', async ({ cli, id }) => {
    const { code, stdout, stderr } = await cli.run(['login', 'ava'], { TWITCH_ID_URL: id.url })
    expect(stderr).toMatch(/^chorus: TWITCH_CLIENT_ID is not set/)
    expect(stderr).toMatch(/https:\/\/dev\.twitch\.tv\/console .*"Public".*http:\/\/localhost.*No secret/)
    expect([code, stdout]).toEqual([2, ''])
    expect(id.records).toEqual([])
  })

  test('with another chat server than Twitch and nowhere to sign in there', async ({ cli }) => {
    const env = { TWITCH_CLIENT_ID: 'client', TWITCH_CHAT_URL: 'ws://127.0.0.1:9' }
    const { code, stderr } = await cli.run(['login', 'ava'], env)
    expect(stderr).toContain('TWITCH_CHAT_URL is not Twitch, and TWITCH_ID_URL is not set.')
    expect(code).toBe(2)
  })

  test('where a token would travel in the clear', async ({ cli }) => {
    const env = { TWITCH_CLIENT_ID: 'client', TWITCH_ID_URL: 'http://id.example' }
    const { code, stderr } = await cli.run(['login', 'ava'], env)
    expect(stderr).toContain('TWITCH_ID_URL: got "http://id.example", wants https://host')
    expect(code).toBe(2)
  })

  test.for(['two words', 'x'.repeat(26)])('for %j, which is no login', async (name, { cli }) => {
    const { code, stderr } = await cli.run(['login', name])
    expect(stderr).toContain('It wants a Twitch login: 1 to 25 letters, digits or _.')
    expect(code).toBe(2)
  })

  test('where the tokens could not be stored, before anybody goes to a browser', async ({ cli, id }) => {
    cli.write('data', 'a file in the way')
    const { code, stderr } = await cli.run(['login', 'ava'], envFor(id))
    expect(stderr).toContain('tokens.json can’t be written')
    expect(code).toBe(1)
    expect(id.records).toEqual([])
  })
})

test('on a terminal the time that is left is shown, and Ctrl-C leaves it clean', async ({
  cli,
  id,
  skip,
}) => {
  needs(skip, 'script', 'apt-get install util-linux (or bsdutils on Debian)')
  // The shell gets the Ctrl-C, too, and must outlive it.
  const command = `trap : INT; '${process.execPath}' '${CLI}' login ava; echo "code $?"`
  const args = ['--quiet', '--return', '--command', command, '/dev/null']
  const terminal = cli.spawn('script', args, { ...envFor(id), TERM: 'xterm' })
  await terminal.line(/Waiting for you to confirm · \d+:\d\d left/)
  terminal.press('\u0003')
  await terminal.line(/code 1/)
  const { stdout } = await terminal.end()
  expect(stdout).toContain('chorus: It was ended.')
  expect(stdout.slice(stdout.indexOf('It was ended.'))).not.toContain('\u001b')
  expect(stdout).not.toContain('confirm …')
})
