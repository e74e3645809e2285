import { type Raid, toChannelName, toMessageId, toUserId } from '../../src/domain.js'

let count = 0

/** A raid with everything a test does not care about filled in; each call gives a new id. */
export function raidOf(
  parts: {
    readonly id?: string
    readonly channel?: string
    readonly viewers?: number
    readonly isMirrored?: boolean
    readonly arrivedAtMs?: number
  } = {},
): Raid {
  return {
    id: toMessageId(parts.id ?? `raid-${++count}`),
    channel: toChannelName(parts.channel ?? 'mychannel'),
    from: { login: 'dana', displayName: 'Dana', userId: toUserId('u-dana') },
    viewers: parts.viewers ?? 42,
    isMirrored: parts.isMirrored ?? false,
    systemMessage: '42 raiders from Dana have joined!',
    arrivedAtMs: parts.arrivedAtMs ?? 0,
  }
}
