import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.js'
import type { Random } from '../random.js'
import { MODEL_NAME, toAnswer } from './model-answer.js'
import type { FaultScript } from './model-faults.js'
import { drawLatencyMs, type Latency } from './model-latency.js'
import type { ModelLedger, OpenRecord } from './model-ledger.js'
import { type Moderation, toModerationAnswer } from './model-moderation.js'
import { errorAnswer } from './model-refusal.js'
import { type ChatRequest, parseChatRequest, parseJson, readBody } from './model-request.js'
import { jsonAnswer, type WireAnswer, writeAnswer } from './model-wire.js'
import { composeAnswer } from './persona-joint.js'

/** An answer that is not finished yet. */
interface Exchange {
  readonly response: ServerResponse
  readonly record: OpenRecord
  /** Takes back the timer of what comes next. */
  cancel: () => void
}

const TOO_LARGE = errorAnswer(413, { message: 'The request is too large.', type: 'invalid_request_error' })

/** Answers single HTTP requests; knows nothing of ports. */
export class ModelEndpoint {
  readonly #clock: Clock
  readonly #random: Random
  readonly #latency: Latency
  readonly #thinkingTokens: number
  readonly #faults: FaultScript
  readonly #ledger: ModelLedger
  /** Bounded by the open connections: each carries one exchange at a time. */
  readonly #open = new Set<Exchange>()
  #answers = 0
  /** Missing: there is no moderation endpoint. */
  moderation: Moderation | undefined

  constructor(options: {
    readonly clock: Clock
    readonly random: Random
    readonly latency: Latency
    readonly thinkingTokens: number
    readonly faults: FaultScript
    readonly ledger: ModelLedger
  }) {
    this.#clock = options.clock
    this.#random = options.random
    this.#latency = options.latency
    this.#thinkingTokens = options.thinkingTokens
    this.#faults = options.faults
    this.#ledger = options.ledger
  }

  /** Takes a request to its answer. Rejects when the client goes away before it has sent all of it. */
  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request)
    const method = request.method ?? 'GET'
    const [path = '/'] = (request.url ?? '/').split('?')
    const body = text === undefined ? undefined : parseJson(text)
    const isChat = text !== undefined && method === 'POST' && path === '/v1/chat/completions'
    const exchange = this.#follow(response, this.#ledger.open({ method, path, body, isChat }))
    if (isChat) return this.#answerChat(exchange, body)
    if (text === undefined) response.shouldKeepAlive = false
    this.#write(exchange, text === undefined ? TOO_LARGE : this.#toOtherAnswer(method, path, body))
  }

  /** Notes for every open request that the server goes first; its connections are closed by the caller. */
  leave(): void {
    for (const { record } of this.#open) record.end('away')
  }

  /** A client that hangs up takes its answer back, timer and all. */
  #follow(response: ServerResponse, record: OpenRecord): Exchange {
    const exchange: Exchange = { response, record, cancel: () => {} }
    this.#open.add(exchange)
    response.once('close', () => {
      this.#open.delete(exchange)
      exchange.cancel()
      record.end('hung-up')
    })
    return exchange
  }

  #answerChat(exchange: Exchange, body: unknown): void {
    const answer = this.#toChatAnswer(body)
    const isRefusal = answer.kind === 'whole' && answer.status >= 400
    const delayMs = isRefusal ? 0 : drawLatencyMs(this.#random, this.#latency)
    const write = () => this.#write(exchange, answer)
    // Without a delay there is no timer, either: a clock moved by hand need not be moved.
    if (delayMs === 0) write()
    else exchange.cancel = this.#clock.after(delayMs, write)
  }

  #toChatAnswer(body: unknown): WireAnswer {
    const parsed = parseChatRequest(body)
    if (parsed.kind === 'chat') return this.#toCompletion(parsed.request)
    const { message, param } = parsed
    return errorAnswer(400, { message, param, type: 'invalid_request_error' })
  }

  #toCompletion(request: ChatRequest): WireAnswer {
    return toAnswer(this.#faults.take(this.#clock.now()), {
      request,
      ...composeAnswer(request, this.#random),
      thinkingTokens: this.#thinkingTokens,
      id: `chatcmpl-${MODEL_NAME}-${++this.#answers}`,
      createdAt: Math.floor(this.#clock.wall() / 1000),
    })
  }

  #toOtherAnswer(method: string, path: string, body: unknown): WireAnswer {
    if (method === 'GET' && path === '/v1/models') {
      return jsonAnswer({
        object: 'list',
        data: [{ id: MODEL_NAME, object: 'model', created: 0, owned_by: 'chorus' }],
      })
    }
    if (method === 'POST' && path === '/v1/moderations' && this.moderation) {
      return toModerationAnswer(this.moderation, body)
    }
    const message = `Unknown request URL: ${method} ${path}`
    return errorAnswer(404, { message, type: 'invalid_request_error', code: 'unknown_url' })
  }

  #write(exchange: Exchange, answer: WireAnswer): void {
    const { response, record } = exchange
    record.answer(answer.kind === 'whole' ? answer : { status: 200 })
    exchange.cancel = writeAnswer(answer, {
      response,
      clock: this.#clock,
      ended: (end) => record.end(end),
    })
  }
}
