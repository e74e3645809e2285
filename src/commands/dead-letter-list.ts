import { styleText } from 'node:util'
import { adviceOn, isErrorCode } from '../errors.js'
import type { DeadLetter } from '../journal/dead-letter-table.js'
import { programName } from '../program-name.js'
import { type ScreenOutput, USUAL_COLUMNS } from './chat-screen.js'
import { printable, printableWithin } from './printable.js'

/** Names of what is told of each one, as wide as the widest and what stands around it. */
const NAME_COLUMNS = 12

/**
 * The dead letters for people: what they need to decide which one is worth another try. The ids stand there whole, to be
 * copied; on a terminal what strangers wrote is cut to its width.
 */
export function formatDeadLetters(
  letters: readonly DeadLetter[],
  { isTTY, columns }: Pick<ScreenOutput, 'isTTY' | 'columns'>,
): string {
  const width = isTTY ? (columns || USUAL_COLUMNS) - NAME_COLUMNS : Number.POSITIVE_INFINITY
  const bold = (text: string) => (isTTY ? styleText('bold', text, { validateStream: false }) : text)
  const head =
    letters.length === 1
      ? '1 dead letter: a reply whose attempts are spent. It waits here until you decide.'
      : `${letters.length} dead letters: replies whose attempts are spent. They wait here until you decide, the one given up first in front.`
  return [
    head,
    ...letters.map((letter) => [bold(printable(letter.id)), ...rowsOf(letter, width)].join('\n')),
    `To have them tried again: ${programName()} dead-letters redrive ID…\nTo give them up:          ${programName()} dead-letters discard ID…\nFor all of them, write --all in place of the ids.`,
  ]
    .map((part) => `${part}\n`)
    .join('\n')
}

/** The same for programs: one array. What could steer a terminal is escaped. */
export function toDeadLetterJson(letters: readonly DeadLetter[]): string {
  const rows = letters.map(({ arrivedAtMs, diedAtMs, ...letter }) => ({
    ...letter,
    advice: adviceFor(letter) ?? null,
    arrivedAt: isTime(arrivedAtMs) ? new Date(arrivedAtMs).toISOString() : null,
    diedAt: isTime(diedAtMs) ? new Date(diedAtMs).toISOString() : null,
  }))
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  const text = JSON.stringify(rows, null, 2)
  return `${text.replace(/[\u007f-\u009f\u2028\u2029]|\p{Bidi_Control}/gu, escaped)}\n`
}

function rowsOf(letter: DeadLetter, width: number): string[] {
  const { arrivedAtMs, bot, channel, code, diedAtMs, reason, text, viewer } = letter
  const advice = adviceFor(letter)
  const rows: readonly (readonly [name: string, text: string])[] = [
    ['asked', printable(`${toLocalTime(arrivedAtMs)} by ${viewer} in #${channel}, of ${bot}`)],
    ['words', printableWithin(text, width)],
    ['given up', `${toLocalTime(diedAtMs)} ${effortOf(letter)}`],
    ['because', printableWithin(`${code}: ${reason}`, width)],
    ...(advice === undefined ? [] : [['advice', advice] as const]),
  ]
  return rows.map(([name, value]) => `  ${name.padEnd(NAME_COLUMNS - 2)}${value}`)
}

function effortOf({ attempts, crashes }: DeadLetter): string {
  const tries = attempts === 0 ? 'at the first try' : `after ${times(attempts, 'failed try', 'failed tries')}`
  if (crashes === 0) return tries
  const ends = `Chorus ended ${times(crashes, 'time', 'times')} while it worked on it`
  return attempts === 0 ? `because ${ends}` : `${tries}; ${ends}`
}

const times = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

function adviceFor({ bot, code }: Pick<DeadLetter, 'bot' | 'code'>): string | undefined {
  // Another version may have written it.
  return isErrorCode(code) ? adviceOn(code, bot) : undefined
}

/** ISO 8601 by the clock of this place: `2026-01-05T14:03:22+01:00`. */
function toLocalTime(ms: number): string {
  if (!isTime(ms)) return 'at an unknown time'
  const minutes = -new Date(ms).getTimezoneOffset()
  const local = new Date(ms + minutes * 60_000).toISOString().slice(0, 19)
  const two = (number: number) => String(Math.trunc(Math.abs(number))).padStart(2, '0')
  return `${local}${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}

const isTime = (ms: number) => !Number.isNaN(new Date(ms).getTime())
