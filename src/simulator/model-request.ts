import type { IncomingMessage } from 'node:http'
import type { RefusableParameter } from './model-faults.js'

/** Longest request body that is read, in bytes; a longer one is refused with 413 and its connection closed. */
export const REQUEST_MAX_BYTES = 1024 * 1024

/** What the built-in model understands of a chat completion request. */
export interface ChatRequest {
  /** All system and developer messages, joined by line feeds. */
  readonly system: string
  /** The last user message; empty where there is none. */
  readonly prompt: string
  /** Rough size of all messages, in tokens. */
  readonly promptTokens: number
  /** The most tokens wanted, by either name of the parameter. */
  readonly maxTokens: number | undefined
  readonly temperature: number | undefined
  /** Those parameters that some servers refuse and this request carries. */
  readonly carries: ReadonlySet<RefusableParameter>
}

/** A chat request, or which parameter is wrong and why. */
export type ParsedChatRequest =
  | { readonly kind: 'chat'; readonly request: ChatRequest }
  | { readonly kind: 'wrong'; readonly param: string; readonly message: string }

interface Message {
  readonly role: string
  readonly content: string
}

const REFUSABLE: readonly RefusableParameter[] = [
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'response_format',
]

/** Four characters a token: rough, but good enough for limits and counters. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

/** Reads the shape of a chat completion request. */
export function parseChatRequest(body: unknown): ParsedChatRequest {
  if (!isRecord(body)) return wrong('body', 'The request body must be a JSON object.')
  if (typeof body.model !== 'string' || body.model === '') return wrong('model', "'model' must be a string.")
  if (body.stream !== undefined && body.stream !== null && body.stream !== false) {
    return wrong('stream', "Unsupported value: 'stream' must be false; this server does not stream.")
  }
  const messages = parseMessages(body.messages)
  if (!messages) return wrong('messages', "'messages' must be a list of messages with a role and a text.")
  for (const name of ['max_tokens', 'max_completion_tokens']) {
    if (!isAbsentOr(body[name], (value) => Number.isInteger(value) && Number(value) > 0)) {
      return wrong(name, `'${name}' must be a whole number above 0.`)
    }
  }
  if (!isAbsentOr(body.temperature, (value) => typeof value === 'number' && value >= 0 && value <= 2)) {
    return wrong('temperature', "'temperature' must be a number from 0 to 2.")
  }
  return { kind: 'chat', request: toChatRequest(body, messages) }
}

/** The texts to judge in a moderation request: one string or a list of strings. */
export function parseModerationInput(body: unknown): readonly string[] | undefined {
  const input = isRecord(body) ? body.input : undefined
  if (typeof input === 'string') return [input]
  return isListOf(input, (item): item is string => typeof item === 'string') ? input : undefined
}

/** The whole body as text, or `undefined` when it is longer than {@link REQUEST_MAX_BYTES}. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const part: Buffer = chunk
    bytes += part.length
    if (bytes > REQUEST_MAX_BYTES) return undefined
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** JSON as what it says, anything else as `undefined`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function toChatRequest(body: Record<string, unknown>, messages: readonly Message[]): ChatRequest {
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer')
  const limit = body.max_completion_tokens ?? body.max_tokens
  return {
    system: system.map(({ content }) => content).join('\n'),
    prompt: messages.findLast(({ role }) => role === 'user')?.content ?? '',
    promptTokens: messages.reduce((sum, { content }) => sum + countTokens(content), 0),
    maxTokens: typeof limit === 'number' ? limit : undefined,
    temperature: typeof body.temperature === 'number' ? body.temperature : undefined,
    carries: new Set(REFUSABLE.filter((name) => body[name] !== undefined && body[name] !== null)),
  }
}

function parseMessages(value: unknown): Message[] | undefined {
  if (!isListOf(value, isRecord) || value.length === 0) return undefined
  const messages: Message[] = []
  for (const { role, content } of value) {
    const text = parseContent(content)
    if (typeof role !== 'string' || text === undefined) return undefined
    messages.push({ role, content: text })
  }
  return messages
}

/** A text, or a list of parts of which the text parts count. */
function parseContent(content: unknown): string | undefined {
  if (typeof content === 'string') return content
  if (!isListOf(content, isRecord)) return undefined
  return content.map((part) => (typeof part.text === 'string' ? part.text : '')).join('\n')
}

function wrong(param: string, message: string): ParsedChatRequest {
  return { kind: 'wrong', param, message }
}

function isAbsentOr(value: unknown, isRight: (value: unknown) => boolean): boolean {
  return value === undefined || value === null || isRight(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem)
}
