import { ChorusError, type ErrorCode } from '../errors.js'
import { HttpRefusal, type RefusalWords } from './http-refusal.js'
import { parseRetryAfter } from './retry-after.js'

/** Where the failure happened, for messages and dates. */
export interface FailureContext {
  /** Host and port of the model's server. */
  readonly server: string
  /** Milliseconds since 1970, to read a Retry-After that is a date. */
  readonly wallMs: number
}

/** What servers call the same thing: the prompt is refused for its content. */
const CONTENT_CODES = new Set([
  'content_filter',
  'content_policy_violation',
  'responsibleaipolicyviolation',
  'moderation_blocked',
  'invalid_prompt',
])
const CONTENT_WORDS = /\b(?:content (?:management )?policy|usage policy|safety system|flagged)\b/i
/** Waiting does not help: the account has no credit. */
const NO_CREDIT = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'insufficient_balance'])

/** What servers call a model that they do not have, or have no more: by 404, or by 400. */
const NO_MODEL = new Set([
  'model_not_found',
  'model_not_available',
  'model_not_supported',
  'model_decommissioned',
  'invalid_model',
])
const TOO_LONG = new Set(['context_length_exceeded', 'exceed_context_size_error'])

/** The only words of a server that a message may repeat: anything else could be a key or a piece of the prompt. */
const SAYABLE = new Set([
  'model',
  'messages',
  'temperature',
  'max_tokens',
  'max_completion_tokens',
  'stream',
  ...NO_MODEL,
  ...TOO_LONG,
  'invalid_api_key',
  'insufficient_quota',
  'permission_denied',
  'rate_limit_exceeded',
  'unsupported_parameter',
  'unsupported_value',
  'unsupported_country_region_territory',
])

const LIMIT_REACHED = /\bmax_(?:completion_)?tokens\b.*\blimit was reached\b/i

/** Codes of Node and undici for a connection that took too long; they differ from our own deadline. */
const SLOW = /TIMEDOUT|TIMEOUT/

/**
 * Whatever a request to the model threw, as a ChorusError. The original is not kept as its cause: strangers' errors
 * hold request headers (the key) and answer bodies (the prompt).
 */
export function toModelError(thrown: unknown, context: FailureContext): ChorusError {
  for (const error of causes(thrown)) {
    if (error instanceof ChorusError) return error
    if (error instanceof HttpRefusal) return fromRefusal(error, context)
    if (error instanceof SyntaxError) {
      return new ChorusError('model-bad-answer', `${context.server} answers with broken JSON`)
    }
  }
  return fromNetwork(thrown, context)
}

/**
 * Which of the parameters sent a refusal (400, or 422 where the server checks shapes first) is about: by its
 * `param` where it has one, else by name in its message.
 */
export function refusedParameter<Name extends string>(
  thrown: unknown,
  sent: readonly Name[],
): Name | undefined {
  const refusal = causes(thrown).find((error) => error instanceof HttpRefusal)
  if (!(refusal instanceof HttpRefusal) || (refusal.status !== 400 && refusal.status !== 422))
    return undefined
  const { param, message } = refusal.words
  if (param !== '') return sent.find((name) => name === param)
  return sent.find((name) => new RegExp(`\\b${name}\\b`).test(message))
}

/**
 * Whether a refusal says that the model has used up its tokens before it said anything. OpenAI does so for models
 * that reason; the words name the parameter, which is not at fault.
 */
export function isLimitReached(thrown: unknown): boolean {
  const refusal = causes(thrown).find((error) => error instanceof HttpRefusal)
  return refusal instanceof HttpRefusal && refusal.status === 400 && LIMIT_REACHED.test(refusal.words.message)
}

/** The status of a refusal, whatever the SDK has wrapped it in. */
export function refusedStatus(thrown: unknown): number | undefined {
  for (const error of causes(thrown)) if (error instanceof HttpRefusal) return error.status
  return undefined
}

function fromRefusal(refusal: HttpRefusal, { server, wallMs }: FailureContext): ChorusError {
  const code = codeOf(refusal)
  const { param, code: word, type } = refusal.words
  const named = [word, type, param].filter((said) => SAYABLE.has(said))
  const detail = named.length > 0 ? ` (${named.join(', ')})` : ''
  return new ChorusError(code, `${server} answers HTTP ${refusal.status}${detail}${meaningOf(refusal)}`, {
    retryAfterMs: parseRetryAfter(refusal.headers, wallMs),
  })
}

/** What it comes to, in our words, where that is known; what the server says beside may quote the prompt. */
function meaningOf({ status, words }: HttpRefusal): string {
  if (isAboutModel(words)) return ': it has no model of this name'
  if (status === 404) return ': it has no model of this name, or OPENAI_BASE_URL does not lead to its API'
  if (TOO_LONG.has(words.code) || TOO_LONG.has(words.type))
    return ': the prompt is longer than the model takes'
  return ''
}

function isAboutModel({ code, param, type }: RefusalWords): boolean {
  return NO_MODEL.has(code) || NO_MODEL.has(type) || param === 'model'
}

function codeOf({ status, words }: HttpRefusal): ErrorCode {
  const { code, type, message } = words
  if (status >= 500 || status === 409) return 'model-server-error'
  if (status === 408) return 'model-timeout'
  if (status === 402 || NO_CREDIT.has(code) || NO_CREDIT.has(type)) return 'model-unauthorized'
  if (status === 429) return 'model-rate-limited'
  // 403 too: a gateway that moderates prompts would else look like a wrong key, which any viewer could cause.
  const mayBeContent = status === 400 || status === 403 || status === 422
  if (mayBeContent && (CONTENT_CODES.has(code.toLowerCase()) || CONTENT_WORDS.test(message))) {
    return 'model-refused-prompt'
  }
  // Whatever the status: no reply is to blame for the name of the model, and none should die of it.
  if (status === 401 || status === 403 || status === 404 || isAboutModel(words)) return 'model-unauthorized'
  return status >= 400 ? 'model-refused-request' : 'model-bad-answer'
}

function fromNetwork(thrown: unknown, { server }: FailureContext): ChorusError {
  const code = causes(thrown).map(systemCode).find(Boolean)
  if (code && SLOW.test(code)) return new ChorusError('model-timeout', `${server} does not answer (${code})`)
  return new ChorusError('model-unreachable', `no connection to ${server}${code ? ` (${code})` : ''}`)
}

function systemCode(error: Error): string | undefined {
  const code: unknown = 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z][A-Z_0-9]{2,40}$/.test(code) ? code : undefined
}

/** Deep enough for every SDK; bounded because a cause may be its own. */
const CAUSES_MAX = 8

function causes(thrown: unknown): Error[] {
  const chain: Error[] = []
  let error = thrown
  while (error instanceof Error && chain.length < CAUSES_MAX) {
    chain.push(error)
    error = error.cause
  }
  return chain
}
