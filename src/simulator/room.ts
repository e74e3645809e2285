import { type Clock, SECOND } from '../clock.js'
import type { Random } from '../random.js'
import { newMessageId } from './message-id.js'
import { idOf, type Person, type PersonInput, toPerson } from './person.js'
import { RecentLines } from './recent-lines.js'
import { changedModes, OPEN_ROOM, type RoomModes, roomStateTags } from './room-modes.js'
import {
  clearChatLine,
  clearMessageLine,
  type LinePlace,
  privmsgLine,
  raidLine,
  raidText,
  roomStateLine,
  type ServerLine,
  userStateLine,
} from './server-line.js'
import type { ShownLines } from './shown-lines.js'
import type { RoomMember, SayOptions, Speech } from './speech.js'
import { type Role, Standing } from './standing.js'

/** Real timestamps of a busy chat go backwards now and then: clients must not trust their order. */
const TIMESTAMP_SPREAD_MS = 300

/** One channel's chat: who is in it, what was said, who may talk. Tests and the demo drive it as viewers and moderators would. */
export class Room {
  readonly channel: string
  readonly roomId: string
  /** For the send rules; tests use the room's own methods. */
  readonly standing: Standing
  readonly recent = new RecentLines()
  readonly #clock: Clock
  readonly #random: Random
  readonly #shown: ShownLines
  readonly #members = new Set<RoomMember>()
  /** The rooms that show each other's lines, this one among them. */
  #session: readonly Room[] = [this]
  #modes = OPEN_ROOM
  #isSuspended = false

  constructor(options: {
    readonly channel: string
    readonly clock: Clock
    readonly random: Random
    readonly shown: ShownLines
  }) {
    this.channel = options.channel
    this.roomId = idOf(`#${options.channel}`)
    this.standing = new Standing(options.channel)
    this.#clock = options.clock
    this.#random = options.random
    this.#shown = options.shown
  }

  get modes(): RoomModes {
    return this.#modes
  }

  get isSuspended(): boolean {
    return this.#isSuspended
  }

  /** Connections that have joined. */
  get members(): ReadonlySet<RoomMember> {
    return this.#members
  }

  /** A viewer says something. Limits don't hold for viewers. Returns the message's id. */
  say(viewer: PersonInput, text: string, options: SayOptions = {}): string {
    const parent = options.replyTo === undefined ? undefined : this.recent.get(options.replyTo)
    // A line break would end the line on the wire; Twitch lets nobody write one.
    const said = text.replace(/[\r\n]+/g, ' ')
    return this.speak({
      person: toPerson(viewer),
      text: parent ? `@${parent.person.displayName} ${said}` : said,
      badges: options.badges,
      isAction: options.action ?? false,
      isBot: false,
      parent,
    })
  }

