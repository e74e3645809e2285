import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Account } from '../../src/simulator/account.js'
import { toPerson } from '../../src/simulator/person.js'
import { OPEN_ROOM } from '../../src/simulator/room-modes.js'
import { judgeSend, LOCKOUT_MS, type SendFacts } from '../../src/simulator/send-rules.js'

const FINE: SendFacts = {
  channel: 'chan',
  text: 'hello',
  prefixLength: 0,
  isPrivileged: false,
  isSubscriber: false,
  followedMinutes: undefined,
  sentInWindow: 0,
  isLockedOut: false,
  sinceAttemptMs: undefined,
  lastDelivered: undefined,
  isBanned: false,
  timedOutMs: 0,
  isSuspended: false,
  modes: OPEN_ROOM,
  wasSaid: false,
}
const MOD = { isPrivileged: true } as const

const judge = (facts: Partial<SendFacts>) => judgeSend({ ...FINE, ...facts })
const verdictOf = (facts: Partial<SendFacts>) => {
  const { verdict } = judge(facts)
  if (verdict.kind === 'refused') return verdict.notice
  return verdict.kind === 'ignored' ? verdict.reason : 'delivered'
}
const inMode = (modes: Partial<typeof OPEN_ROOM>, facts: Partial<SendFacts> = {}) =>
  verdictOf({ ...facts, modes: { ...OPEN_ROOM, ...modes } })

describe('a message', () => {
  it('is delivered when it breaks nothing', () => {
    expect(judge({})).toEqual({ verdict: { kind: 'delivered' }, breaches: [], locksOut: false })
  })

  it('is the twentieth in 30 s without harm, and the twenty-first locks a normal account out in silence', () => {
    expect(judge({ sentInWindow: 19 }).breaches).toEqual([])
    expect(judge({ sentInWindow: 20 })).toEqual({
      verdict: { kind: 'ignored', reason: 'locked-out' },
      breaches: ['over-20'],
      locksOut: true,
    })
  })

  it('still passes up to a hundred where the account is moderator, also during a lock-out', () => {
    expect(verdictOf({ ...MOD, sentInWindow: 99, isLockedOut: true })).toBe('delivered')
    expect(judge({ ...MOD, sentInWindow: 100 })).toMatchObject({
      verdict: { reason: 'over-limit' },
      breaches: ['over-100'],
      locksOut: true,
    })
  })

  it('goes nowhere during a lock-out and does not lengthen it', () => {
    expect(judge({ isLockedOut: true })).toEqual({
      verdict: { kind: 'ignored', reason: 'locked-out' },
      breaches: [],
      locksOut: false,
    })
  })

  it('must come a second after the last one in its channel, but for moderators', () => {
    expect(verdictOf({ sinceAttemptMs: 999 })).toBe('msg_ratelimit')
    expect(judge({ sinceAttemptMs: 999 }).breaches).toEqual(['under-1s'])
    expect(verdictOf({ sinceAttemptMs: 1000 })).toBe('delivered')
    expect(verdictOf({ ...MOD, sinceAttemptMs: 0 })).toBe('delivered')
  })

  it('may not repeat the last one that arrived within 30 s, however it is spaced', () => {
    const lastDelivered = { text: 'Hello  there', agoMs: 29_000 }
    expect(verdictOf({ text: ' Hello there ', lastDelivered })).toBe('msg_duplicate')
    expect(verdictOf({ text: 'hello there', lastDelivered })).toBe('delivered')
    expect(verdictOf({ text: 'Hello there', lastDelivered: { ...lastDelivered, agoMs: 30_001 } })).toBe(
      'delivered',
    )
    expect(verdictOf({ ...MOD, text: 'Hello there', lastDelivered })).toBe('delivered')
  })

  it('has at most 500 units, the name of a threaded reply included', () => {
    expect(verdictOf({ text: 'x'.repeat(500) })).toBe('delivered')
    expect(judge({ text: 'x'.repeat(501) })).toMatchObject({
      verdict: { reason: 'too-long' },
      breaches: ['over-500'],
    })
    expect(verdictOf({ text: 'x'.repeat(496), prefixLength: 5 })).toBe('too-long')
    expect(verdictOf({ ...MOD, text: '😀'.repeat(251) })).toBe('too-long')
  })

  it('is a command when it starts with a slash or a dot', () => {
    for (const text of ['/ban ann', '.NET is fine', '...']) {
      expect(judge({ text })).toMatchObject({
        verdict: { notice: 'unrecognized_cmd' },
        breaches: ['command'],
      })
    }
  })

  it('says nothing when it is empty', () => {
    expect(verdictOf({ text: '  ' })).toBe('empty')
  })

  it('is refused by ban, timeout and suspension, which name what they are', () => {
    expect(verdictOf({ ...MOD, isBanned: true })).toBe('msg_banned')
    expect(verdictOf({ isSuspended: true })).toBe('msg_channel_suspended')
    expect(judge({ timedOutMs: 41_200 }).verdict).toEqual({
      kind: 'refused',
      notice: 'msg_timedout',
      text: 'You are timed out for 42 more seconds.',
    })
  })

  it('waits for slow mode, and is told how long', () => {
    const lastDelivered = { text: 'other', agoMs: 4000 }
    const modes = { ...OPEN_ROOM, slowSeconds: 10 }
    expect(judge({ lastDelivered, modes }).verdict).toMatchObject({
      notice: 'msg_slowmode',
      text: expect.stringContaining(' 6 seconds'),
    })
    expect(verdictOf({ ...MOD, lastDelivered, modes })).toBe('delivered')
  })

  it('obeys the modes of the room, but for moderators', () => {
    expect(inMode({ subscribersOnly: true })).toBe('msg_subsonly')
    expect(inMode({ subscribersOnly: true }, { isSubscriber: true })).toBe('delivered')
    expect(inMode({ emoteOnly: true })).toBe('msg_emoteonly')
    expect(inMode({ emoteOnly: true }, { text: 'Kappa LUL' })).toBe('delivered')
    expect(inMode({ unique: true }, { wasSaid: true })).toBe('msg_r9k')
    expect(inMode({ unique: true })).toBe('delivered')
    expect(inMode({ emoteOnly: true, subscribersOnly: true }, MOD)).toBe('delivered')
  })

  it('tells strangers, new followers and followers apart', () => {
    expect(inMode({ followersOnlyMinutes: 0 })).toBe('msg_followersonly_zero')
    expect(inMode({ followersOnlyMinutes: 10 })).toBe('msg_followersonly')
    expect(inMode({ followersOnlyMinutes: 10 }, { followedMinutes: 2 })).toBe('msg_followersonly_followed')
    expect(inMode({ followersOnlyMinutes: 10 }, { followedMinutes: 10 })).toBe('delivered')
  })
})

