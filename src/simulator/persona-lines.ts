import { pick, type Random } from '../random.js'
import { anyone } from './persona-anyone.js'
import { gene } from './persona-gene.js'
import { isQuestion, type LineKind, toLineKind } from './persona-kind.js'
import { sticky } from './persona-sticky.js'
import { toTopic } from './persona-topic.js'
import type { Voice } from './persona-voice.js'

/** No line is longer, in UTF-16 units: every choice of parts of a voice keeps to it. */
export const LINE_UNITS_MAX = 200

/** Read of the viewer's line; chat has no longer ones. */
const QUESTION_UNITS_MAX = 500
const VOICES: readonly Voice[] = [sticky, gene]
/** One word of a persona may stand in any prompt; two are no accident. */
const KEYWORDS_MIN = 2

/** Lines looked at for one that is short enough. */
const SHORT_TRIES = 12

const WINK_CHANCE = 1 / 8
const OPENER_CHANCE = 0.4
const CLOSER_CHANCE = 0.3
/** How often a line picks up a word of the viewer's, where there is one that may be repeated. */
const TOPIC_CHANCE = 0.7
/** Kinds whose answer would be missed if it were about a word of the line instead. */
const TO_THE_POINT: ReadonlySet<LineKind> = new Set([
  'orders',
  'nature',
  'raid',
  'insult',
  'emotes',
  'farewell',
])

/**
 * A line in the voice that the system prompt describes, fitting the viewer's line in the last user message. Never
 * empty, one line, without links, mentions or anything of the viewer's but one word known to be harmless.
 */
export function composeLine(
  asked: { readonly system: string; readonly prompt: string },
  random: Random,
): string {
  const voice = toVoice(asked.system)
  const question = toQuestion(asked.prompt)
  const topic = toTopic(question)
  const fill = filler(voice, topic, random)
  const body = fill(pick(random, toBodies(voice, { kind: toLineKind(question), topic }, random)))
  const hasWink = random() < WINK_CHANCE
  const opener = random() < OPENER_CHANCE ? fill(pick(random, voice.openers)) : ''
  const closer = random() < CLOSER_CHANCE ? fill(pick(random, voice.closers)) : ''
  const parts = hasWink ? [body, fill(pick(random, voice.winks))] : [opener, body, closer]
  return parts.filter((part) => part !== '').join(' ')
}

/**
 * The same for one viewer of several, in at most `unitsMax` units: with little around it, and cut where nothing is short
 * enough.
 */
export function composeShortLine(
  asked: { readonly system: string; readonly prompt: string; readonly unitsMax: number },
  random: Random,
): string {
  const voice = toVoice(asked.system)
  const question = toQuestion(asked.prompt)
  const topic = toTopic(question)
  let line = ''
  for (let tries = 0; tries < SHORT_TRIES; tries++) {
    const fill = filler(voice, topic, random)
    line = fill(pick(random, toBodies(voice, { kind: toLineKind(question), topic }, random)))
    const opened = random() < OPENER_CHANCE ? `${fill(pick(random, voice.openers))} ${line}` : line
    if (opened.length <= asked.unitsMax) return opened
    if (line.length <= asked.unitsMax) return line
  }
  return shortened(line, asked.unitsMax)
}

/** The sentences that fit; else the words that do, with a sign that more was to come. */
function shortened(line: string, unitsMax: number): string {
  const sentences = /^.*[.!?](?= )/.exec(line.slice(0, unitsMax + 1))?.[0]
  if (sentences !== undefined) return sentences
  const cut = line.slice(0, unitsMax)
  const words = cut.slice(0, Math.max(cut.lastIndexOf(' '), 0)) || cut.slice(0, -1)
  return `${words.replace(/[,;:]$/, '')}…`
}

/** The voice with the most keywords in the prompt. */
function toVoice(system: string): Voice {
  const text = system.toLowerCase()
  let best = anyone
  let most = KEYWORDS_MIN - 1
  for (const voice of VOICES) {
    const found = voice.keywords.filter((keyword) => startsWord(text, keyword)).length
    if (found <= most) continue
    best = voice
    most = found
  }
  return best
}

function startsWord(text: string, beginning: string): boolean {
  return new RegExp(`(?<![a-z])${beginning}`).test(text)
}

/** The viewer's line: between the last `<line>` and `</line>`, else the last line; without its name and mentions. */
function toQuestion(prompt: string): string {
  const marked = prompt.split('<line>').at(-1)?.split('</line>')[0] ?? ''
  const isMarked = prompt.includes('<line>')
  const lines = (isMarked ? marked : prompt).split(/[\r\n]+/).filter((line) => line.trim() !== '')
  const line = (isMarked ? lines[0] : lines.at(-1)) ?? ''
  return line
    .slice(0, QUESTION_UNITS_MAX)
    .trim()
    .replace(/^[\p{L}\p{N}_]{1,25}: /u, '')
    .replace(/@[\p{L}\p{N}_]+[,:]?/gu, ' ')
    .trim()
}

function toBodies(
  voice: Voice,
  { kind, topic }: { readonly kind: LineKind; readonly topic: string | undefined },
  random: Random,
): readonly string[] {
  const isAbout = topic !== undefined && !TO_THE_POINT.has(kind) && random() < TOPIC_CHANCE
  if (!isAbout) return voice.lines[kind]
  return isQuestion(kind) ? voice.about.question : voice.about.remark
}

/** Fills the gaps of a text; a gap of the same name gets the same word all through a line. */
function filler(voice: Voice, topic: string | undefined, random: Random): (text: string) => string {
  const chosen = new Map<string, string>(topic === undefined ? [] : [['topic', topic]])
  const choose = (gap: string) => {
    const known = chosen.get(gap)
    if (known !== undefined) return known
    const word = pick(random, voice.words[gap] ?? [])
    chosen.set(gap, word)
    return word
  }
  return (text) => capitalised(text.replace(/\{(\w+)\}/g, (_, gap: string) => choose(gap)))
}

/** A gap may stand at the beginning of any sentence. */
function capitalised(text: string): string {
  return text.replace(/(?<=^|[.!?] )\p{Ll}/gu, (letter) => letter.toUpperCase())
}