  /** Somebody raids the room: one USERNOTICE. What the raiders then say is up to the caller. Returns its id. */
  raid(from: PersonInput, viewers: number): string {
    const raid = { from: toPerson(from), viewers, sentAtMs: this.#timestamp() }
    const id = this.#newId()
    this.#spread(id, (_, copyId, place) => raidLine(raid, copyId, place))
    this.#shown.showSystem(this.channel, id, raid.from, raidText(raid.from, viewers))
    return id
  }

  /** A moderator clears the whole chat. */
  clear(): void {
    for (const room of this.#session) {
      room.recent.clear()
      room.#publish(clearChatLine(room, this.#timestamp()))
    }
    this.#shown.showSystem(this.channel, this.#newId(), toPerson(this.channel), 'Chat was cleared.')
  }

  /** Somebody may not talk for some seconds; their lines vanish. */
  timeout(who: PersonInput, seconds: number): void {
    this.#silence(toPerson(who), seconds)
  }

  /** Somebody may not talk any more; their lines vanish. */
  ban(who: PersonInput): void {
    this.#silence(toPerson(who))
  }

  /** Takes a ban or a timeout back. Chat is told nothing. */
  pardon(who: PersonInput): void {
    this.standing.pardon(toPerson(who))
  }

  /** A moderator deletes one message; false where it is not there any more. */
  delete(messageId: string): boolean {
    const gone = this.recent.delete(messageId)
    if (gone) this.#publish(clearMessageLine(this, this.#timestamp(), gone))
    return gone !== undefined
  }

  /** Changes modes: clients get a ROOMSTATE with what changed, and nothing else. */
  setMode(change: Partial<RoomModes>): void {
    const changed = changedModes(this.#modes, change)
    this.#modes = { ...this.#modes, ...changed }
    if (Object.keys(changed).length > 0) this.#publish(this.roomState(changed))
  }

  /**
   * Makes somebody something. A client learns it from its next USERSTATE: at its next join or send, or, with `isTold`, at
   * once, which is more than Twitch promises.
   */
  setRole(who: PersonInput, role: Role, options: { readonly isTold?: boolean } = {}): void {
    const person = toPerson(who)
    this.standing.setRole(person, role)
    if (!options.isTold) return
    const line = userStateLine(person, this.standing.badgesOf(person), this.channel)
    for (const member of this.#members) if (member.login === person.login) member.deliver(line)
  }

  /** Since how many minutes somebody follows; `undefined` for no follower. */
  setFollowed(who: PersonInput, minutes: number | undefined): void {
    this.standing.setFollowed(toPerson(who), minutes)
  }

  /** The channel is suspended, or no longer: joins and messages are refused. */
  setSuspended(isSuspended: boolean): void {
    this.#isSuspended = isSuspended
  }

  /** Passes a recorded line on as it stands. Returns how many connections got it. */
  feed(raw: string): number {
    this.recent.addRaw(raw)
    const space = raw.startsWith('@') ? raw.indexOf(' ') : -1
    this.#publish({ tagged: raw, bare: raw.slice(space + 1) })
    this.#shown.showRaw(this.channel, raw)
    return this.#members.size
  }

  /** For connections: takes one in. */
  enter(member: RoomMember): void {
    this.#members.add(member)
  }

  /** For connections: lets one go. */
  leave(member: RoomMember): void {
    this.#members.delete(member)
  }

  /** For connections: the ROOMSTATE with these modes, all of them unless told otherwise. */
  roomState(modes: Partial<RoomModes> = this.#modes): ServerLine {
    return roomStateLine(roomStateTags(modes, this.roomId), this.channel)
  }

  /** For shared chat: these rooms show each other's lines from now on. */
  shareWith(rooms: readonly Room[]): void {
    this.#session = rooms
  }

  /** For viewers and bots alike: shows a line to everybody but the connection that wrote it. Returns its id. */
  speak(speech: Speech): string {
    const { person, text, isAction, isBot, parent, nonce, except } = speech
    const own = this.standing.badgesOf(person)
    const badges = speech.badges ? [...own, ...speech.badges] : own
    const id = this.#newId()
    const spoken = { person, text, badges, isAction, parent, nonce, sentAtMs: this.#timestamp() }
    this.#spread(
      id,
      (room, copyId, place) => {
        room.recent.add({ id: copyId, person, text })
        return privmsgLine(spoken, copyId, place)
      },
      except,
    )
    this.#shown.showSpoken(this.channel, id, spoken, isBot)
    return id
  }

  /** One line here, and a copy with an id of its own in every room that shares the chat. */
  #spread(
    id: string,
    format: (room: Room, id: string, place: LinePlace) => ServerLine,
    except?: RoomMember,
  ): void {
    const isShared = this.#session.length > 1
    const source = { roomId: this.roomId, id }
    for (const room of this.#session) {
      const { channel, roomId } = room
      const copyId = room === this ? id : this.#newId()
      const line = format(room, copyId, isShared ? { channel, roomId, source } : room)
      room.#publish(line, room === this ? except : undefined)
    }
  }

  #silence(person: Person, seconds?: number): void {
    for (const room of this.#session) {
      if (seconds === undefined) room.standing.ban(person)
      else room.standing.timeOut(person, this.#clock.now() + seconds * SECOND)
      room.recent.clear(person.login)
      room.#publish(
        clearChatLine(room, this.#timestamp(), { person, ...(seconds !== undefined && { seconds }) }),
      )
    }
    const fate = seconds === undefined ? 'banned' : `timed out for ${seconds} seconds`
    this.#shown.showSystem(this.channel, this.#newId(), person, `${person.displayName} was ${fate}.`)
  }

  #publish(line: ServerLine, except?: RoomMember): void {
    for (const member of this.#members) if (member !== except) member.deliver(line)
  }

  #newId(): string {
    return newMessageId(this.#random)
  }

  #timestamp(): number {
    return Math.floor(this.#clock.wall() - this.#random() * TIMESTAMP_SPREAD_MS)
  }
}
