import { createServer, type Server } from 'node:http'
import { SECOND } from '../clock.js'
import type { Environment } from '../environment.js'
import { requireControlToken } from '../requirements.js'
import { type CreateRoutesOptions, createRoutes, type Running } from './create-routes.js'
import { ControlToken } from './web/control-token.js'
import { Door } from './web/door.js'
import { bracketed, Guard } from './web/guard.js'
import { listen } from './web/listen.js'
import { WebApp } from './web/web-app.js'

export interface ControlRoomOptions extends Omit<CreateRoutesOptions, 'doors' | 'fault'> {
  readonly environment: Pick<Environment, 'controlToken' | 'host' | 'port' | 'secrets'>
}

/** What keeps a connection from being held for ever by who sends slowly, or nothing. */
const TIMES = {
  headersTimeout: 5 * SECOND,
  requestTimeout: 10 * SECOND,
  keepAliveTimeout: 5 * SECOND,
  connectionsCheckingInterval: SECOND,
}
/** A connection on which nothing moves, in either direction. */
const IDLE_MS = 30 * SECOND
/** What browsers can be led to where all addresses of the machine are listened on. */
const SHOWN: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

const ROOM = {
  cookie: 'chorus',
  path: '/',
  advice:
    'Open the link that Chorus has printed at its start: it has the token. With CHORUS_CONTROL_TOKEN set, add ?token= and its value to this address. A program sends it as "Authorization: Bearer …".',
}
const OVERLAY = {
  cookie: 'chorus_overlay',
  path: '/overlay',
  advice: 'Copy the address of the overlay from the control room: it has a token of its own.',
}

/**
 * The web server beside a Chorus: how it goes, for people and programs, and only for those who may know. Who asks, and how,
 * never touches the way of a message.
 */
export class ControlRoom implements AsyncDisposable {
  readonly #host: string
  readonly #address: Pick<Environment, 'host' | 'port'>
  readonly #token: ControlToken
  readonly #server: Server
  readonly #app: WebApp
  readonly #running: readonly Running[]
  #port = 0
  #started: Promise<void> | undefined
  #stopped: Promise<void> | undefined

  /** @throws ChorusError `no-control-token` where others could reach it and no token was set */
  constructor(options: ControlRoomOptions) {
    const { chorus, environment } = options
    requireControlToken(environment)
    const { controlToken, host, secrets } = environment
    this.#host = host
    this.#address = environment
    this.#token = new ControlToken(controlToken)
    this.#server = createServer(TIMES)
    this.#server.timeout = IDLE_MS
    const port = () => this.#port
    const overlayToken = this.#token.derive('overlay')
    for (const token of [this.#token, overlayToken]) secrets.keep(token.reveal())
    const doors = {
      room: new Door({ ...ROOM, token: this.#token, port }),
      overlay: new Door({ ...OVERLAY, token: overlayToken, port }),
    }
    const entrances = Object.values(doors).map(({ path }) => path)
    const guard = new Guard({ host, port, entrances })
    const fault = (error: unknown) => void chorus.events.emit('error', { error, where: 'control room' })
    const { routes, running } = createRoutes({ ...options, doors, fault })
    this.#running = running
    this.#app = new WebApp({ server: this.#server, guard, doors, routes, fault })
    this.#server.on('error', (error) => {
      if (this.#port !== 0) fault(error)
    })
  }

  /** `http://127.0.0.1:3000/`, for anybody to see. */
  get url(): string {
    if (this.#port === 0) throw new TypeError('the control room has no address before it is started')
    return `http://${bracketed(SHOWN[this.#host] ?? this.#host)}:${this.#port}/`
  }

  /**
   * Opens the control room in a browser: for the person in front of the screen alone. Without the token where somebody has set
   * that, and knows it.
   */
  get link(): string {
    return this.#token.isFixed ? this.url : `${this.url}?token=${this.#token.reveal()}`
  }

  /**
   * Listens. Safe to call twice.
   *
   * @throws ChorusError `port-taken`, `port-refused`
   */
  start(): Promise<void> {
    this.#started ??= this.#start()
    return this.#started
  }

  /** Cuts every connection, whatever its other end does, and listens no more. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #start(): Promise<void> {
    await this.#app.ready()
    this.#port = await listen(this.#server, this.#address)
    for (const each of this.#running) each.start?.()
  }

  async #stop(): Promise<void> {
    // A start that is on its way would listen after the end.
    await this.#started?.catch(() => {})
    for (const each of this.#running) each.stop()
    // What was told last is on its way only with the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
    await this.#app.close()
  }
}
