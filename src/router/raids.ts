import { MINUTE } from '../clock.js'
import type { ChannelName, ChatMessage, Decision, Raid } from '../domain.js'

/** A channel is greeted in at most once in this time: some raid for the greeting. */
const GREETING_EVERY_MS = MINUTE
/** Channels remembered, twice what an account may join; the one raided first is forgotten. */
const CHANNELS_MAX = 200

interface Entry {
  last: Raid
  greetedAtMs: number
}

/** The last raid of each channel, and when its viewers were greeted. */
export class Raids {
  readonly #channels = new Map<ChannelName, Entry>()

  last(channel: ChannelName): Raid | undefined {
    return this.#channels.get(channel)?.last
  }

  /** The last one of each channel. */
  get newest(): Raid[] {
    return [...this.#channels.values()].map(({ last }) => last)
  }

  /**
   * Takes in a raid at this moment, in clock milliseconds, and has it decided who greets its viewers. One that is only
   * mirrored has gone to another channel.
   */
  hear(raid: Raid, nowMs: number, decide: () => Decision | undefined): Decision {
    if (raid.isMirrored) return { kind: 'silence', reason: 'mirrored' }
    const known = this.#channels.get(raid.channel) ?? this.#add(raid)
    known.last = raid
    const decision = nowMs - known.greetedAtMs >= GREETING_EVERY_MS ? decide() : undefined
    if (decision?.kind === 'reply') known.greetedAtMs = nowMs
    return decision ?? { kind: 'silence', reason: 'not-greeted' }
  }

  #add(raid: Raid): Entry {
    if (this.#channels.size >= CHANNELS_MAX) {
      for (const oldest of this.#channels.keys()) {
        this.#channels.delete(oldest)
        break
      }
    }
    const entry = { last: raid, greetedAtMs: Number.NEGATIVE_INFINITY }
    this.#channels.set(raid.channel, entry)
    return entry
  }
}

/** A raid as something that can be answered: to whoever answers it, the raider has said that they come. */
export function toRaidMessage({ from, id, channel, viewers, arrivedAtMs }: Raid): ChatMessage {
  return {
    ...from,
    id,
    channel,
    text: `raid from ${from.displayName} with ${viewers} ${viewers === 1 ? 'viewer' : 'viewers'}`,
    roles: { broadcaster: false, moderator: false, vip: false, subscriber: false },
    isMirrored: false,
    isNotice: true,
    arrivedAtMs,
  }
}
