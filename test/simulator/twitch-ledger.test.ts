import { expect, it } from 'vitest'
import { type SendAttempt, TwitchLedger } from '../../src/simulator/twitch-ledger.js'

const attempt = (parts: Partial<SendAttempt> = {}) => ({
  atMs: 0,
  connection: 1,
  account: 'bot',
  channel: 'chan',
  text: 'hello',
  isAction: false,
  verdict: 'delivered',
  ...parts,
})

it('finds what reached chat by account and channel, in any case and with or without #', () => {
  const ledger = new TwitchLedger()
  ledger.recordAttempt(attempt())
  ledger.recordAttempt(attempt({ account: 'ben' }))
  ledger.recordAttempt(attempt({ channel: 'other' }))
  ledger.recordAttempt(attempt({ verdict: 'msg_duplicate' }))
  expect(ledger.delivered()).toHaveLength(3)
  expect(ledger.delivered({ account: 'BOT', channel: '#Chan' })).toMatchObject([{ number: 1 }])
  expect(ledger.attempts({ account: 'bot' }).map(({ number }) => number)).toEqual([1, 3, 4])
})

it('lets a test wait for what it expects, now or later, and give up', async () => {
  const ledger = new TwitchLedger()
  const second = ledger.until((now) => now.delivered().length === 2)
  ledger.recordAttempt(attempt())
  await ledger.until((now) => now.delivered().length === 1)
  ledger.recordAttempt(attempt())
  await second
  const stop = new AbortController()
  const never = ledger.until(() => false, stop.signal)
  stop.abort(new Error('enough'))
  await expect(never).rejects.toThrow('enough')
  await expect(ledger.until(() => false, stop.signal)).rejects.toThrow('enough')
})

it('forgets the oldest beyond its bound, and says so', () => {
  const ledger = new TwitchLedger()
  for (let n = 1; n <= 200_001; n++) ledger.recordAttempt(attempt())
  expect(ledger.forgotten).toBe(20_000)
  expect(ledger.attempts().at(0)?.number).toBe(20_001)
  expect(ledger.attempts().at(-1)?.number).toBe(200_001)
})

it('tells listeners every entry until they stop', () => {
  const ledger = new TwitchLedger()
  const types: string[] = []
  const stop = ledger.onEntry(({ type }) => types.push(type))
  ledger.recordAttempt(attempt())
  ledger.recordBreach({ atMs: 0, account: 'bot', kind: 'over-20' })
  ledger.recordSession({ atMs: 0, connection: 1, kind: 'connect' })
  stop()
  ledger.recordAttempt(attempt())
  expect(types).toEqual(['attempt', 'breach', 'session'])
})
