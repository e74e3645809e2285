import type { Person } from './person.js'
import type { PastLine } from './recent-lines.js'
import type { ServerLine } from './server-line.js'

/** A connection that has joined a room. */
export interface RoomMember {
  /** Whose connection it is. */
  readonly login?: string | undefined
  deliver(line: ServerLine): void
}

/** How a viewer says something. */
export interface SayOptions {
  /** The id of the line it replies to; an id that is gone makes it an ordinary line. */
  readonly replyTo?: string | undefined
  /** Beside those of the viewer's role, as in `['subscriber/6']`. */
  readonly badges?: readonly string[] | undefined
  /** Said with `/me`. */
  readonly action?: boolean | undefined
}

/** Something to be said in a room, whoever says it. */
export interface Speech {
  readonly person: Person
  /** As viewers will read it. */
  readonly text: string
  /** Beside those of the role. */
  readonly badges?: readonly string[] | undefined
  readonly isAction: boolean
  readonly isBot: boolean
  readonly parent?: PastLine | undefined
  readonly nonce?: string | undefined
  /** Who wrote it, and so does not get it back. */
  readonly except?: RoomMember
}
