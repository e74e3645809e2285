import { expect, test } from 'vitest'
import { rooms } from '../control-room/room-fixture.js'
import { browsers } from './browser-fixture.js'

const open = rooms()
const { openRoom, takeFaults } = browsers()

const blocked = 'fetch("http://else.example/").catch(() => {})'

test.each([
  ['an error that nobody catches', 'void setTimeout(() => { throw new Error("oh no") })', 'error: oh no'],
  ['a promise that nobody catches', 'void Promise.reject(new Error("oh no"))', 'error: oh no'],
  ['an error in the console', 'console.error("oh no")', 'console: oh no'],
  ['what the content security policy stops', blocked, 'console: .*Content Security Policy'],
  ['a request to another origin', 'location.href = "http://else.example/"', 'request: http://else.example'],
])('is a fault of a page: %s', async (_what, script, fault) => {
  const page = await openRoom(await open())
  expect(takeFaults()).toEqual([])
  await page.evaluate(script)
  await expect.poll(() => takeFaults().join('\n')).toMatch(new RegExp(fault))
  // What a fault brings along is told by then.
  await page.close()
  takeFaults()
})

test('the first faults are kept, and no more than twenty', async () => {
  const page = await openRoom(await open())
  await page.evaluate('for (let n = 1; n <= 30; n++) console.error(n)')
  await page.close()
  const faults = takeFaults()
  expect([faults.length, faults[0], faults.at(-1)]).toEqual([20, 'console: 1', 'console: 20'])
})

test.fails('a fault fails its test, though that had nothing to say', async () => {
  const page = await openRoom(await open())
  await page.evaluate('console.error("oh no")')
})
