import type { Cancel, Clock } from '../clock.js'
import type { BotLogin, ChannelName, Roles } from '../domain.js'
import type { ChorusEmitter } from '../events.js'
import type { NoticeVerdict } from './notice-verdict.js'
import { type RoomModes, RoomStanding } from './room-standing.js'
import { linesMax } from './send-budget.js'

export interface RoomsOptions {
  readonly bot: BotLogin
  readonly clock: Clock
  readonly events: ChorusEmitter
  /** Called after every change of what the bot may do in a room. */
  readonly onChange: () => void
}

interface Room {
  readonly standing: RoomStanding
  /** What was told last. */
  closedReason: string | undefined
  cancelReopening: Cancel
}

/** The rooms of one account and how it stands in each; tells by events what has changed there. */
export class Rooms {
  readonly #options: RoomsOptions
  /** Bounded by the configured channels: nobody asks for another. */
  readonly #rooms = new Map<ChannelName, Room>()
  #isStopped = false

  constructor(options: RoomsOptions) {
    this.#options = options
  }

  standing(channel: ChannelName): RoomStanding {
    return this.#room(channel).standing
  }

  /** Why the account may not talk in the channel now; `undefined` while it may. */
  closedReason(channel: ChannelName): string | undefined {
    return this.standing(channel).closedReason(this.#options.clock.now())
  }

  /** Whether someone must mend it before the account may talk in the channel. */
  isClosedForGood(channel: ChannelName): boolean {
    return this.standing(channel).isClosedForGood(this.#options.clock.now())
  }

  /** What badges say of the account in the channel. */
  setRoles(channel: ChannelName, roles: Roles): void {
    const { bot, events } = this.#options
    const room = this.#room(channel)
    if (room.standing.setRoles(roles)) {
      const { isPrivileged } = room.standing
      events.emit('bot:promoted', { bot, channel, isPrivileged, linesMax: linesMax(isPrivileged) })
      this.#options.onChange()
    }
    this.#look(channel, room)
  }

  setModes(channel: ChannelName, change: RoomModes): void {
    const room = this.#room(channel)
    room.standing.setModes(change)
    this.#look(channel, room)
    this.#options.onChange()
  }

  joined(channel: ChannelName): void {
    const room = this.#room(channel)
    room.standing.joined()
    this.#look(channel, room)
  }

  close(channel: ChannelName, verdict: Extract<NoticeVerdict, { kind: 'close' }>): void {
    const room = this.#room(channel)
    room.standing.close(verdict, this.#options.clock.now())
    this.#look(channel, room)
  }

  /** Leaves no timer behind. */
  stop(): void {
    this.#isStopped = true
    for (const { cancelReopening } of this.#rooms.values()) cancelReopening()
  }

  /** Tells where the channel has been closed or opened, and looks again when time alone may have opened it. */
  #look(channel: ChannelName, room: Room): void {
    const { bot, clock, events } = this.#options
    const now = clock.now()
    const reason = room.standing.closedReason(now)
    const inMs = room.standing.reopensInMs(now)
    room.cancelReopening()
    if (this.#isStopped) return
    if (inMs !== undefined) room.cancelReopening = clock.after(inMs, () => this.#look(channel, room))
    if (reason === room.closedReason) return
    room.closedReason = reason
    if (reason === undefined) events.emit('channel:opened', { bot, channel })
    else events.emit('channel:closed', { bot, channel, reason })
    this.#options.onChange()
  }

  #room(channel: ChannelName): Room {
    const known = this.#rooms.get(channel)
    if (known) return known
    const room: Room = { standing: new RoomStanding(), closedReason: undefined, cancelReopening: () => {} }
    this.#rooms.set(channel, room)
    return room
  }
}
