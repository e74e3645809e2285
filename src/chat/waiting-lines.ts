import type { ChannelName } from '../domain.js'
import type { PendingLine } from './pending-line.js'

/** Lines that are ready to be said, by channel, each in the order they came. The channel that wrote last stands last. */
export class WaitingLines {
  readonly #lanes = new Map<ChannelName, PendingLine[]>()

  /** Channels that have lines, in the order of their turn. */
  get channels(): ChannelName[] {
    return [...this.#lanes.keys()]
  }

  get length(): number {
    let sum = 0
    for (const lane of this.#lanes.values()) sum += lane.length
    return sum
  }

  of(channel: ChannelName): readonly PendingLine[] {
    return this.#lanes.get(channel) ?? []
  }

  push(pending: PendingLine): void {
    this.#laneOf(pending.line.channel).push(pending)
  }

  /** Puts a line back that was the next in its channel. */
  unshift(pending: PendingLine): void {
    this.#laneOf(pending.line.channel).unshift(pending)
  }

  /** Takes a line out; false when it is not here. */
  remove(pending: PendingLine): boolean {
    const { channel } = pending.line
    const lane = this.#lanes.get(channel)
    const place = lane?.indexOf(pending) ?? -1
    if (!lane || place === -1) return false
    lane.splice(place, 1)
    if (lane.length === 0) this.#lanes.delete(channel)
    return true
  }

  /** The channel has had its turn. */
  rotate(channel: ChannelName): void {
    const lane = this.#lanes.get(channel)
    if (!lane) return
    this.#lanes.delete(channel)
    this.#lanes.set(channel, lane)
  }

  /** Takes out everything. */
  clear(): PendingLine[] {
    const left = [...this.#lanes.values()].flat()
    this.#lanes.clear()
    return left
  }

  #laneOf(channel: ChannelName): PendingLine[] {
    const lane = this.#lanes.get(channel) ?? []
    this.#lanes.set(channel, lane)
    return lane
  }
}
