import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { ChorusError } from '../errors.js'

export interface LoopbackServerOptions {
  /** Of which server it is told that it has no address yet. */
  readonly name: string
  /** 0 takes any free port; the server keeps it from then on. */
  readonly port: number
  /** Takes a request to its answer; a rejection cuts the connection. */
  readonly receive: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Called before every connection is cut. */
  readonly leave?: () => void
}

const HOST = '127.0.0.1'

/** HTTP on loopback that can go away and come back on the same port. Its steps may be called at once, and twice. */
export class LoopbackServer {
  readonly #options: LoopbackServerOptions
  #port: number
  #server: Server | undefined
  #lastStep: Promise<void> = Promise.resolve()

  constructor(options: LoopbackServerOptions) {
    this.#options = options
    this.#port = options.port
  }

  /** `http://127.0.0.1:PORT`. Throws before the first `start`. */
  get url(): string {
    if (this.#port === 0) throw new Error(`${this.#options.name} has no address before it is started`)
    return `http://${HOST}:${this.#port}`
  }

  /** Listens. Rejects with `port-taken` when another program has the port. */
  start(): Promise<void> {
    return this.#step(async () => {
      if (!this.#server) this.#server = await this.#listen()
    })
  }

  /** Cuts every connection and really stops listening: new connections are refused until the next `start`. */
  away(): Promise<void> {
    return this.#step(async () => {
      const server = this.#server
      this.#server = undefined
      if (!server) return
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      this.#options.leave?.()
      server.closeAllConnections()
      await closed
    })
  }

  #step(run: () => Promise<void>): Promise<void> {
    const step = this.#lastStep.then(run)
    this.#lastStep = step.catch(() => {})
    return step
  }

  #listen(): Promise<Server> {
    const server = createServer((request, response) => {
      this.#options.receive(request, response).catch(() => response.destroy())
    })
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') return reject(error)
        const text = `Port ${this.#port} on ${HOST} is taken by another program.`
        reject(new ChorusError('port-taken', text, { cause: error }))
      })
      server.listen(this.#port, HOST, () => {
        const address = server.address()
        if (typeof address === 'object' && address) this.#port = address.port
        resolve(server)
      })
    })
  }
}
