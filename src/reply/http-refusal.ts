import { isRecord } from '../json-record.js'

/** What a server says of a refusal, each empty where it says nothing. Hostile: never for a message as it is. */
export interface RefusalWords {
  readonly message: string
  readonly code: string
  readonly type: string
  /** The parameter it is about. */
  readonly param: string
}

/** An answer that is no success. The SDK reads only OpenAI's shape of an error, so we read it ourselves. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal'
  readonly status: number
  readonly headers: Headers
  readonly words: RefusalWords

  /** @param parts `body` is what came of it; empty where it broke off or is too long. */
  constructor(parts: { readonly status: number; readonly headers: Headers; readonly body: string }) {
    super(`HTTP ${parts.status}`)
    this.status = parts.status
    this.headers = parts.headers
    this.words = parseRefusal(parts.body)
  }
}

/** OpenAI's `{ error: { … } }`, the bare object of older vLLM, `{ error: '…' }` and FastAPI's `{ detail }`. */
function parseRefusal(body: string): RefusalWords {
  const parsed = parseJson(body)
  const error = isRecord(parsed) ? (parsed.error ?? parsed) : undefined
  if (typeof error === 'string') return { message: error, code: '', type: '', param: '' }
  const fields = isRecord(error) ? error : {}
  return {
    message: textOf(fields.message) || placeOf(fields.detail),
    code: textOf(fields.code),
    type: textOf(fields.type),
    param: textOf(fields.param),
  }
}

/** FastAPI says where it stumbled (`loc`), and echoes the whole request beside it: only the place is read. */
function placeOf(detail: unknown): string {
  if (!Array.isArray(detail)) return textOf(detail)
  return detail.map((item) => (isRecord(item) && Array.isArray(item.loc) ? item.loc.join(' ') : '')).join(' ')
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
