import { isRecord } from '../json-record.js'
import { toPlainCharacters } from '../plain-characters.js'
import { JointNames, type Viewer } from './joint-names.js'
import { withoutThoughts } from './thoughts.js'

/** Units read of what a model wrote, as for any other line; long thoughts fit in. */
const RAW_UNITS_MAX = 1_048_576
/** Units looked at of what it says: far more than a line of chat holds. */
const SPOKEN_UNITS_MAX = 8000
/** Levels of objects in objects that are looked into. */
const DEPTH_MAX = 4

const NAME_KEYS = ['viewer', 'name', 'user', 'username', 'login', 'to', 'person']
const ANSWER_KEYS = ['answer', 'text', 'reply', 'message', 'line', 'response', 'content']

const FENCE = /^\s*(?:`{3,}|~{3,}).*$/gm
const NUMBERED = /^\s*(?:[-*+•>]\s+)?[*_]{0,3}\(?#?(\d{1,3})[.):\]][*_]{0,3}\s+(.*)$/u
/** A value of JSON that is broken elsewhere, or a list's item. */
const QUOTED = /^"((?:[^"\\]|\\.)*)"[,\]}\s]*$/s
/** What is left between a name and what is said. */
const LOOSE_MARK = /^[,;:–—-]\s+/

/** What was said to whom; the first thing that is something counts. */
class Answers {
  readonly #texts = new Map<number, string>()

  get size(): number {
    return this.#texts.size
  }

  add(viewer: number | undefined, text: string): void {
    if (viewer !== undefined && text.trim() !== '' && !this.#texts.has(viewer)) this.#texts.set(viewer, text)
  }

  of(viewer: number): string | undefined {
    return this.#texts.get(viewer)
  }
}

/**
 * What a model answers to each viewer, in their order; `undefined` for those it leaves out. It reads whatever small models
 * make of `name: answer`: lists, bold names, JSON, prose with names. Every text is as hostile as it came, but for
 * what it says to others, and to strangers: that is cut off.
 */
export function parseJointAnswer(raw: string, viewers: readonly Viewer[]): (string | undefined)[] {
  const names = new JointNames(viewers)
  const text = toPlainCharacters(spokenPart(raw)).replace(FENCE, '').trim()
  const [json, lines] = [fromJson(text, names), fromLines(text, names)]
  const answers = json.size > 0 && json.size >= lines.size ? json : lines
  return viewers.map((_, viewer) => {
    const answer = answers.of(viewer)
    return answer === undefined ? undefined : partOf(answer, viewer, names)
  })
}

function spokenPart(raw: string): string {
  const spoken = withoutThoughts(raw.slice(0, RAW_UNITS_MAX))
  // What a cut leaves of the last word may be half a secret.
  return spoken.length <= SPOKEN_UNITS_MAX ? spoken : spoken.slice(0, SPOKEN_UNITS_MAX).replace(/\S+$/, '')
}

/** Up to where it turns to somebody else, and without the viewer's own name before it. */
function partOf(answer: string, viewer: number, names: JointNames): string | undefined {
  const unquoted = answer.trim().replace(QUOTED, '$1')
  const head = names.headOf(unquoted)
  const own = head?.viewer === viewer ? head.rest : unquoted
  return names.pieces(own, viewer)[0]?.text.replace(LOOSE_MARK, '').trim() || undefined
}

/** By the names that stand before lines; then by those in them; then, where there is no name at all, by their numbers. */
function fromLines(text: string, names: JointNames): Answers {
  const lines = text.split('\n')
  const named = new Answers()
  const called: { viewer: number | undefined; text: string }[] = []
  let current: number | undefined
  for (const line of lines) {
    const head = names.headOf(line)
    if (head) current = head.viewer
    const [first, ...later] = names.pieces(head ? head.rest : line, current)
    // A line without a name belongs to the one above it only where that has nothing but a name.
    if (first) named.add(current, first.text)
    called.push(...later)
  }
  for (const piece of called) named.add(piece.viewer, piece.text)
  return named.size > 0 ? named : fromNumbers(lines, names)
}

function fromNumbers(lines: readonly string[], names: JointNames): Answers {
  const answers = new Answers()
  for (const line of lines) {
    const [, number, text = ''] = NUMBERED.exec(line) ?? []
    // A name that nobody has: this is no answer to any of ours.
    if (number !== undefined && !names.headOf(text)) answers.add(Number(number) - 1, text)
  }
  return answers
}

function fromJson(text: string, names: JointNames): Answers {
  const answers = new Answers()
  for (const candidate of [text, bracketed(text), ...text.split('\n')]) {
    const value = parseJson(candidate)
    if (value !== undefined) collect(value, names, answers, DEPTH_MAX)
  }
  return answers
}

/** The JSON that stands in prose. */
function bracketed(text: string): string {
  const start = text.search(/[{[]/)
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'))
  return start < 0 ? '' : text.slice(start, end + 1)
}

function parseJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function collect(value: unknown, names: JointNames, answers: Answers, depth: number): void {
  if (depth === 0) return
  if (Array.isArray(value)) {
    for (const item of value) collectItem(item, names, answers, depth)
  } else if (isRecord(value)) {
    const named = names.find(textAt(value, NAME_KEYS) ?? '')
    const answer = textAt(value, ANSWER_KEYS)
    if (named !== undefined && answer !== undefined) answers.add(named, answer)
    else for (const entry of Object.entries(value)) collectEntry(entry, names, answers, depth)
  }
}

/** `"ann: hi"`, or an object. */
function collectItem(item: unknown, names: JointNames, answers: Answers, depth: number): void {
  const head = typeof item === 'string' ? names.headOf(item) : undefined
  if (head) answers.add(head.viewer, head.rest)
  else collect(item, names, answers, depth - 1)
}

/** `"ann": "hi"`, `"ann": {"answer": "hi"}`, or something that holds such. */
function collectEntry(
  [key, said]: readonly [string, unknown],
  names: JointNames,
  answers: Answers,
  depth: number,
): void {
  const text = typeof said === 'string' ? said : isRecord(said) ? textAt(said, ANSWER_KEYS) : undefined
  const viewer = names.find(key)
  if (viewer !== undefined && text !== undefined) answers.add(viewer, text)
  else collect(said, names, answers, depth - 1)
}

function textAt(value: Record<string, unknown>, keys: readonly string[]): string | undefined {
  const field = Object.entries(value).find(
    ([key, said]) => typeof said === 'string' && keys.includes(key.toLowerCase()),
  )
  return typeof field?.[1] === 'string' ? field[1] : undefined
}
