import { expect, test } from 'vitest'
import { Secret } from '../../src/secret.js'
import { chooseToken } from '../../src/tokens/current-token.js'
import { hashOf, LINEAGE_MAX, refreshed, type StoredToken } from '../../src/tokens/stored-token.js'
import { formatTokenFile, parseTokenFile } from '../../src/tokens/token-file.js'
import { storedToken } from './stored-token.js'

/** A token after `times` refreshes, while the environment holds `given`. */
function refreshedOften(times: number, given: Secret | undefined): StoredToken {
  let token = storedToken('token-0')
  for (let n = 1; n <= times; n++) {
    const grant = {
      accessToken: new Secret(`token-${n}`),
      refreshToken: new Secret(`refresh-${n}`),
      expiresInMs: 1000,
      scopes: [],
    }
    token = refreshed(token, grant, { wallMs: n, pinned: given && hashOf(given) })
  }
  return token
}

test('a token is known as the child of the one in the environment, however often it was refreshed since', () => {
  const given = new Secret('token-0')
  const token = refreshedOften(10 * LINEAGE_MAX, given)
  expect(token.lineage).toHaveLength(LINEAGE_MAX)
  expect(chooseToken(given, token)?.token.reveal()).toBe('token-640')
  expect(chooseToken(new Secret('token-639'), token)?.from).toBe('store')
  expect(chooseToken(new Secret('token-1'), token)?.from).toBe('environment')
  expect(chooseToken(new Secret('token-640'), token)?.from).toBe('store')
})

test('the lineage is bounded where the environment holds nothing', () => {
  expect(refreshedOften(3 * LINEAGE_MAX, undefined).lineage).toHaveLength(LINEAGE_MAX)
})

test('a refresh keeps what the server does not say anew', () => {
  const grant = { accessToken: new Secret('b'), refreshToken: undefined, expiresInMs: undefined, scopes: [] }
  const before = storedToken('a', { endsAtMs: 5 })
  const after = refreshed(before, grant, { wallMs: 1, pinned: undefined })
  expect(after.refreshToken?.reveal()).toBe('refresh-a')
  expect(after.scopes).toEqual(before.scopes)
  expect(after.endsAtMs).toBeUndefined()
})

test('what is written to the file is read back, and holds no earlier token', () => {
  const token = refreshedOften(3, undefined)
  const text = formatTokenFile(new Map([['ava', token]]))
  const { tokens, damage } = parseTokenFile(text)
  expect(damage).toBeUndefined()
  expect(formatTokenFile(tokens)).toBe(text)
  expect(tokens.get('ava')?.refreshToken?.reveal()).toBe('refresh-3')
  for (const earlier of ['token-0', 'token-1', 'token-2']) expect(text).not.toContain(earlier)
})

test('neither token nor refresh token shows itself when it is printed', () => {
  expect(JSON.stringify(storedToken('abcdefgh'))).not.toContain('abcdefgh')
})
