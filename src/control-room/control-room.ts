import { createServer, type Server } from 'node:http'
import type { Chorus } from '../chorus.js'
import { type Clock, SECOND } from '../clock.js'
import type { Environment } from '../environment.js'
import { requireControlToken } from '../requirements.js'
import { Metrics } from './metrics/metrics.js'
import { apiRoutes } from './routes/api-routes.js'
import { deadLetterRoutes } from './routes/dead-letter-routes.js'
import type { DemoDesk } from './routes/demo-desk.js'
import { demoRoutes } from './routes/demo-routes.js'
import { healthRoutes } from './routes/health-routes.js'
import { tryRoute } from './routes/try-route.js'
import { Moments } from './snapshot/moments.js'
import { toSections } from './snapshot/sections.js'
import { ControlToken } from './web/control-token.js'
import { Door } from './web/door.js'
import { entrance } from './web/entrance.js'
import { bracketed, Guard } from './web/guard.js'
import { listen } from './web/listen.js'
import { PageFiles } from './web/page-files.js'
import { StatusStream } from './web/status-stream.js'
import { WebApp } from './web/web-app.js'

export interface ControlRoomOptions {
  readonly chorus: Pick<
    Chorus,
    'bots' | 'channels' | 'deadLetters' | 'events' | 'getStatus' | 'router' | 'slots' | 'tryOut'
  >
  readonly environment: Pick<Environment, 'controlToken' | 'host' | 'port' | 'secrets'>
  readonly clock: Clock
  /** Has Chorus stop gracefully, because somebody asks for it here. Must be safe to call twice. */
  readonly stopChorus: () => void
  /** Only beside a demo: what drives it. Without it nothing below `/api/demo` is there. */
  readonly demo?: DemoDesk
}

/** More than any number of watchers needs; further ones are turned away at the door. */
const CONNECTIONS_MAX = 200
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

const OVERLAY = '/overlay'
const KEEP_OUT =
  'Open the link that Chorus has printed at its start: it has the token. With CHORUS_CONTROL_TOKEN set, add ?token= and its value to this address.\n'
const NO_OVERLAY = 'Copy the address of the overlay from the control room: it has a token of its own.\n'

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
  readonly #metrics: Metrics
  readonly #moments: Moments
  readonly #stream: StatusStream
  #port = 0
  #started: Promise<void> | undefined
  #stopped: Promise<void> | undefined

  /** @throws ChorusError `no-control-token` where others could reach it and no token was set */
  constructor({ chorus, clock, demo, environment, stopChorus }: ControlRoomOptions) {
    requireControlToken(environment)
    const { events } = chorus
    const { controlToken, host, secrets } = environment
    this.#host = host
    this.#address = environment
    this.#token = new ControlToken(controlToken)
    const overlayToken = this.#token.derive('overlay')
    for (const token of [this.#token, overlayToken]) secrets.keep(token.reveal())
    this.#server = createServer(TIMES)
    this.#server.timeout = IDLE_MS
    this.#server.maxConnections = CONNECTIONS_MAX
    const hasJournal = chorus.deadLetters !== undefined
    const status = () => chorus.getStatus()
    const fault = (error: unknown) => void events.emit('error', { error, where: 'control room' })
    this.#metrics = new Metrics({ chorus, hasJournal })
    this.#moments = new Moments({ clock, status, fault })
    const history = () => this.#moments.history
    const sections = toSections({
      ...{ chorus, clock, history, hasJournal },
      overlay: `${OVERLAY}?token=${overlayToken.reveal()}`,
      ...(demo && { demo: { demo: () => demo.state(), chat: () => demo.lines() } }),
    })
    this.#stream = new StatusStream({ path: '/api/events', access: 'token', clock, sections, fault })
    const port = () => this.#port
    const files = new PageFiles()
    const door = new Door({ token: this.#token, port, cookie: 'chorus', path: '/' })
    const overlayDoor = new Door({ token: overlayToken, port, cookie: 'chorus_overlay', path: OVERLAY })
    this.#app = new WebApp({
      server: this.#server,
      guard: new Guard({ host, port }),
      doors: { token: door, overlay: overlayDoor },
      routes: [
        entrance({ path: '/', door, page: files.page('index.html'), advice: KEEP_OUT }),
        entrance({ path: OVERLAY, door: overlayDoor, page: files.page('overlay.html'), advice: NO_OVERLAY }),
        ...files.routes,
        ...healthRoutes({ status, hasJournal }),
        this.#metrics.route,
        ...apiRoutes({ chorus, now: () => clock.now(), stop: stopChorus }),
        ...deadLetterRoutes(chorus),
        tryRoute(chorus),
        ...(demo ? demoRoutes({ desk: demo, bots: chorus.bots }) : []),
        this.#stream.route,
      ],
      fault,
    })
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
    this.#metrics.start()
    this.#moments.start()
  }

  async #stop(): Promise<void> {
    // A start that is on its way would listen after the end.
    await this.#started?.catch(() => {})
    this.#metrics.stop()
    this.#moments.stop()
    this.#stream.stop()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
    await this.#app.close()
  }
}
