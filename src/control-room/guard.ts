import type { ControlToken } from './control-token.js'
import type { Problem } from './problem.js'

/** What a request says of where it comes from, and who sends it. Hostile. */
export interface Knock {
  readonly method: string
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  /** The address of ours that the connection was made to. */
  readonly localAddress: string | undefined
}

export interface GuardOptions {
  /** The host that is listened on. */
  readonly host: string
  readonly port: () => number
  readonly token: ControlToken
}

/** The whole of `Host`: a name or an address, and a port where it is not that of http. */
const HOST = /^(\[[\da-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i
const HTTP_PORT = 80
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']
/** Requests with any other method change something. */
const READING = ['GET', 'HEAD']

/** Says who may come in. It decides by headers alone, before anything of a body is read. */
export class Guard {
  readonly #options: GuardOptions

  constructor(options: GuardOptions) {
    this.#options = options
  }

  /**
   * Why a request must not be answered, whoever sends it. A page of somebody else’s can have a browser ask us, under its own
   * name even (DNS rebinding): it can’t choose the `Host` that the browser then names, nor the `Origin`, nor make the browser
   * send an `Authorization`.
   */
  refuseForeign(knock: Knock): Problem | undefined {
    const host = this.#ownHost(knock)
    if (host === undefined) return FOREIGN_HOST
    if (knock.origin !== undefined) return knock.origin === `http://${host}` ? undefined : FOREIGN_ORIGIN
    const isSafe = READING.includes(knock.method) || knock.authorization !== undefined
    return isSafe ? undefined : NO_ORIGIN
  }

  /** Why somebody may not ask for what only those may who have the token. */
  refuseUnknown(knock: Knock): Problem | undefined {
    return this.knows(knock) ? undefined : NO_TOKEN
  }

  /** Whether the request brings the token: as a bearer, else as the cookie. */
  knows(knock: Knock): boolean {
    const offered = knock.authorization === undefined ? this.#cookieOf(knock) : bearerOf(knock.authorization)
    return offered !== undefined && this.#options.token.matches(offered)
  }

  /** Lets a browser in from now on; `undefined` for a wrong token. */
  cookieFor(token: string): string | undefined {
    if (!this.#options.token.matches(token)) return undefined
    return `${this.#cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict`
  }

  /** Cookies do not know ports: two control rooms of one machine must not take each other’s. */
  get #cookieName(): string {
    return `chorus_${this.#options.port()}`
  }

  #cookieOf({ cookie = '' }: Knock): string | undefined {
    const start = `${this.#cookieName}=`
    return cookie
      .split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(start))
      ?.slice(start.length)
  }

  /** The request’s `Host`, where it is one of ours; in lower case. */
  #ownHost({ host = '', localAddress }: Knock): string | undefined {
    const [all, name, port = HTTP_PORT] = HOST.exec(host.toLowerCase()) ?? []
    if (all === undefined || name === undefined || Number(port) !== this.#options.port()) return undefined
    const own = [...LOOPBACK_NAMES, bracketed(this.#options.host.toLowerCase())]
    // An address that the connection was really made to is no name that somebody could have pointed at us.
    if (localAddress !== undefined) own.push(bracketed(localAddress.replace(/^::ffff:/, '')))
    return own.includes(name) ? all : undefined
  }
}

/** A host as it stands in an address. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** Nothing where it is another scheme. */
function bearerOf(authorization: string): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization)?.[1]
}

const FOREIGN_HOST: Problem = {
  status: 403,
  error: 'foreign-host',
  message: 'This server is not known by the name or the port that it was asked under.',
  advice: 'Use the address that Chorus has printed at its start; another name has to be set as HOST.',
}
const FOREIGN_ORIGIN: Problem = {
  status: 403,
  error: 'foreign-origin',
  message: 'The request comes from a page of another origin.',
  advice: 'Use the control room’s own page, or send the token as "Authorization: Bearer …" from a program.',
}
const NO_ORIGIN: Problem = {
  status: 403,
  error: 'no-origin',
  message: 'A request that changes something must say where it comes from.',
  advice: 'A program sends the token as "Authorization: Bearer …"; browsers send an Origin by themselves.',
}
const NO_TOKEN: Problem = {
  status: 401,
  error: 'no-token',
  message: 'The token is missing or wrong.',
  advice:
    'Open the link that Chorus has printed at its start, or send its token as "Authorization: Bearer …". With CHORUS_CONTROL_TOKEN set, that is the token.',
}
