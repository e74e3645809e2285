import { describe, expect, test } from 'vitest'
import { ControlToken } from '../../../src/control-room/web/control-token.js'
import { Door } from '../../../src/control-room/web/door.js'
import { Secret } from '../../../src/secret.js'
import { knock, TOKEN } from '../room-fixture.js'

describe('the token of a door', () => {
  const token = new ControlToken(new Secret(TOKEN))
  const door = new Door({ token, port: () => 3000, cookie: 'chorus', path: '/', advice: 'Ask.' })

  test.each([
    { authorization: `Bearer ${TOKEN}` },
    { authorization: `bearer ${TOKEN}` },
    { cookie: `chorus_3000=${TOKEN}` },
    { cookie: `a=b; chorus_3000=${TOKEN};c=d` },
    { cookie: `chorus_3000=of-another-port; chorus_3000=${TOKEN}` },
  ])('is known from %o', (headers) => {
    expect(door.refuse(knock(headers))).toBeUndefined()
  })

  test.each([
    {},
    { authorization: '' },
    { authorization: TOKEN },
    { authorization: `Basic ${TOKEN}` },
    { authorization: `Bearer ${TOKEN}x` },
    { authorization: `Bearer ${TOKEN.slice(1)}` },
    { cookie: `chorus_3001=${TOKEN}` },
    { cookie: `xchorus_3000=${TOKEN}` },
    { cookie: 'chorus_3000=' },
    { authorization: 'Bearer wrong', cookie: `chorus_3000=${TOKEN}` },
  ])('is not from %o', (headers) => {
    expect(door.refuse(knock(headers))).toMatchObject({ status: 401, error: 'no-token', advice: 'Ask.' })
  })

  test('becomes a cookie that no script and no other site can use', () => {
    expect(door.cookieFor(TOKEN)).toBe(`chorus_3000=${TOKEN}; Path=/; HttpOnly; SameSite=Strict`)
    expect(door.cookieFor(`${TOKEN}x`)).toBeUndefined()
  })
})
