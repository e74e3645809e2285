import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { ChorusError } from '../../errors.js'
import { Connections } from './connections.js'
import type { Door } from './door.js'
import type { Guard, Knock } from './guard.js'
import { type Problem, READ_DOCS, toProblemBody } from './problem.js'
import type { Access, Answer, AnsweredRoute, Route, StreamedRoute } from './route.js'

export interface WebAppOptions {
  readonly server: Server
  readonly guard: Guard
  readonly doors: Readonly<Record<Exclude<Access, 'anyone'>, Door>>
  readonly routes: readonly Route[]
  /** Told of what nobody foresaw. */
  readonly fault: (error: unknown) => void
}

/** Longest body, in bytes: a few hundred ids of dead letters, or a persona in which every letter is escaped. */
const BODY_BYTES_MAX = 32 * 1024

/** What pages may load: files of this very server, and its answers. No script or style that stands in a page. */
const CONTENT = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
]
/** Nothing of another origin is loaded, nobody frames it, nothing is kept, and the token is in no Referer. */
const HEADERS = {
  'content-security-policy': CONTENT.join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

/** Answers requests by the routes: fastify between the socket and them. */
export class WebApp {
  readonly #app: FastifyInstance
  readonly #options: WebAppOptions
  readonly #connections: Connections

  constructor(options: WebAppOptions) {
    this.#options = options
    this.#connections = new Connections(options.server)
    const unread = (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      this.#refuse(reply, this.#foreign(request) ?? toProblem(error))
    this.#app = fastify({
      logger: false,
      bodyLimit: BODY_BYTES_MAX,
      serverFactory: (handler) => options.server.on('request', this.#bounded(handler as RequestListener)),
      // What is wrong is refused, not mended: "false" is no boolean.
      ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
      // For an address that can’t be read: no hook runs before it.
      frameworkErrors: unread,
    })
    this.#app.removeContentTypeParser('text/plain')
    this.#app.addHook('onRequest', async (request, reply) => {
      reply.headers(HEADERS)
      const problem = this.#foreign(request)
      if (problem) return this.#refuse(reply, problem)
      this.#meet(request)
    })
    this.#app.setNotFoundHandler((_request, reply) => this.#refuse(reply, NOT_FOUND))
    this.#app.setErrorHandler((error: FastifyError, _request, reply) => this.#failed(error, reply))
    for (const route of options.routes) this.#add(route)
  }

  /** Resolves when it can answer. */
  async ready(): Promise<void> {
    await this.#app.ready()
  }

  async close(): Promise<void> {
    await this.#app.close()
  }

  #add(route: Route): void {
    const door = route.access === 'anyone' ? undefined : this.#options.doors[route.access]
    this.#app.route({
      method: route.method,
      url: route.path,
      // A question for the headers alone would else be answered by a stream.
      exposeHeadRoute: 'answer' in route,
      ...('body' in route && { schema: { body: route.body } }),
      onRequest: async (request, reply) => {
        const problem = door?.refuse(knockOf(request))
        if (problem) return this.#refuse(reply, problem)
      },
      handler: (request, reply) =>
        'answer' in route ? this.#answer(route, request, reply) : this.#stream(route, reply),
    })
  }

  async #answer(
    { answer, isSlow }: AnsweredRoute,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const query = request.query as Record<string, string | undefined>
    const passes = (door: Door) => door.opensFor(knockOf(request))
    const asking = new AbortController()
    reply.raw.once('close', () => asking.abort(new ChorusError('withdrawn', 'whoever asked has left')))
    // Nothing moves on its connection, but that is our doing: with a listener, node does not cut it.
    if (isSlow) reply.raw.on('timeout', () => {})
    const answered = await answer({ query, body: request.body, passes, signal: asking.signal })
    return answered.kind === 'problem' ? this.#refuse(reply, answered.problem) : send(answered, reply)
  }

  async #stream({ open, refuse }: StreamedRoute, reply: FastifyReply): Promise<FastifyReply> {
    const problem = refuse()
    if (problem) return this.#refuse(reply, problem)
    reply.hijack()
    reply.raw.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' })
    open(reply.raw)
    return reply
  }

  #bounded(handler: RequestListener): RequestListener {
    return (request: IncomingMessage, response: ServerResponse) => {
      if (this.#connections.admits(request.socket, response)) handler(request, response)
    }
  }

  /** A token counts whatever is asked for: a page loads what anybody may, too. */
  #meet(request: FastifyRequest): void {
    const { socket } = request.raw
    if (!this.#connections.isUnknown(socket)) return
    const knock = knockOf(request)
    const { overlay, room } = this.#options.doors
    if (room.opensFor(knock)) this.#connections.trust(socket, 'owner')
    else if (overlay.opensFor(knock)) this.#connections.trust(socket, 'guest')
  }

  #foreign(request: FastifyRequest): Problem | undefined {
    return this.#options.guard.refuseForeign(knockOf(request))
  }

  #refuse(reply: FastifyReply, problem: Problem): FastifyReply {
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
    return reply.headers(HEADERS).code(problem.status).send(toProblemBody(problem))
  }

  #failed(error: FastifyError, reply: FastifyReply): FastifyReply {
    const problem = toProblem(error)
    if (problem === FAILED) this.#options.fault(error)
    return this.#refuse(reply, problem)
  }
}

function knockOf({ headers, method, raw, url }: FastifyRequest): Knock {
  const { host, origin, authorization, cookie } = headers
  return {
    ...{ method, host, origin, authorization, cookie },
    fetchSite: toText(headers['sec-fetch-site']),
    fetchMode: toText(headers['sec-fetch-mode']),
    path: url.split('?', 1)[0] ?? '',
    localAddress: raw.socket.localAddress,
  }
}

function send(answer: Exclude<Answer, { kind: 'problem' }>, reply: FastifyReply): FastifyReply {
  if (answer.kind === 'redirect') return reply.header('set-cookie', answer.cookie).redirect(answer.to, 303)
  if (answer.kind === 'file') return reply.type(answer.type).send(answer.content)
  reply.code(answer.status ?? 200)
  if (answer.kind === 'json') return reply.send(answer.body)
  return reply.type(answer.type ?? 'text/plain; charset=utf-8').send(answer.text)
}

/** Of a header that came twice, nothing is believed. */
function toText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? '' : header
}

/** Fastify says by its status whether the request is to blame; an error of Chorus says what to do. */
function toProblem(error: Error & { readonly statusCode?: number }): Problem {
  if (error instanceof ChorusError)
    return { status: 503, error: error.code, message: error.message, advice: error.advice }
  const { statusCode: status = 500, message } = error
  return status < 500 ? { status, error: 'bad-request', message, advice: READ_DOCS } : FAILED
}

const NOT_FOUND: Problem = {
  status: 404,
  error: 'not-found',
  message: 'There is nothing here that could be asked for this way.',
  advice: READ_DOCS,
}
const FAILED: Problem = {
  status: 500,
  error: 'unexpected',
  message: 'The control room has failed at this; Chorus goes on.',
  advice: 'The log says what happened: please report it.',
}
