import type { Random } from '../random.js'
import { composeLine, composeShortLine } from './persona-lines.js'

/** What is said to one viewer of several. */
export interface JointRow {
  readonly name: string
  readonly text: string
}

/** An answer, and to whom it says what where several viewers are to be answered at once. */
export interface ComposedAnswer {
  readonly line: string
  readonly rows?: readonly JointRow[]
}

/** Answered at once; a prompt with more is no sound one. */
const VIEWERS_MAX = 20
/** Where the prompt does not say how short. */
const UNITS_ASKED = 50
const OPEN = '<lines>'
const CLOSE = '</lines>'
const ROW = /^(\d{1,3})\. ([\p{L}\p{N}_]{1,25})(?: \(you\))?: (.*)$/su

/** What the built-in model says: a line, or one for each viewer where the prompt marks lines of several. */
export function composeAnswer(
  asked: { readonly system: string; readonly prompt: string },
  random: Random,
): ComposedAnswer {
  const questions = toQuestions(asked.prompt)
  if (questions.length === 0) return { line: composeLine(asked, random) }
  const unitsMax = toUnitsAsked(asked.prompt)
  const rows = questions.map(({ name, text }) => ({
    name,
    text: composeShortLine({ system: asked.system, prompt: text, unitsMax }, random),
  }))
  return { line: writeRows(rows), rows }
}

/** As it is asked for: a row each, `name: answer`. */
export function writeRows(rows: readonly JointRow[]): string {
  return rows.map(({ name, text }) => `${name}: ${text}`).join('\n')
}

/** The first line of each numbered viewer, between the last markers; none where the prompt is for one. */
function toQuestions(prompt: string): readonly JointRow[] {
  const start = prompt.lastIndexOf(OPEN)
  const end = prompt.indexOf(CLOSE, start)
  if (start < 0 || end < 0) return []
  const questions = new Map<string, JointRow>()
  for (const line of prompt.slice(start + OPEN.length, end).split('\n')) {
    const [, number = '', name = '', text = ''] = ROW.exec(line) ?? []
    if (name !== '' && !questions.has(number) && questions.size < VIEWERS_MAX)
      questions.set(number, { name, text })
  }
  return [...questions.values()]
}

function toUnitsAsked(prompt: string): number {
  const asked = /at most (\d{1,3}) characters/.exec(prompt.slice(prompt.lastIndexOf(CLOSE)))
  return asked ? Number(asked[1]) : UNITS_ASKED
}
