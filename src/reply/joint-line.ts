import {
  type BotLogin,
  type ChannelName,
  type ChatLine,
  LINE_UNITS_MAX,
  type TaskId,
  toBotLogin,
} from '../domain.js'
import { isRecord } from '../json-record.js'

/** What a joint line says to one viewer; its name stands before it. */
export interface JointPart {
  /** Of the share that it answers. */
  readonly id: TaskId
  readonly login: string
  readonly text: string
}

/** One line for several viewers, `@ann … @bob …`, threaded to nobody. Plain, JSON-safe data. */
export type JointLine = Omit<ChatLine, 'replyTo'> & {
  readonly bot: BotLogin
  readonly parts: readonly JointPart[]
}

/** Below this many units there is nothing left to say to a viewer. */
const PART_UNITS_MIN = 20
/** An at sign of any width, and the name behind it. */
const PING = /[@＠﹫]\p{M}*([\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*)/gu

/** The line that the parts make. */
export function joinParts(parts: readonly Pick<JointPart, 'login' | 'text'>[]): string {
  return parts.map(({ login, text }) => `@${login} ${text}`).join(' ')
}

/** Units that each part may have, so that the line holds all of them; below 1 where not even the names fit. */
export function unitsPerViewer(logins: readonly string[]): number {
  const names = joinParts(logins.map((login) => ({ login, text: '' }))).length
  return Math.floor((LINE_UNITS_MAX - names) / logins.length)
}

/** How many of the viewers, from the first, one line can hold. */
export function seatsFor(logins: readonly string[]): number {
  let seats = logins.length
  while (seats > 0 && unitsPerViewer(logins.slice(0, seats)) < PART_UNITS_MIN) seats--
  return seats
}

/** Whether a line calls just these viewers, in this order, each once and nobody else. */
export function callsExactly(text: string, logins: readonly string[]): boolean {
  const called = Array.from(text.matchAll(PING), ([, name = '']) => name.toLowerCase())
  const isEachOnce = new Set(called).size === called.length
  return isEachOnce && called.join() === logins.map((login) => login.toLowerCase()).join()
}

/** A joint line as the queue gives it back, from JSON perhaps; `undefined` for anything else. */
export function parseJointLine(value: unknown): Pick<JointLine, 'bot' | 'channel' | 'parts'> | undefined {
  if (!isRecord(value) || typeof value.bot !== 'string' || typeof value.channel !== 'string') return undefined
  if (!Array.isArray(value.parts) || !value.parts.every(isPart)) return undefined
  return { bot: toBotLogin(value.bot), channel: value.channel as ChannelName, parts: value.parts }
}

function isPart(value: unknown): value is JointPart {
  return (
    isRecord(value) &&
    typeof value.id === 'string' &&
    typeof value.login === 'string' &&
    typeof value.text === 'string'
  )
}
