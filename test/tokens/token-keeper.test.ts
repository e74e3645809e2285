import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import { toBotLogin } from '../../src/domain.js'
import { Secret } from '../../src/secret.js'
import { AVA, HOUR, keepers } from './keeper-fixture.js'
import { storedToken } from './stored-token.js'

const makeKeeper = keepers()

const REPLACED = { kind: 'replaced', bot: 'ava' }
const WORDS_401 = /^Twitch takes its token no more/

describe('a token that was signed in', () => {
  test('is refreshed ten minutes before its end, stored before it is told of, and so on for days', async () => {
    const at = await makeKeeper()
    const first = await at.signIn()
    at.keeper.start()
    at.keeper.onChange(() => {
      // Whoever hears of it finds it stored, and known as a secret.
      const token = at.store.get('ava')?.accessToken.reveal() ?? ''
      expect([...at.secrets]).toContain(token)
      expect(token).not.toBe(first)
    })
    await at.pass(4 * HOUR - 10 * MINUTE - 4 * SECOND)
    expect(at.changes).toEqual([])
    expect(await at.login()).toBe(first)
    await at.pass(6 * SECOND)
    expect(at.changes).toEqual([REPLACED])
    expect(at.record.of('token:refreshed')).toEqual([{ bot: 'ava', expiresInMs: 4 * HOUR }])
    const second = await at.login()
    expect(second).toBe(at.store.get('ava')?.accessToken.reveal())
    await at.pass(20 * HOUR)
    expect(at.record.of('token:refreshed')).toHaveLength(6)
    expect(at.record.of('error')).toEqual([])
    expect(at.record.of('token:replaced')).toEqual([])
  })

  test('that lives only for a minute is refreshed every 45 seconds, not at every look', async () => {
    const at = await makeKeeper({ lifetimes: { tokenMs: MINUTE } })
    await at.signIn('ava', MINUTE)
    at.keeper.start()
    await at.pass(10 * MINUTE)
    const { length } = at.record.of('token:refreshed')
    expect(length).toBeGreaterThan(10)
    expect(length).toBeLessThan(15)
  })

  test('is refreshed once, however many ask for it at once', async () => {
    const at = await makeKeeper()
    const first = await at.signIn('ava', 5 * MINUTE)
    const refused = new Secret(first)
    const got = await Promise.all([
      at.login(),
      at.login(),
      at.keeper.afterRefusal(AVA, refused).then((token) => token?.reveal()),
    ])
    expect(new Set(got).size).toBe(1)
    expect(got[0]).not.toBe(first)
    expect(at.server.count('token')).toBe(1)
  })

  test('whose refresh is refused is used to its end, told of, and never offered for a refresh again', async () => {
    const at = await makeKeeper()
    const token = await at.signIn()
    await at.pass(4 * HOUR - 8 * MINUTE)
    at.server.script({ kind: 'refuse', status: 400, message: 'Invalid refresh token' })
    at.keeper.start()
    await at.pass(4 * SECOND)
    expect(at.record.of('token:flawed')).toEqual([
      {
        bot: 'ava',
        reason: 'Its token ends in 8 minutes and can’t be renewed (“Invalid refresh token”).',
        advice: 'Sign it in again: chorus login ava.',
      },
    ])
    expect(at.changes).toEqual([])
    expect(await at.login()).toBe(token)
    await at.pass(2 * HOUR)
    expect(at.changes).toEqual([
      { kind: 'revoked', bot: 'ava', reason: expect.stringContaining('“Invalid refresh token”') },
    ])
    expect(at.record.of('token:flawed')).toHaveLength(1)
    expect(await at.login()).toBeUndefined()
    expect(at.server.count('token')).toBe(1)
  })

  test('that Twitch knows no more is refreshed at once', async () => {
    const at = await makeKeeper()
    await at.signIn()
    at.keeper.start()
    await at.pass(4 * SECOND)
    at.server.script({ kind: 'refuse', status: 401, message: 'invalid access token' })
    await at.pass(HOUR)
    expect(at.changes).toEqual([REPLACED])
    expect(at.record.of('token:refreshed')).toHaveLength(1)
    expect(at.record.of('token:invalid')).toEqual([])
  })

  test('and taken back with all its account has ends the bot’s sessions, with what to do', async () => {
    const at = await makeKeeper()
    await at.signIn()
    at.keeper.start()
    await at.pass(4 * SECOND)
    at.server.revoke('ava')
    await at.pass(HOUR)
    const [invalid] = at.record.of('token:invalid')
    expect(invalid).toMatchObject({ bot: 'ava', advice: 'Sign it in again: chorus login ava.' })
    expect(at.changes).toEqual([{ kind: 'revoked', bot: 'ava', reason: invalid?.reason }])
    await at.pass(3 * HOUR)
    expect(at.changes).toHaveLength(1)

    const token = await at.signIn()
    await at.pass(2 * SECOND)
    expect(at.changes.slice(1)).toEqual([REPLACED])
    expect(await at.login()).toBe(token)
  })
})

