import type { Problem } from './problem.js'

/** What a request says of where it comes from, and who sends it. Hostile. */
export interface Knock {
  readonly method: string
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  /** `Sec-Fetch-Site` and `-Mode`: what a browser says of the page that asks, where it says so. */
  readonly fetchSite: string | undefined
  readonly fetchMode: string | undefined
  /** What is asked for, without its query. */
  readonly path: string
  /** The address of ours that the connection was made to. */
  readonly localAddress: string | undefined
}

export interface GuardOptions {
  /** The host that is listened on. */
  readonly host: string
  readonly port: () => number
  /** Where links of others may lead: to pages. */
  readonly entrances: readonly string[]
}

/** The whole of `Host`: a name or an address, and a port where it is not that of http. */
const HOST = /^(\[[\da-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i
const HTTP_PORT = 80
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']
/** Requests with any other method change something. */
const READING = ['GET', 'HEAD']

/** Says whose requests are looked at. It decides by headers alone, before anything of a body is read. */
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
    if (this.#isOfAnotherPage(knock)) return FOREIGN_ORIGIN
    if (knock.origin !== undefined) return knock.origin === `http://${host}` ? undefined : FOREIGN_ORIGIN
    const isSafe = READING.includes(knock.method) || knock.authorization !== undefined
    return isSafe ? undefined : NO_ORIGIN
  }

  /**
   * Whether a browser says that a page of another origin asks, of another port too: cookies would go along. Somebody who follows a
   * link to a page of ours is let in.
   */
  #isOfAnotherPage({ fetchMode, fetchSite, path }: Knock): boolean {
    if (fetchSite === undefined || ['same-origin', 'none'].includes(fetchSite)) return false
    return fetchMode !== 'navigate' || !this.#options.entrances.includes(path)
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
