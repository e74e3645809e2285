import { assertNever } from '../domain.js'
import type { ModelFault, RefusableParameter } from './model-faults.js'
import type { ChatRequest } from './model-request.js'
import { jsonAnswer, type WireAnswer } from './model-wire.js'

/** What an error of OpenAI's API says of itself. */
export interface ModelError {
  readonly message: string
  readonly type: string
  readonly param?: string
  readonly code?: string
  readonly headers?: Readonly<Record<string, string>>
}

type RefusalKind =
  | 'rate-limit'
  | 'no-quota'
  | 'server-error'
  | 'unauthorized'
  | 'forbidden'
  | 'no-model'
  | 'content-refused'

/** A refusal that does not depend on the request. */
export function toRefusal(fault: Extract<ModelFault, { kind: RefusalKind }>): WireAnswer {
  switch (fault.kind) {
    case 'rate-limit':
      return errorAnswer(429, {
        ...RATE_LIMITED,
        ...(fault.retryAfter !== undefined && { headers: { 'retry-after': fault.retryAfter } }),
      })
    case 'no-quota':
      return errorAnswer(429, NO_QUOTA)
    case 'server-error':
      return errorAnswer(fault.status ?? 500, SERVER_ERROR)
    case 'unauthorized':
      return errorAnswer(401, UNAUTHORIZED)
    case 'forbidden':
      return errorAnswer(403, FORBIDDEN)
    case 'no-model':
      return errorAnswer(404, NO_MODEL)
    case 'content-refused':
      return errorAnswer(400, { ...CONTENT_REFUSED, code: fault.code ?? 'content_policy_violation' })
    default:
      return assertNever(fault)
  }
}

/** The servers' own words differ; each message names the parameter, and what to use where there is another one. */
export function toParameterRefusal(
  fault: { readonly parameter: RefusableParameter; readonly inMessageOnly?: boolean },
  request: ChatRequest,
): WireAnswer {
  const { parameter } = fault
  const message = parameterMessage(parameter, request)
  const type = 'invalid_request_error'
  if (fault.inMessageOnly) return errorAnswer(400, { message, type })
  const code = parameter === 'temperature' ? 'unsupported_value' : 'unsupported_parameter'
  return errorAnswer(400, { message, type, param: parameter, code })
}

function parameterMessage(parameter: RefusableParameter, request: ChatRequest): string {
  switch (parameter) {
    case 'max_tokens':
      return "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    case 'max_completion_tokens':
      return "Unrecognized request argument supplied: max_completion_tokens. Use 'max_tokens' instead."
    case 'temperature':
      return `Unsupported value: 'temperature' does not support ${request.temperature} with this model. Only the default (1) value is supported.`
    case 'response_format':
      return "Invalid parameter: 'response_format' is not supported with this model."
    default:
      return assertNever(parameter)
  }
}

/** An error in the shape of OpenAI's API. */
export function errorAnswer(status: number, error: ModelError): WireAnswer {
  const { headers, message, type, param = null, code = null } = error
  return jsonAnswer({ error: { message, type, param, code } }, status, headers)
}

const RATE_LIMITED: ModelError = {
  message: 'Rate limit reached for requests.',
  type: 'requests',
  code: 'rate_limit_exceeded',
}
const NO_QUOTA: ModelError = {
  message: 'You exceeded your current quota, please check your plan and billing details.',
  type: 'insufficient_quota',
  code: 'insufficient_quota',
}
const SERVER_ERROR: ModelError = {
  message: 'The server had an error while processing your request.',
  type: 'server_error',
}
const UNAUTHORIZED: ModelError = {
  message: 'Incorrect API key provided.',
  type: 'invalid_request_error',
  code: 'invalid_api_key',
}
const FORBIDDEN: ModelError = {
  message: 'You are not allowed to use this model.',
  type: 'invalid_request_error',
  code: 'permission_denied',
}
const NO_MODEL: ModelError = {
  message: 'The model does not exist or you do not have access to it.',
  type: 'invalid_request_error',
  param: 'model',
  code: 'model_not_found',
}
const CONTENT_REFUSED: ModelError = {
  message: 'Your request was rejected as a result of our safety system.',
  type: 'invalid_request_error',
}
