import { writeWrongRows } from './joint-faults.js'
import type { ModelFault } from './model-faults.js'
import { toParameterRefusal, toRefusal } from './model-refusal.js'
import { type ChatRequest, countTokens } from './model-request.js'
import { jsonAnswer, type WireAnswer } from './model-wire.js'
import type { ComposedAnswer } from './persona-joint.js'

/** The model's name in every answer: whoever looks can tell that it is the stand-in. */
export const MODEL_NAME = 'built-in'

/** Everything an answer is made of beside the fault. */
export interface AnswerParts extends ComposedAnswer {
  readonly request: ChatRequest
  /** Tokens thought before the answer; 0 for a model that does not reason. */
  readonly thinkingTokens: number
  /** Unique in this process. */
  readonly id: string
  /** Seconds since 1970. */
  readonly createdAt: number
}

type FinishReason = 'stop' | 'length' | 'content_filter'

const HUGE_BYTES = 10 * 1024 * 1024
const DRIP_MS = 100
/** Stands for the text while a body is cut in two around it; no line holds it. */
const FILLER_MARK = '{filler}'
const WEB_PAGE = '<!doctype html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>'

/** What the server answers to a well-formed chat request. */
export function toAnswer(fault: ModelFault, parts: AnswerParts): WireAnswer {
  const body = () => JSON.stringify(toCompletion(parts, parts.line, 'stop'))
  switch (fault.kind) {
    case 'none':
      return toOrdinaryAnswer(parts)
    case 'say':
      return spoken(parts, fault.text, 'stop')
    case 'think':
      return spoken(parts, toThought(fault.answers ? parts.line : ''), 'stop')
    case 'joint':
      return parts.rows
        ? toOrdinaryAnswer({ ...parts, line: writeWrongRows(fault.how, parts.rows) })
        : toOrdinaryAnswer(parts)
    case 'content-filtered':
      return spoken(parts, '', 'content_filter')
    case 'out-of-tokens':
      return isBelow(parts.request.maxTokens, fault.below)
        ? spoken({ ...parts, thinkingTokens: fault.below }, '', 'length')
        : toOrdinaryAnswer(parts)
    case 'parameter-refused':
      return parts.request.carries.has(fault.parameter)
        ? toParameterRefusal(fault, parts.request)
        : toOrdinaryAnswer(parts)
    case 'no-choices':
      return jsonAnswer({ ...toCompletion(parts, '', 'stop'), choices: [] })
    case 'empty':
      return { kind: 'whole', status: 200, headers: {}, body: '' }
    case 'html':
      return { kind: 'whole', status: 200, headers: { 'content-type': 'text/html' }, body: WEB_PAGE }
    case 'bad-json':
      return { ...jsonAnswer({}), body: body().slice(0, -20) }
    case 'reset':
      return { kind: 'reset', body: body() }
    case 'hang':
      return { kind: 'hang', afterHeaders: fault.afterHeaders ?? false }
    case 'drip':
      return { kind: 'drip', body: body(), everyMs: fault.everyMs ?? DRIP_MS }
    case 'huge':
      return toHugeAnswer(parts, fault.bytes ?? HUGE_BYTES)
    default:
      return toRefusal(fault)
  }
}

function toOrdinaryAnswer(parts: AnswerParts): WireAnswer {
  const { request, line, thinkingTokens } = parts
  if (thinkingTokens > 0) {
    if (request.carries.has('max_tokens')) return toParameterRefusal({ parameter: 'max_tokens' }, request)
    if (request.temperature !== undefined && request.temperature !== 1) {
      return toParameterRefusal({ parameter: 'temperature' }, request)
    }
  }
  const left = (request.maxTokens ?? Number.POSITIVE_INFINITY) - thinkingTokens
  if (left <= 0) return spoken(parts, '', 'length')
  if (countTokens(line) <= left) return spoken(parts, line, 'stop')
  return spoken(parts, line.slice(0, left * 4), 'length')
}

function toThought(line: string): string {
  return `<think>\nA viewer talks to me. What would I say?\n</think>\n\n${line}`
}

function toHugeAnswer(parts: AnswerParts, bytes: number): WireAnswer {
  const body = JSON.stringify(toCompletion(parts, FILLER_MARK, 'stop'))
  const [head = '', tail = ''] = body.split(FILLER_MARK)
  return { kind: 'huge', bytes, head, tail }
}

function spoken(parts: AnswerParts, text: string, finish: FinishReason): WireAnswer {
  return { ...jsonAnswer(toCompletion(parts, text, finish)), said: text }
}

function toCompletion(parts: AnswerParts, content: string, finish: FinishReason) {
  const { request, thinkingTokens } = parts
  const thought = Math.min(thinkingTokens, request.maxTokens ?? thinkingTokens)
  const written = thought + countTokens(content)
  const message = { role: 'assistant', content, refusal: null }
  return {
    id: parts.id,
    object: 'chat.completion',
    created: parts.createdAt,
    model: MODEL_NAME,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: {
      prompt_tokens: request.promptTokens,
      completion_tokens: written,
      total_tokens: request.promptTokens + written,
      completion_tokens_details: { reasoning_tokens: thought },
    },
  }
}

function isBelow(maxTokens: number | undefined, below: number): boolean {
  return maxTokens !== undefined && maxTokens < below
}
