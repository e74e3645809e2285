import TinyQueue from 'tinyqueue'
import { SECOND } from '../clock.js'
import type { ChannelName, ReplyCause, Roles } from '../domain.js'
import type { LedgerEntry } from './ledger.js'

/** How much later than its arrival a reply stands in line, in milliseconds: mentions overtake, nothing starves. */
const HANDICAP_MS: Record<ReplyCause, number> = { mention: 0, chance: 30 * SECOND, low: 60 * SECOND }

/** How much earlier than its arrival a mention stands in line, by who wrote it, in milliseconds. */
export interface HeadStartMs {
  readonly moderator: number
  readonly vip: number
  readonly subscriber: number
}

export const NO_HEAD_START: HeadStartMs = { moderator: 0, vip: 0, subscriber: 0 }

/** One viewer's replies in a lane and channel that get one answer, in the order in which they came. Never empty. */
export type Share = readonly LedgerEntry[]

export interface WaitingListOptions {
  /** Replies of one channel with the same key share a place. */
  readonly keyOf: (entry: LedgerEntry) => string
  readonly headStart: HeadStartMs
}

/** What one viewer has asked and nobody works on yet: it stands where the first of it stands. */
interface Place {
  readonly key: string
  readonly entries: Set<LedgerEntry>
  /** One of them is to get a line without other viewers. */
  isAlone: boolean
  /** Arrival, handicap and head start of the first. */
  rankMs: number
  number: number
}

/** A place as it stood when it got there: it may have moved up since, or be gone. */
type Standing = Pick<Place, 'rankMs' | 'number'> & { readonly place: Place }

/** Places in the order in which they get on. */
class Line {
  readonly places = new Map<string, Place>()
  #queue = new TinyQueue<Standing>([], byRightOfWay)

  get length(): number {
    return this.places.size
  }

  stand(place: Place): void {
    this.places.set(place.key, place)
    const { number, rankMs } = place
    this.#queue.push({ place, number, rankMs })
  }

  /** The first that still stands where it stood: the others have moved up, or are gone. */
  head(): Place | undefined {
    let head = this.#queue.peek()
    while (head && !this.#isCurrent(head)) {
      this.#queue.pop()
      head = this.#queue.peek()
    }
    return head?.place
  }

  take(): Place | undefined {
    const place = this.head()
    if (place) this.places.delete(place.key)
    return place
  }

  remove(place: Place): void {
    this.places.delete(place.key)
    // A blocked bot takes nothing out: what is gone must not be kept for it.
    if (this.#queue.length <= 2 * this.length + STALE_MAX) return
    const current = this.#queue.data.filter((standing) => this.#isCurrent(standing))
    this.#queue = new TinyQueue(current, byRightOfWay)
  }

  #isCurrent({ place, ...standing }: Standing): boolean {
    return this.places.get(place.key) === place && byRightOfWay(standing, place) === 0
  }
}

/** What waits in one channel; mentions apart, for only they are joined. */
interface Room {
  readonly channel: ChannelName
  readonly mentions: Line
  readonly others: Line
}

/** How many shares wait in a channel. */
export interface RoomCount {
  readonly channel: ChannelName
  readonly mentions: number
  readonly others: number
}

/** Standings that are kept in vain beside as many good ones. */
const STALE_MAX = 100
/** Mentions that may not be joined and are passed over in one look for others. */
const PASSED_MAX = 16

/**
 * A bot's waiting replies in the order of arrival plus handicap, less a head start. A reply that comes back after a failure
 * takes the place its arrival gives it. One room per channel, because a channel that is closed to the bot must not block
 * the others. Not bounded: what was accepted is never dropped.
 */
export class WaitingList {
  readonly #options: WaitingListOptions
  readonly #rooms = new Map<ChannelName, Room>()

  constructor(options: WaitingListOptions) {
    this.#options = options
  }

