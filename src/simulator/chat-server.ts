import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { ChorusError } from '../errors.js'

/** The server's end of one WebSocket. */
export interface Wire {
  /** Sends one text frame. */
  send(frame: string): void
  /** Closes it the polite way. */
  close(): void
  /** Destroys the TCP connection: `end` as a process that ends would, `reset` as a router that forgets it. */
  cut(how: 'end' | 'reset'): void
  /** Reads nothing and writes nothing from now on; the socket stays open. */
  freeze(): void
}

/** What the server tells about one WebSocket. */
export interface WireHandler {
  /** One text frame came. */
  receive(frame: string): void
  /** It is gone; called once. */
  closed(): void
}

/** What decides how the server behaves. */
export interface ChatServerOptions {
  /** 0 = any free port. */
  readonly port: number
  accept(wire: Wire): WireHandler
  /** While true, every TCP connection is refused. */
  isAway(): boolean
  /** While true, a client that says goodbye gets no answer. */
  ignoresCloseHandshakes(): boolean
}

/** Longest frame a client may send; a longer one ends its connection. */
const FRAME_MAX_BYTES = 64 * 1024
/** Bytes that may wait for a client that does not read; then it is cut off. */
const UNSENT_MAX_BYTES = 64 * 1024 * 1024

/** A WebSocket server on loopback that speaks in text frames. */
export class ChatServer {
  readonly #options: ChatServerOptions
  readonly #http: Server
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_MAX_BYTES,
    // tmi.js needs `irc` confirmed; clients that ask for nothing must get nothing.
    handleProtocols: (offered) => (offered.has('irc') ? 'irc' : false),
  })
  readonly #tcp = new Set<Socket>()

  constructor(options: ChatServerOptions) {
    this.#options = options
    this.#http = createServer((_, response) => response.writeHead(426).end())
    this.#http.on('connection', (socket: Socket) => this.#watch(socket))
    this.#http.on('upgrade', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) =>
        this.#adopt(webSocket, request.socket),
      )
    })
  }

  /** Resolves when it listens. Rejects with `port-taken` where another program has the port. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => reject(portError(this.#options.port, error))
      this.#http.once('error', fail)
      this.#http.listen(this.#options.port, '127.0.0.1', () => {
        this.#http.off('error', fail)
        resolve()
      })
    })
  }

  /** Ends every connection and the server. */
  async stop(): Promise<void> {
    for (const socket of this.#tcp) socket.destroy()
    if (this.#http.listening) await new Promise((resolve) => this.#http.close(resolve))
  }

  /** The port it listens on; 0 while it does not. */
  get port(): number {
    const address = this.#http.address() as AddressInfo | null
    return address?.port ?? 0
  }

  #watch(socket: Socket): void {
    if (this.#options.isAway()) {
      socket.destroy()
      return
    }
    this.#tcp.add(socket)
    socket.setNoDelay(true)
    socket.once('close', () => this.#tcp.delete(socket))
  }

  #adopt(socket: WebSocket, tcp: Socket): void {
    const sayGoodbye = socket.close.bind(socket)
    // The library answers a client's close frame by calling this method: the only place to keep it from doing so.
    socket.close = (code, reason) => {
      if (!this.#options.ignoresCloseHandshakes()) sayGoodbye(code, reason)
    }
    const wire = toWire(socket, tcp, sayGoodbye)
    const handler = this.#options.accept(wire)
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (!isBinary) handler.receive(data.toString())
    })
    // Whatever goes wrong with a client ends in its close; an error without a listener would end the process.
    socket.on('error', () => socket.terminate())
    socket.once('close', () => handler.closed())
  }
}

function toWire(socket: WebSocket, tcp: Socket, sayGoodbye: () => void): Wire {
  let isFrozen = false
  return {
    send(frame) {
      if (isFrozen || socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > UNSENT_MAX_BYTES) socket.terminate()
      else socket.send(frame)
    },
    close: () => sayGoodbye(),
    cut(how) {
      if (how === 'reset') tcp.resetAndDestroy()
      else socket.terminate()
    },
    freeze() {
      isFrozen = true
      socket.pause()
      // The library hands over what it has read already when the socket ends.
      socket.removeAllListeners('message')
    },
  }
}

function portError(port: number, error: NodeJS.ErrnoException): Error {
  return error.code === 'EADDRINUSE'
    ? new ChorusError('port-taken', `Port ${port} on 127.0.0.1 is taken by another program.`, {
        cause: error,
      })
    : error
}
