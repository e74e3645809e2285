import { describe, expect, it } from 'vitest'
import { RoomStanding } from '../../src/chat/room-standing.js'
import { MINUTE } from '../../src/clock.js'
import type { Roles } from '../../src/domain.js'

const NOBODY: Roles = { broadcaster: false, moderator: false, vip: false, subscriber: false }
const closing = (isForGood: boolean) =>
  ({ kind: 'close', waitMs: 10 * MINUTE, reason: 'kept out', isForGood }) as const

describe('in a room', () => {
  it.each(['broadcaster', 'moderator', 'vip'] as const)('a %s has the larger allowance', (role) => {
    const standing = new RoomStanding()
    expect(standing.setRoles({ ...NOBODY, [role]: true })).toBe(true)
    expect(standing).toMatchObject({ isPrivileged: true, role })
    expect(standing.setRoles({ ...NOBODY, [role]: true, subscriber: true })).toBe(false)
    expect(standing.setRoles(NOBODY)).toBe(true)
    expect(standing.isPrivileged).toBe(false)
  })

  it('modes keep out whom they concern, until they end', () => {
    const standing = new RoomStanding()
    standing.setModes({ isSubscribersOnly: true, slowMs: 5000 })
    expect(standing.closedReason(0)).toContain('subscribers-only')
    standing.setRoles({ ...NOBODY, subscriber: true })
    expect(standing.closedReason(0)).toBeUndefined()
    standing.setModes({ isEmoteOnly: true })
    expect(standing.closedReason(0)).toContain('emote-only')
    standing.setRoles({ ...NOBODY, moderator: true })
    expect(standing.closedReason(0)).toBeUndefined()
    standing.setRoles(NOBODY)
    standing.setModes({ isEmoteOnly: false, isSubscribersOnly: false })
    expect(standing.closedReason(0)).toBeUndefined()
    expect(standing.slowMs).toBe(5000)
  })

  it('what a mode keeps out is tried again when any mode changes, and when time is over', () => {
    const standing = new RoomStanding()
    standing.close(closing(false), 0)
    expect(standing.closedReason(10 * MINUTE - 1)).toBe('kept out')
    expect(standing.reopensInMs(MINUTE)).toBe(9 * MINUTE)
    expect(standing.closedReason(10 * MINUTE)).toBeUndefined()
    standing.setModes({ slowMs: 0 })
    expect(standing.closedReason(0)).toBeUndefined()
  })

  it('a ban is no mode: neither a role nor a change of modes ends it, only coming in does', () => {
    const standing = new RoomStanding()
    standing.close(closing(true), 0)
    standing.setModes({ slowMs: 0 })
    standing.setRoles({ ...NOBODY, vip: true })
    expect(standing.closedReason(0)).toBe('kept out')
    expect(standing.isClosedForGood(0)).toBe(true)
    standing.joined()
    expect(standing.closedReason(0)).toBeUndefined()
  })
})
