import { describe, expect, test } from 'vitest'
import { Guard } from '../../../src/control-room/web/guard.js'
import { knock, TOKEN } from '../room-fixture.js'

const guardOn = (host: string, port = 3000) =>
  new Guard({ host, port: () => port, entrances: ['/', '/overlay'] })

describe('a Host', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1:3000'],
    ['127.0.0.1', 'localhost:3000'],
    ['127.0.0.1', 'LocalHost:3000'],
    ['127.0.0.1', '[::1]:3000'],
    ['::1', '[::1]:3000'],
    ['chorus.lan', 'chorus.lan:3000'],
    ['Chorus.LAN', 'chorus.lan:3000'],
    ['192.168.1.5', '192.168.1.5:3000'],
  ])('of ours passes: on %s, %s', (host, asked) => {
    expect(guardOn(host).refuseForeign(knock({ host: asked }))).toBeUndefined()
  })

  test.each([
    undefined,
    '',
    'evil.example:3000',
    '127.0.0.1',
    '127.0.0.1:3001',
    '127.0.0.1:80',
    '127.0.0.1.evil.example:3000',
    'localhost.evil.example:3000',
    'evil.example',
    '127.0.0.1:3000:3000',
    '127.0.0.1:3000@evil.example',
    'user@127.0.0.1:3000',
    '[::1:3000',
    '0.0.0.0:3000',
    '192.168.1.5:3000',
  ])('that is foreign does not: %s', (host) => {
    expect(guardOn('127.0.0.1').refuseForeign(knock({ host }))).toMatchObject({
      status: 403,
      error: 'foreign-host',
    })
  })

  test('without a port is that of port 80', () => {
    expect(guardOn('127.0.0.1', 80).refuseForeign(knock({ host: 'localhost' }))).toBeUndefined()
  })

  test('may be the address that the connection was made to, where all are listened on', () => {
    const guard = guardOn('0.0.0.0')
    const asked = knock({ host: '192.168.1.5:3000', localAddress: '::ffff:192.168.1.5' })
    expect(guard.refuseForeign(asked)).toBeUndefined()
    expect(guard.refuseForeign({ ...asked, host: '192.168.1.6:3000' })).toMatchObject({ status: 403 })
    expect(guard.refuseForeign({ ...asked, host: 'evil.example:3000' })).toMatchObject({ status: 403 })
  })
})

describe('an Origin', () => {
  const guard = guardOn('127.0.0.1')
  const origin = 'http://127.0.0.1:3000'

  test.each(['GET', 'POST'])('of our own passes: %s', (method) => {
    expect(guard.refuseForeign(knock({ method, origin }))).toBeUndefined()
  })

  test.each([
    'http://evil.example',
    'http://127.0.0.1:8080',
    'http://localhost:3000',
    'https://127.0.0.1:3000',
    'http://127.0.0.1:3000.evil.example',
    'null',
    '',
  ])('that is foreign does not, whoever brings the token: %s', (foreign) => {
    for (const method of ['GET', 'POST'])
      expect(
        guard.refuseForeign(knock({ method, origin: foreign, authorization: `Bearer ${TOKEN}` })),
      ).toMatchObject({ status: 403, error: 'foreign-origin' })
  })

  test('may be absent where nothing changes, and where a program sends its token itself', () => {
    expect(guard.refuseForeign(knock())).toBeUndefined()
    expect(guard.refuseForeign(knock({ method: 'POST' }))).toMatchObject({ error: 'no-origin' })
    expect(guard.refuseForeign(knock({ method: 'POST', authorization: `Bearer ${TOKEN}` }))).toBeUndefined()
  })

  test.each([
    ['same-origin', 'cors'],
    ['none', 'navigate'],
    ['cross-site', 'navigate'],
  ])('is ours, or somebody who follows a link: %s, %s', (fetchSite, fetchMode) => {
    expect(guard.refuseForeign(knock({ fetchSite, fetchMode }))).toBeUndefined()
  })

  test.each([
    ['same-site', 'no-cors'],
    ['cross-site', 'no-cors'],
    ['cross-site', 'cors'],
    ['something else', 'no-cors'],
  ])('is foreign where the browser says so, though nothing would change: %s, %s', (fetchSite, fetchMode) => {
    expect(guard.refuseForeign(knock({ fetchSite, fetchMode }))).toMatchObject({ error: 'foreign-origin' })
  })

  test('is foreign where a page of another origin leads to what is no page of ours', () => {
    const followed = { fetchSite: 'same-site', fetchMode: 'navigate' }
    expect(guard.refuseForeign(knock({ ...followed, path: '/overlay' }))).toBeUndefined()
    for (const path of ['/api/status', '/api/events', '/metrics', '/overlay/events', '/assets/index.js'])
      expect(guard.refuseForeign(knock({ ...followed, path }))).toMatchObject({ error: 'foreign-origin' })
  })
})