describe('a clock on the wall that jumps', () => {
  test.each([
    ['ahead', 5 * HOUR],
    ['back', -5 * HOUR],
  ])('%s: the token is refreshed too early rather than too late', async (_, jumpMs) => {
    const at = await makeKeeper()
    await at.signIn()
    at.keeper.start()
    await at.pass(MINUTE)
    at.clock.jumpedMs = jumpMs
    await at.pass(4 * HOUR - 10 * MINUTE)
    expect(at.record.of('token:refreshed').length).toBeGreaterThan(0)
    expect(at.record.of('token:refreshed').length).toBeLessThan(3)
  })
})

test('a clock on the wall that is set back shortly before the end delays nothing', async () => {
  const at = await makeKeeper()
  await at.signIn()
  at.keeper.start()
  await at.pass(4 * HOUR - 11 * MINUTE)
  at.clock.jumpedMs = -5 * HOUR
  expect(at.record.of('token:refreshed')).toEqual([])
  await at.pass(MINUTE + 4 * SECOND)
  expect(at.record.of('token:refreshed')).toHaveLength(1)
})

describe('while the server does not answer', () => {
  test('nothing is refused: bots go on, it is told once per episode, and made up for afterwards', async () => {
    const at = await makeKeeper({ bots: ['ava', 'bob'] })
    const token = await at.signIn('ava', 20 * MINUTE)
    await at.signIn('bob', 20 * MINUTE)
    await at.server.away()
    at.keeper.start()
    await at.pass(2 * HOUR)
    const host = new URL(at.server.url).host
    const reason = `no connection to ${host} (ECONNREFUSED)`
    expect(at.record.of('token:unchecked')).toEqual([{ bot: 'ava', reason }])
    expect(at.changes).toEqual([])
    expect(await at.login()).toBe(token)

    await at.server.back()
    await at.pass(10 * MINUTE)
    expect(
      at.record
        .of('token:refreshed')
        .map(({ bot }) => bot)
        .sort(),
    ).toEqual(['ava', 'bob'])
    await at.server.away()
    await at.pass(HOUR)
    expect(at.record.of('token:unchecked')).toHaveLength(2)
  })

  test.each([
    { kind: 'server-error' },
    { kind: 'html' },
    { kind: 'html', status: 401 },
    { kind: 'server-error', status: 429 },
  ] as const)('but says %j, nothing is refused either', async (fault) => {
    const at = await makeKeeper()
    const token = await at.signIn('ava', 5 * MINUTE)
    at.server.always(fault)
    at.keeper.start()
    await at.pass(HOUR)
    expect(at.changes).toEqual([])
    expect(at.record.of('token:unchecked')).toHaveLength(1)
    expect(await at.login()).toBe(token)
    at.server.always(undefined)
    await at.pass(10 * MINUTE)
    expect(at.changes).toEqual([REPLACED])
  })

  test('it is asked less and less often', async () => {
    const at = await makeKeeper()
    await at.signIn()
    at.server.always({ kind: 'server-error' })
    at.keeper.start()
    await at.pass(HOUR)
    expect(at.server.records.length).toBeGreaterThan(5)
    expect(at.server.records.length).toBeLessThan(15)
  })

  test('a login waits four seconds and then takes the token there is', async () => {
    const at = await makeKeeper()
    const token = await at.signIn('ava', 5 * MINUTE)
    at.server.script({ kind: 'hang' })
    const login = at.login()
    await at.server.until(() => at.server.records.length === 1)
    await at.clock.advance(4 * SECOND)
    expect(await login).toBe(token)
  })

  test('a refused login gets no other token, and the change is told when there is one', async () => {
    const at = await makeKeeper()
    const token = await at.signIn()
    at.keeper.start()
    await at.pass(4 * SECOND)
    await at.server.away()
    expect(await at.keeper.afterRefusal(AVA, new Secret(token))).toBeUndefined()
    expect(at.changes).toEqual([])
    await at.server.back()
    await at.pass(MINUTE)
    expect(at.changes).toEqual([REPLACED])
    expect(at.record.of('token:refreshed')).toHaveLength(1)
  })
})

