import { ChorusError } from '../errors.js'
import { isRecord } from '../json-record.js'
import { withoutThoughts } from './thoughts.js'

/** What a server answered to a chat completion, as far as we use it. */
export interface Completion {
  /** As written, `<think>` blocks included; empty where the model said nothing. */
  readonly text: string
  /** Why it ended: `stop`, `length`, `content_filter` or a server's own word. */
  readonly finish: string
  /** Tokens spent on question and answer; 0 where the server does not tell. */
  readonly tokens: number
}

/**
 * Reads an answer of unknown shape: a web page comes as a string, an empty body as nothing.
 *
 * @throws ChorusError `model-bad-answer` where it is no chat completion, `model-refused-prompt` where it says
 * that the prompt was refused for its content.
 */
export function parseCompletion(answer: unknown): Completion {
  const choice = firstOf(field(answer, 'choices'))
  const message = field(choice, 'message')
  if (!isRecord(message))
    throw new ChorusError('model-bad-answer', `not a chat completion: ${shapeOf(answer)}`)
  const text = textOf(message.content)
  const finish = stringOr(field(choice, 'finish_reason'), 'stop')
  const isRefused = finish === 'content_filter' || (text === '' && stringOr(message.refusal, '') !== '')
  if (isRefused) throw new ChorusError('model-refused-prompt', 'the model refused the prompt for its content')
  return { text, finish, tokens: countOr(field(field(answer, 'usage'), 'total_tokens'), 0) }
}

/** Whether nothing is said beside what the model only thought: the same thoughts that text safety takes away. */
export function isSilent(text: string): boolean {
  return withoutThoughts(text).trim() === ''
}

/** Some servers give the content in parts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part) => stringOr(field(part, 'text'), '')).join('')
}

/** Says what came without quoting it: the answer may be what must not be shown. */
function shapeOf(answer: unknown): string {
  if (typeof answer === 'string') return answer.trimStart().startsWith('<') ? 'a web page' : 'plain text'
  if (!isRecord(answer)) return 'no JSON object'
  const choices = answer.choices
  if (!Array.isArray(choices)) return 'no choices'
  return choices.length === 0 ? 'an empty list of choices' : 'a choice without a message'
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined
}

function field(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined
}

function stringOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback
}

/** A server may say anything: what is no count was not told. */
function countOr(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : fallback
}
