import { expect, test } from 'vitest'
import { toBotLogin } from '../src/domain.js'
import { Secret } from '../src/secret.js'
import { staticTokens } from '../src/token-source.js'

test('tokens that never change are found in any case, and a refused one is not replaced', async () => {
  const token = new Secret('token-of-ava')
  const tokens = staticTokens(new Map([[toBotLogin('Ava'), token]]))
  expect(await tokens.forLogin(toBotLogin('ava'))).toBe(token)
  expect(await tokens.forLogin(toBotLogin('bob'))).toBeUndefined()
  expect(await tokens.afterRefusal(toBotLogin('ava'), token)).toBeUndefined()
  tokens.onChange(() => {})()
})