describe('a login that chat has refused', () => {
  test('gets the token that has come meanwhile, without a refresh', async () => {
    const at = await makeKeeper()
    at.environment.set('ava', 'old-token-of-ava')
    expect(await at.login()).toBe('old-token-of-ava')
    at.environment.set('AVA', 'new-token-of-ava')
    at.environment.delete('ava')
    const another = await at.keeper.afterRefusal(AVA, new Secret('old-token-of-ava'))
    expect(another?.reveal()).toBe('new-token-of-ava')
    expect(at.server.records).toEqual([])
  })

  test('gets a refreshed one', async () => {
    const at = await makeKeeper()
    const token = await at.signIn()
    const another = await at.keeper.afterRefusal(AVA, new Secret(token))
    expect(another?.reveal()).toBe(at.store.get('ava')?.accessToken.reveal())
    expect(another?.reveal()).not.toBe(token)
  })

  test('gets no other for one that was refreshed a moment ago: chat refuses the account, not the token', async () => {
    const at = await makeKeeper()
    const first = await at.signIn()
    const second = await at.keeper.afterRefusal(AVA, new Secret(first))
    expect(await at.keeper.afterRefusal(AVA, second ?? new Secret(''))).toBeUndefined()
    expect(at.server.count('token')).toBe(1)
    await at.clock.advance(MINUTE)
    expect(await at.keeper.afterRefusal(AVA, second ?? new Secret(''))).toBeDefined()
  })

  test('gets none where there is none', async () => {
    const at = await makeKeeper()
    at.environment.set('ava', 'token-of-ava')
    expect(await at.keeper.afterRefusal(AVA, new Secret('token-of-ava'))).toBeUndefined()
    expect(await at.keeper.afterRefusal(toBotLogin('nobody'), new Secret('x'))).toBeUndefined()
    expect(await at.keeper.forLogin(toBotLogin('nobody'))).toBeUndefined()
  })
})