  add(entry: LedgerEntry): void {
    const line = lineOf(this.#roomOf(entry.task.message.channel), entry)
    const key = this.#options.keyOf(entry)
    const standing = { rankMs: this.#rankMs(entry), number: entry.number }
    const known = line.places.get(key)
    const place = known ?? { key, entries: new Set(), isAlone: false, ...standing }
    place.entries.add(entry)
    place.isAlone ||= entry.isAlone
    if (known && byRightOfWay(known, standing) <= 0) return
    line.stand(Object.assign(place, standing))
  }

  /** It has its outcome: nobody waits for it any more. */
  remove(entry: LedgerEntry): void {
    const room = this.#rooms.get(entry.task.message.channel)
    const line = room && lineOf(room, entry)
    const place = line?.places.get(this.#options.keyOf(entry))
    if (place?.entries.delete(entry) && place.entries.size === 0) line?.remove(place)
  }

  /**
   * Takes out the first share among the channels that `mayStart`, and with it the next ones there that may be joined to
   * it, as many as `viewers` says for the channel. Nothing where nothing may start.
   */
  take(
    mayStart: (channel: ChannelName) => boolean,
    viewers: (channel: ChannelName) => number = () => 1,
  ): Share[] {
    let best: { room: Room; line: Line; head: Place } | undefined
    for (const room of this.#rooms.values()) {
      for (const line of [room.mentions, room.others]) {
        const head = line.head()
        if (!head || (best && byRightOfWay(head, best.head) >= 0) || !mayStart(room.channel)) continue
        best = { room, line, head }
      }
    }
    if (!best) return []
    const { head, line, room } = best
    const most = line === room.mentions && !head.isAlone ? viewers(room.channel) : 1
    line.take()
    return [head, ...takeMore(room.mentions, most - 1)].map(toShare)
  }

  /** How many shares wait in channels that `mayStart`; `enough` ends the count early. */
  countStartable(mayStart: (channel: ChannelName) => boolean, enough: number): number {
    let count = 0
    for (const { channel, mentions, others } of this.#rooms.values()) {
      const length = mentions.length + others.length
      if (length > 0 && mayStart(channel)) count += length
      if (count >= enough) break
    }
    return count
  }

  counts(): RoomCount[] {
    return [...this.#rooms.values()].map(({ channel, mentions, others }) => ({
      channel,
      mentions: mentions.length,
      others: others.length,
    }))
  }

  /** When the mention came that is to be answered next in its channel, the earliest of those that count; `undefined` where none waits. */
  oldestMentionMs(counts: (channel: ChannelName) => boolean): number | undefined {
    const rooms = [...this.#rooms.values()].filter(({ channel }) => counts(channel))
    const arrivals = rooms.flatMap(({ mentions }) => {
      const [first] = mentions.head()?.entries ?? []
      return first?.task.message.arrivedAtMs ?? []
    })
    return arrivals.length === 0 ? undefined : Math.min(...arrivals)
  }

  #roomOf(channel: ChannelName): Room {
    const known = this.#rooms.get(channel)
    if (known) return known
    const room: Room = { channel, mentions: new Line(), others: new Line() }
    this.#rooms.set(channel, room)
    return room
  }

  #rankMs({ task }: LedgerEntry): number {
    const { arrivedAtMs, roles } = task.message
    const headStartMs = task.cause === 'mention' ? headStartOf(roles, this.#options.headStart) : 0
    return arrivedAtMs + HANDICAP_MS[task.cause] - headStartMs
  }
}

function lineOf({ mentions, others }: Room, { task }: LedgerEntry): Line {
  return task.cause === 'mention' ? mentions : others
}

/** The next mentions that may be joined. One that may not keeps its place, and lets those behind it pass. */
function takeMore(line: Line, most: number): Place[] {
  const taken: Place[] = []
  const passed: Place[] = []
  while (taken.length < most && passed.length < PASSED_MAX) {
    const place = line.take()
    if (!place) break
    if (place.isAlone) passed.push(place)
    else taken.push(place)
  }
  for (const place of passed) line.stand(place)
  return taken
}

function toShare({ entries }: Place): Share {
  return [...entries].sort((a, b) => a.number - b.number)
}

/** The longest of those that a viewer has a right to. */
function headStartOf(roles: Roles, headStart: HeadStartMs): number {
  return Math.max(
    roles.moderator || roles.broadcaster ? headStart.moderator : 0,
    roles.vip ? headStart.vip : 0,
    roles.subscriber ? headStart.subscriber : 0,
  )
}

type RightOfWay = Pick<Place, 'rankMs' | 'number'>

function byRightOfWay(a: RightOfWay, b: RightOfWay): number {
  return a.rankMs - b.rankMs || a.number - b.number
}
