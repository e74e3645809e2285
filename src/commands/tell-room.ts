import type { ControlRoom } from '../control-room/control-room.js'
import { createLogger } from '../logger.js'

/** Where it is told: stdout, as a rule. */
export interface RoomTeller {
  /** For a person, who wants the link alone; else as a line of the log. */
  readonly isForPeople: boolean
  readonly write: (text: string) => unknown
}

/**
 * Tells once where the control room is. This line alone may hold the token: the log, which knows it for a secret, would blot
 * it out.
 */
export function tellRoom({ link, url }: Pick<ControlRoom, 'link' | 'url'>, teller: RoomTeller): void {
  const { isForPeople, write } = teller
  if (isForPeople) {
    write(`Control room: ${link}\n`)
    return
  }
  const logger = createLogger({ level: 'info', pretty: false, secrets: [], destination: { write } })
  logger.info({ event: 'control-room', url, ...(link !== url && { link }) }, 'control room')
}
