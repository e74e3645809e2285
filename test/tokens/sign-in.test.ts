import { describe, expect, test } from 'vitest'
import { SECOND } from '../../src/clock.js'
import type { DeviceLogin } from '../../src/tokens/id-answer.js'
import { IdServer } from '../../src/tokens/id-server.js'
import { type SignInResult, signIn } from '../../src/tokens/sign-in.js'
import { idServers } from '../support/id-servers.js'
import { ManualClock } from '../support/manual-clock.js'

const startServer = idServers()

/** A sign-in of ava that waits for somebody at the browser, on a clock moved by hand. */
async function waiting() {
  const clock = new ManualClock()
  const server = await startServer({ clock })
  const abort = new AbortController()
  const troubles: (string | undefined)[] = []
  let begun: (device: DeviceLogin) => void = () => {}
  const device = new Promise<DeviceLogin>((resolve) => {
    begun = resolve
  })
  const result = signIn({
    ...{ login: 'Ava', clientId: 'client', clock, signal: abort.signal },
    idServer: new IdServer({ url: server.url, clock }),
    progress: { begun, granted: () => {}, trouble: (reason) => troubles.push(reason) },
  })
  const { userCode } = await device
  await clock.advance(0)
  /** Lets a pause pass, and the question after it be answered. */
  const pause = async (ms: number) => {
    const before = server.records.length
    const answers = troubles.length
    await clock.advance(ms)
    const isOver = () => server.records.length > before && server.records.every((record) => record.isOver)
    await server.until(isOver)
    while (troubles.length === answers && !(await isSettled(result))) await clock.advance(0)
  }
  const questions = () => server.count('token')
  return { clock, server, abort, troubles, result, userCode, pause, questions }
}

async function isSettled(result: Promise<SignInResult>): Promise<boolean> {
  return (await Promise.race([result, new Promise((resolve) => setImmediate(resolve))])) !== undefined
}

describe('a sign-in', () => {
  test('asks no faster than every five seconds, and five more after every time that this is too fast', async () => {
    const at = await waiting()
    await at.clock.advance(4.9 * SECOND)
    expect(at.questions()).toBe(0)
    at.server.script({ kind: 'refuse', status: 400, message: 'slow_down' })
    await at.pause(0.1 * SECOND)
    expect(at.questions()).toBe(1)
    await at.clock.advance(9.9 * SECOND)
    expect(at.questions()).toBe(1)
    await at.pause(0.1 * SECOND)
    expect(at.questions()).toBe(2)
    at.server.approve(at.userCode, 'ava')
    await at.pause(10 * SECOND)
    expect(await at.result).toMatchObject({ kind: 'signed-in', owner: { login: 'ava' } })
    expect(at.clock.pendingTimers).toBe(1)
  })

  test('goes on while the server does not answer, and tells of it until it does', async () => {
    const at = await waiting()
    at.server.script({ kind: 'server-error' }, { kind: 'html' })
    await at.pause(5 * SECOND)
    await at.pause(5 * SECOND)
    await at.pause(5 * SECOND)
    const host = new URL(at.server.url).host
    expect(at.troubles).toEqual([
      `${host} gave no usable answer (HTTP 500)`,
      `${host} gave no usable answer (HTTP 200)`,
      undefined,
    ])
  })

  test('ends with its code, at the latest', async () => {
    const at = await waiting()
    at.server.always({ kind: 'server-error' })
    while (!(await isSettled(at.result))) await at.clock.advance(5 * SECOND)
    expect(await at.result).toEqual({
      kind: 'failed',
      reason: 'Nobody confirmed it while the code was good.',
    })
    expect(at.clock.now()).toBeLessThanOrEqual(1805 * SECOND)
  })

  test('is ended at once by its signal, and leaves no timer', async () => {
    const at = await waiting()
    at.abort.abort()
    expect(await at.result).toEqual({ kind: 'failed', reason: 'It was ended.' })
    expect(at.clock.pendingTimers).toBe(0)
  })

  test('fails when another account has confirmed it, and says which', async () => {
    const at = await waiting()
    at.server.approve(at.userCode, 'bob')
    await at.pause(5 * SECOND)
    expect(await at.result).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('the account bob, not by Ava'),
    })
  })
})