describe('every token', () => {
  test('is checked at start and at least once an hour, those of several bots one after the other', async () => {
    const at = await makeKeeper({ bots: ['ava', 'bob', 'cat'] })
    for (const login of ['ava', 'bob', 'cat']) at.environment.set(login, at.server.issue(login).accessToken)
    at.keeper.start()
    await at.pass(3 * HOUR + MINUTE)
    const times = at.server.records.map(({ atMs }) => atMs)
    expect(times.slice(0, 3).every((atMs) => atMs <= 2 * SECOND)).toBe(true)
    expect(times.length).toBeGreaterThanOrEqual(12)
    expect(at.server.records.every(({ route }) => route === 'GET /oauth2/validate')).toBe(true)
    for (const since of [0, 1, 2].map((hours) => hours * HOUR)) {
      const inHour = times.filter((atMs) => atMs > since && atMs <= since + HOUR)
      expect(inHour.length).toBeGreaterThanOrEqual(3)
    }
  })

  test('of the environment that Twitch does not know ends the sessions, and says which variable is in the way', async () => {
    const at = await makeKeeper()
    at.environment.set('ava', 'long-gone-token')
    at.keeper.start()
    await at.pass(4 * SECOND)
    expect(at.record.of('token:invalid')).toEqual([
      {
        bot: 'ava',
        reason: expect.stringMatching(WORDS_401),
        advice: 'Sign it in: chorus login ava. Then remove TWITCH_TOKEN_AVA, which wins over the sign-in.',
      },
    ])
    expect(at.changes).toMatchObject([{ kind: 'revoked' }])
    expect(await at.login()).toBeUndefined()
    await at.pass(3 * HOUR)
    expect(at.changes).toHaveLength(1)
    expect(at.keeper.has(AVA)).toBe(true)
  })

  test('of the environment is known to have ended within seconds of its end', async () => {
    const at = await makeKeeper({ lifetimes: { tokenMs: 20 * MINUTE } })
    at.environment.set('ava', at.server.issue('ava').accessToken)
    at.keeper.start()
    await at.pass(20 * MINUTE - 2 * SECOND)
    expect(at.changes).toEqual([])
    expect(at.record.of('token:flawed')).toMatchObject([{ reason: expect.stringContaining('20 minutes') }])
    await at.pass(10 * SECOND)
    expect(at.changes).toMatchObject([{ kind: 'revoked' }])
  })

  test('that Twitch takes again after all may be used again', async () => {
    const at = await makeKeeper()
    at.environment.set('ava', at.server.issue('ava').accessToken)
    at.server.script({ kind: 'refuse', status: 401, message: 'invalid access token' })
    at.keeper.start()
    await at.pass(4 * SECOND)
    expect(at.changes).toMatchObject([{ kind: 'revoked' }])
    await at.pass(HOUR)
    expect(at.changes).toMatchObject([{ kind: 'revoked' }, REPLACED])
  })

  test('of another account is never used', async () => {
    const at = await makeKeeper()
    at.environment.set('ava', at.server.issue('bob').accessToken)
    at.keeper.start()
    await at.pass(4 * SECOND)
    const reason = 'The token of ava belongs to the account bob.'
    expect(at.changes).toEqual([{ kind: 'revoked', bot: 'ava', reason }])
    expect(at.record.of('token:invalid')[0]?.advice).toContain('use a private window')
    expect(await at.login()).toBeUndefined()
  })

  test.each([
    [['chat:read'], 'ava can’t write in chat: its token lacks chat:edit.'],
    [[], 'ava can’t read chat: its token lacks chat:read and chat:edit.'],
  ])('that allows only %j is told of once, and used', async (scopes, reason) => {
    const at = await makeKeeper()
    const { accessToken } = at.server.issue('ava', 'client', scopes)
    at.environment.set('ava', accessToken)
    at.keeper.start()
    await at.pass(2 * HOUR)
    const told = at.record.of('token:flawed').map((flaw) => flaw.reason)
    expect(told).toEqual([reason, 'Its token ends in 4 hours and can’t be renewed.'])
    expect(at.changes).toEqual([])
    expect(await at.login()).toBe(accessToken)
  })

  test('goes nowhere without a server for it, and changes are noticed all the same', async () => {
    const at = await makeKeeper({ hasIdServer: false })
    const token = await at.signIn('ava', MINUTE)
    at.keeper.start()
    expect(await at.login()).toBe(token)
    expect(await at.keeper.afterRefusal(AVA, new Secret(token))).toBeUndefined()
    await at.pass(2 * HOUR)
    at.environment.set('ava', 'token-of-ava')
    await at.pass(2 * SECOND)
    expect(at.changes).toEqual([REPLACED])
    expect(at.server.records).toEqual([])
  })
})

describe('which token counts', () => {
  test('that of the environment, unless the stored one was refreshed from it', async () => {
    const at = await makeKeeper()
    const first = await at.signIn('ava', 5 * MINUTE)
    at.environment.set('ava', 'set-on-purpose')
    expect(await at.login()).toBe('set-on-purpose')
    at.environment.set('ava', first)
    const second = await at.login()
    expect(second).not.toBe(first)
    expect(second).toBe(at.store.get('ava')?.accessToken.reveal())
    at.keeper.start()
    await at.pass(HOUR)
    expect(await at.login()).toBe(second)
  })

  test('another one is noticed within two seconds, in the environment as in the store', async () => {
    const at = await makeKeeper()
    at.keeper.start()
    expect(at.keeper.has(AVA)).toBe(false)
    expect(await at.login()).toBeUndefined()
    const stored = await at.signIn()
    await at.clock.advance(2 * SECOND)
    expect(at.changes).toEqual([REPLACED])
    expect(at.record.of('token:replaced')).toEqual([{ bot: 'ava' }])
    expect(await at.login()).toBe(stored)
    at.environment.set('ava', 'set-on-purpose')
    await at.clock.advance(2 * SECOND)
    expect(at.changes).toEqual([REPLACED, REPLACED])
    expect([...at.secrets]).toEqual(expect.arrayContaining([stored, 'set-on-purpose']))
  })

  test('one that vanishes without another in its place stays until the end', async () => {
    const at = await makeKeeper({ hasIdServer: false })
    at.environment.set('ava', 'token-of-ava')
    at.keeper.start()
    at.environment.clear()
    await at.clock.advance(4 * SECOND)
    expect(at.changes).toEqual([])
    expect(await at.login()).toBe('token-of-ava')
  })

  test('that of a sign-in made while the old one is refreshed', async () => {
    const at = await makeKeeper()
    await at.signIn('ava', 5 * MINUTE)
    const login = at.login()
    await at.server.until(() => at.server.count('token') === 1)
    await at.store.update('ava', () => storedToken('signed-in-meanwhile'))
    expect(await login).toBe('signed-in-meanwhile')
    expect(at.store.get('ava')?.accessToken.reveal()).toBe('signed-in-meanwhile')
    expect(at.changes).toEqual([REPLACED])
  })
})

