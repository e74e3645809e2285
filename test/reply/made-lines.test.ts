import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { toBotLogin, toChannelName } from '../../src/domain.js'
import { MadeLines } from '../../src/reply/made-lines.js'
import { ManualClock } from '../support/manual-clock.js'

const AVA = toBotLogin('Ava')
const CHANNEL = toChannelName('mychannel')

describe('MadeLines', () => {
  it('knows a line of a bot in a channel for as long as it is kept', async () => {
    const clock = new ManualClock()
    const made = new MadeLines({ clock, keptMs: 30 * SECOND })
    made.add(AVA, CHANNEL, 'lol')
    await clock.advance(29 * SECOND)
    expect(made.has(toBotLogin('ava'), CHANNEL, 'lol')).toBe(true)
    expect(made.has(toBotLogin('ben'), CHANNEL, 'lol')).toBe(false)
    expect(made.has(AVA, toChannelName('other'), 'lol')).toBe(false)
    await clock.advance(SECOND)
    expect(made.has(AVA, CHANNEL, 'lol')).toBe(false)
  })

  it('keeps the newest of too many lines, and the newest of too many places', () => {
    const made = new MadeLines({ clock: new ManualClock(), keptMs: SECOND })
    for (let i = 0; i <= 100; i++) made.add(AVA, CHANNEL, `line ${i}`)
    expect([made.has(AVA, CHANNEL, 'line 0'), made.has(AVA, CHANNEL, 'line 1')]).toEqual([false, true])
    for (let i = 0; i < 10_000; i++) made.add(AVA, toChannelName(`c${i}`), 'lol')
    expect(made.has(AVA, CHANNEL, 'line 1')).toBe(false)
    expect(made.has(AVA, toChannelName('c0'), 'lol')).toBe(true)
  })
})