/** What a client might do: how long it waits, and in which channel it then speaks (0 = as moderator). */
const SENDS = fc.array(fc.record({ afterMs: fc.nat(4000), channel: fc.nat(4) }), {
  minLength: 50,
  maxLength: 300,
})

it('whatever a client sends, no 30 s ever see more than 20 lines where it is nobody and 100 in all', () => {
  fc.assert(
    fc.property(SENDS, (sends) => {
      const delivered = deliver(sends)
      for (const { atMs } of delivered) {
        const window = delivered.filter((line) => line.atMs >= atMs && line.atMs <= atMs + 30_000)
        expect(window.length).toBeLessThanOrEqual(100)
        expect(window.filter(({ isPrivileged }) => !isPrivileged).length).toBeLessThanOrEqual(20)
      }
    }),
  )
})

it('an account that was locked out is heard again an hour later', () => {
  const spree = Array.from({ length: 21 }, (_, index) => ({ afterMs: 1000, channel: index + 1 }))
  const late = [
    { afterMs: LOCKOUT_MS - 1, channel: 1 },
    { afterMs: 1, channel: 2 },
  ]
  expect(deliver([...spree, ...late])).toHaveLength(21)
})

function deliver(sends: readonly { readonly afterMs: number; readonly channel: number }[]) {
  const account = new Account(toPerson('bot'))
  const delivered: { atMs: number; isPrivileged: boolean }[] = []
  let nowMs = 0
  for (const [index, { afterMs, channel }] of sends.entries()) {
    nowMs += afterMs
    const isPrivileged = channel === 0
    const name = `chan${channel}`
    const { verdict, locksOut } = judge({
      text: `line ${index}`,
      isPrivileged,
      sentInWindow: account.sentInWindow(nowMs),
      isLockedOut: account.isLockedOut(nowMs),
      ...account.historyIn(name, nowMs),
    })
    account.countAttempt(name, nowMs)
    if (locksOut) account.lockOut(nowMs)
    if (verdict.kind === 'delivered') delivered.push({ atMs: nowMs, isPrivileged })
  }
  return delivered
}
