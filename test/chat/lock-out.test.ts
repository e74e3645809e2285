import { beforeEach, describe, expect, it } from 'vitest'
import { LockOut } from '../../src/chat/lock-out.js'
import { MINUTE, SECOND } from '../../src/clock.js'
import { toBotLogin } from '../../src/domain.js'
import { ChorusEmitter } from '../../src/events.js'
import { ManualClock } from '../support/manual-clock.js'

const BOT = toBotLogin('ava')
let clock: ManualClock
let told: string[]
let changes: number
let lockOut: LockOut

beforeEach(() => {
  clock = new ManualClock()
  told = []
  changes = 0
  const events = new ChorusEmitter()
  events.on('bot:parked', ({ bot, reason }) => told.push(`${bot} parked: ${reason.slice(0, 40)}`))
  events.on('bot:unparked', ({ bot }) => told.push(`${bot} unparked`))
  lockOut = new LockOut({ bot: BOT, clock, events, onChange: () => changes++ })
})

/** A line that was written now, while others talk, and that is not answered. */
const silent = () => lockOut.silent(clock.now(), clock.now() + 1)

describe('an account that Twitch does not answer', () => {
  it('is parked after the third silent line in a row, and told of once', () => {
    expect([silent(), silent(), silent()]).toEqual([false, false, true])
    expect(told).toEqual(['ava parked: Twitch does not answer its lines: as a r'])
    expect(lockOut.waitMs).toBe(30 * SECOND)
  })

  it('is not parked when one of its lines was answered in between', () => {
    silent()
    silent()
    lockOut.answered()
    expect([silent(), silent()]).toEqual([false, false])
    expect(lockOut.reason).toBeUndefined()
    expect(told).toEqual([])
  })

  it('is not parked in a chat where nobody else talks either', () => {
    const writtenMs = clock.now()
    for (let count = 0; count < 5; count++) expect(lockOut.silent(writtenMs, writtenMs - 1)).toBe(false)
  })

  it('is tried again after 30 s, then after twice as long each time, up to ten minutes', async () => {
    const pauses: number[] = []
    silent()
    silent()
    for (let probe = 0; probe < 8; probe++) {
      silent()
      pauses.push(lockOut.waitMs / SECOND)
      const before = changes
      await clock.advance(lockOut.waitMs)
      expect(changes).toBe(before + 1)
      expect(lockOut.waitMs).toBe(0)
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 600, 600, 600])
    expect(told).toHaveLength(1)
    lockOut.answered()
    expect(told.at(-1)).toBe('ava unparked')
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('an account that is told to slow down', () => {
  it('waits in the channel, then everywhere for a window, then is parked', () => {
    expect(lockOut.tooFast()).toEqual({ kind: 'wait', scope: 'channel', waitMs: 1.1 * SECOND })
    expect(lockOut.tooFast()).toEqual({ kind: 'wait', scope: 'account', waitMs: 30.5 * SECOND })
    expect(lockOut.tooFast()).toEqual({ kind: 'locked' })
    expect(told).toEqual(['ava parked: Twitch says that the account sends too f'])
  })

  it('begins anew once a line was taken', () => {
    lockOut.tooFast()
    lockOut.tooFast()
    lockOut.answered()
    expect(lockOut.tooFast()).toMatchObject({ scope: 'channel' })
  })

  it('leaves no timer behind when it is stopped', () => {
    for (let count = 0; count < 3; count++) lockOut.tooFast()
    expect(lockOut.waitMs).toBeLessThan(MINUTE)
    lockOut.stop()
    expect(clock.pendingTimers).toBe(0)
  })
})
