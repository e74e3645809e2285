import { createRequire } from 'node:module'
import type { Client, Events } from 'tmi.js'
import { type Clock, SECOND } from '../clock.js'
import { ChorusError } from '../errors.js'
import type { ChatServer } from './chat-server.js'
import type { RawLine } from './from-raw.js'

export interface TmiWireOptions {
  readonly server: ChatServer
  readonly login: string
  readonly token: string
  readonly clock: Clock
  /** Sees each line before tmi.js does; true keeps it from tmi.js. */
  readonly take: (line: RawLine) => boolean
  /** Whatever was thrown, by a callback or by tmi.js itself. */
  readonly fault: (error: unknown) => void
}

/** How long the server may take to answer our closing. Without a limit a dead one would hold the socket for good. */
const CLOSE_MS = SECOND / 2
const CLOSED = 3
const SILENT = { info() {}, warn() {}, error() {} }

interface Socket {
  readonly readyState: number
  send(text: string): void
  close(): void
  terminate?(): void
  addEventListener(event: 'close', run: () => void): void
}

/** The parts of a tmi.js client whose types are missing or in the way. The package is pinned and has not changed since 2021. */
interface Inside {
  on(event: string, run: (...args: unknown[]) => void): void
  handleMessage(line: RawLine): void
  _onMessage(event: { readonly data: unknown }): void
  _onError(event: { readonly error?: unknown; readonly message?: unknown }): void
  readonly ws: Socket | null
}

/**
 * tmi.js without its traps: the one file that knows the package. What it does on its own account (joining,
 * reconnecting, calling an address of Twitch that is gone) is switched off, nothing thrown gets into it or out of
 * it, and closing ends.
 */
export class TmiWire {
  readonly #options: TmiWireOptions
  readonly #client: Client
  readonly #inside: Inside
  #closing: Promise<void> | undefined
  /** What went wrong with the socket: Node's code, such as ECONNREFUSED, or words of the `ws` package. */
  #fault: string | undefined

  constructor(options: TmiWireOptions) {
    this.#options = options
    const { Client } = requireTmi()
    this.#client = new Client({
      options: { skipUpdatingEmotesets: true, skipMembership: true },
      connection: { ...options.server, reconnect: false },
      identity: { username: options.login, password: options.token },
      logger: SILENT,
    })
    this.#inside = this.#client as unknown as Inside
    this.#guard()
  }

  /** The name the server has logged the account in by. */
  get username(): string {
    return this.#client.getUsername()
  }

  get isOpen(): boolean {
    return this.#closing === undefined && this.#client.readyState() === 'OPEN'
  }

  /** Rejects with tmi.js' reason, always as an Error. */
  async connect(): Promise<void> {
    try {
      await this.#client.connect()
    } catch (reason) {
      throw new Error(this.explain(String(reason)))
    }
  }

  /** Why the connection is gone, in place of the words of tmi.js: to that, every fault is "Unable to connect." */
  explain(reason: string): string {
    if (this.#fault === undefined) return reason || 'The connection was lost.'
    const { server, port, secure } = this.#options.server
    const address = `${secure ? 'wss' : 'ws'}://${server}:${port}`
    const { message, advice } = new ChorusError(
      'chat-unreachable',
      `No connection to ${address} (${this.#fault}).`,
    )
    return `${message} ${advice}`
  }

  /** Calls `listener`, behind a guard, until the wire is closed. */
  on<E extends keyof Events>(event: E, listener: Events[E]): void {
    const run = listener as (...args: unknown[]) => void
    const guarded = (...args: unknown[]) => {
      if (this.#closing) return
      try {
        run(...args)
      } catch (error) {
        this.#options.fault(error)
      }
    }
    this.#inside.on(event, guarded)
  }

  /**
   * Writes one raw line; only where the wire is open. Past tmi.js, whose `raw` adds nothing but a timer that nobody can end: it would
   * keep the process alive for 0.6 s after the last line.
   */
  write(raw: string): void {
    try {
      this.#inside.ws?.send(raw)
    } catch (error) {
      this.#options.fault(error)
    }
  }

  /** Ends it; resolves when the socket is gone, at the latest after half a second. No listener is called any more. */
  close(): Promise<void> {
    this.#closing ??= this.#closeSocket()
    return this.#closing
  }

  /**
   * Steps between tmi.js' parser and its handler, which throws at some malformed lines and at binary frames: from
   * there an exception would end the process. It is also the only place where raw lines can be had without paying
   * for a deep copy of each (`raw_message`).
   */
  #guard(): void {
    const { handleMessage, _onMessage, _onError } = this.#inside
    this.#inside._onError = (event) => {
      this.#fault = faultOf(event)
      _onError.call(this.#inside, event)
    }
    this.#inside._onMessage = (event) => {
      if (typeof event.data === 'string') _onMessage.call(this.#inside, event)
    }
    this.#inside.handleMessage = (line) => {
      if (this.#closing) return
      try {
        if (!this.#options.take(line)) handleMessage.call(this.#inside, line)
      } catch (error) {
        this.#options.fault(error)
      }
    }
  }

  #closeSocket(): Promise<void> {
    const socket = this.#inside.ws
    if (!socket || socket.readyState === CLOSED) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(CLOSE_MS, () => {
        socket.terminate?.()
        resolve()
      })
      socket.addEventListener('close', () => {
        cancel()
        resolve()
      })
      socket.close()
    })
  }
}

function faultOf({ error, message }: Parameters<Inside['_onError']>[0]): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(message)
}

/**
 * tmi.js takes the built-in WebSocket where there is one (Node >= 22), whose closing can hang for ever. Hidden from it
 * while it loads, it takes the `ws` package.
 */
function requireTmi(): typeof import('tmi.js') {
  const builtIn = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  Reflect.deleteProperty(globalThis, 'WebSocket')
  try {
    return createRequire(import.meta.url)('tmi.js')
  } finally {
    if (builtIn) Object.defineProperty(globalThis, 'WebSocket', builtIn)
  }
}
