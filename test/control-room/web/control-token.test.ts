import { timingSafeEqual } from 'node:crypto'
import { beforeEach, expect, test, vi } from 'vitest'
import { ControlToken } from '../../../src/control-room/web/control-token.js'
import { Secret } from '../../../src/secret.js'
import { ask, rooms, TOKEN } from '../room-fixture.js'

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>()
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) }
})
beforeEach(() => {
  vi.mocked(timingSafeEqual).mockClear()
})

const open = rooms()

test('is another one with every start, and too long to guess', () => {
  const values = Array.from({ length: 50 }, () => new ControlToken().reveal())
  expect(new Set(values).size).toBe(50)
  for (const value of values) expect(value).toMatch(/^[\w-]{32}$/)
})

test('is compared in constant time, whatever is offered and however long it is', () => {
  const token = new ControlToken(new Secret(TOKEN))
  const offers = ['', 'x', TOKEN, TOKEN.slice(0, -1), `${TOKEN}x`, 'é'.repeat(5000)]
  expect(offers.map((offer) => token.matches(offer))).toEqual(offers.map((offer) => offer === TOKEN))
  expect(timingSafeEqual).toHaveBeenCalledTimes(offers.length)
})

test.each([
  ['a link', (url: string) => ask(`${url}?token=wrong`)],
  ['a bearer', (url: string) => ask(url, { headers: { authorization: 'Bearer wrong' } })],
  ['a cookie', (url: string) => ask(url, { headers: { cookie: `chorus_${new URL(url).port}=wrong` } })],
])('is compared in constant time over the wire, too, from %s', async (_from, tryIt) => {
  const { url } = await open()
  expect((await tryIt(url)).status).toBe(401)
  expect(timingSafeEqual).toHaveBeenCalled()
})

test('does not show itself', () => {
  expect(JSON.stringify({ token: new ControlToken(new Secret(TOKEN)) })).not.toContain(TOKEN)
})
