import {
  type BotLogin,
  type ChannelName,
  type ChatLine,
  type ChatMessage,
  LINE_UNITS_MAX,
  sameLogin,
  type TaskId,
  toBotLogin,
} from '../domain.js'
import { isRecord } from '../json-record.js'

/** What a joint line says to one viewer; its name stands before it. */
export interface JointPart {
  /** Of the share that it answers. */
  readonly id: TaskId
  /** As it is called: {@link spelledLogin}. */
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

/** Only ASCII: other letters may have one of ASCII as their small one, and such a name pings nobody. */
const SPELLED = /^[A-Za-z0-9_]+$/

/** A viewer's login in the viewer's own capitals, as Twitch shows it before a threaded reply; it pings in any case. */
export function spelledLogin({ displayName, login }: Pick<ChatMessage, 'displayName' | 'login'>): string {
  return SPELLED.test(displayName) && sameLogin(displayName, login) ? displayName : login
}

/** The line that the parts make. */
export function joinParts(parts: readonly Pick<JointPart, 'login' | 'text'>[]): string {
  return parts.map(({ login, text }) => `@${login} ${text}`).join(' ')
}

/** Units that each part may have, so that the line holds all of them; below 1 where not even the names fit. */
export function unitsPerViewer(logins: readonly string[]): number {
  return Math.floor(unitsBeside(logins) / logins.length)
}

/** Units that no part may exceed, so that the line holds all of them: what short ones leave is for the long ones. */
export function unitsForLongest(parts: readonly Pick<JointPart, 'login' | 'text'>[]): number {
  let left = unitsBeside(parts.map(({ login }) => login))
  const lengths = parts.map(({ text }) => text.length).sort((a, b) => a - b)
  for (const [at, length] of lengths.entries()) {
    const share = Math.floor(left / (lengths.length - at))
    if (length > share) return share
    left -= length
  }
  return LINE_UNITS_MAX
}

/** What the names leave of a line. */
function unitsBeside(logins: readonly string[]): number {
  return LINE_UNITS_MAX - joinParts(logins.map((login) => ({ login, text: '' }))).length
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
