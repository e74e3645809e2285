import type { MessageId, UserId } from './domain.js'

/** A line of chat as it is kept for a later run, at its place among the lines of its channel. */
export interface KeptLine {
  /** Grows from line to line; as a rule the time on the wall at which it was heard, in milliseconds. */
  readonly place: number
  /** Absent on a line of ours that no connection has heard back. */
  readonly id?: MessageId
  /** Absent on lines of ours that no connection has heard back. */
  readonly userId?: UserId
  /** The writer's login, in lower case. */
  readonly name: string
  readonly text: string
}