describe('a store', () => {
  test('that can’t be written costs no token: it is told once and written later', async () => {
    const at = await makeKeeper()
    const first = await at.signIn('ava', 5 * MINUTE)
    mkdirSync(`${at.store.file}.tmp/x`, { recursive: true })
    at.keeper.start()
    await at.pass(MINUTE)
    const second = await at.login()
    expect(second).not.toBe(first)
    expect(at.store.get('ava')?.accessToken.reveal()).toBe(first)
    expect(at.record.of('error')).toMatchObject([{ error: { code: 'tokens-unwritable' } }])
    await at.pass(4 * HOUR)
    const third = await at.login()
    expect(third).not.toBe(second)
    expect(at.server.count('token')).toBe(2)

    rmSync(`${at.store.file}.tmp`, { recursive: true })
    await at.pass(10 * SECOND)
    expect(at.store.get('ava')?.accessToken.reveal()).toBe(third)
    expect(await at.login()).toBe(third)
  })

  test('that is damaged is told once, and the bots go on', async () => {
    const at = await makeKeeper()
    const token = await at.signIn()
    at.keeper.start()
    writeFileSync(at.store.file, '{')
    await at.pass(MINUTE)
    expect(at.record.of('error')).toMatchObject([{ error: { code: 'tokens-damaged' } }])
    expect(await at.login()).toBe(token)
  })

  test('that others could read is closed to them, and told', async () => {
    const at = await makeKeeper()
    await at.signIn()
    chmodSync(at.store.file, 0o644)
    at.keeper.start()
    expect(at.record.of('error')).toMatchObject([{ error: { code: 'tokens-open' } }])
  })
})

describe('a keeper', () => {
  test('leaves no timer behind when it stops, twice and at once, and asks nothing after', async () => {
    const at = await makeKeeper({ bots: ['ava', 'bob'] })
    const token = await at.signIn('ava', 5 * MINUTE)
    at.environment.set('bob', 'token-of-bob')
    at.server.always({ kind: 'hang' })
    at.keeper.start()
    at.keeper.start()
    await at.server.until(() => at.server.records.length === 1)
    const stopped = Promise.all([at.keeper.stop(), at.keeper.stop()])
    await at.clock.advance(3 * SECOND)
    await stopped
    await at.answered()
    // The server's own timers of tokens that end.
    await at.server.stop()
    expect(at.clock.pendingTimers).toBe(0)
    at.keeper.start()
    expect(at.clock.pendingTimers).toBe(0)
    expect(await at.login()).toBe(token)
    expect(at.record.of('token:unchecked')).toEqual([])
  })

  test('waits for a refresh that is under way: its answer is stored', async () => {
    const at = await makeKeeper()
    const first = await at.signIn('ava', 5 * MINUTE)
    at.keeper.start()
    await at.keeper.stop()
    expect(at.store.get('ava')?.accessToken.reveal()).not.toBe(first)
  })

  test('goes on when a listener throws', async () => {
    const at = await makeKeeper()
    at.keeper.onChange(() => {
      throw new Error('of the listener')
    })
    const heard: string[] = []
    const end = at.keeper.onChange(({ kind }) => heard.push(kind))
    at.environment.set('ava', 'token-of-ava')
    at.keeper.start()
    expect(heard).toEqual(['replaced'])
    expect(at.record.of('error')).toMatchObject([{ where: 'listener of tokens' }])
    end()
    at.environment.set('ava', 'another-token')
    await at.clock.advance(2 * SECOND)
    expect(heard).toEqual(['replaced'])
  })
})
