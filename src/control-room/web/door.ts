import type { ControlToken } from './control-token.js'
import type { Knock } from './guard.js'
import type { Problem } from './problem.js'

export interface DoorOptions {
  readonly token: ControlToken
  readonly port: () => number
  /** What the cookie is called, before the port. */
  readonly cookie: string
  /** Browsers bring the cookie to this path, and to what is below it. */
  readonly path: string
  /** How somebody without the token comes to it, as a sentence. */
  readonly advice: string
}

/** A way in: a token, and the cookie that a browser keeps of it. */
export class Door {
  readonly #options: DoorOptions

  constructor(options: DoorOptions) {
    this.#options = options
  }

  get path(): string {
    return this.#options.path
  }

  get advice(): string {
    return this.#options.advice
  }

  /** Opens it in a browser: path and token, for nobody’s eyes but those who may come in. */
  get link(): string {
    const { path, token } = this.#options
    return `${path}?token=${token.reveal()}`
  }

  /** Whether the request brings the token: as a bearer, else as the cookie. */
  opensFor(knock: Knock): boolean {
    const { authorization } = knock
    const offered = authorization === undefined ? this.#cookiesOf(knock) : bearersOf(authorization)
    return offered.some((token) => this.#options.token.matches(token))
  }

  /** Why somebody may not ask for what only those may who have the token. */
  refuse(knock: Knock): Problem | undefined {
    const { advice } = this.#options
    return this.opensFor(knock) ? undefined : { ...NO_TOKEN, advice }
  }

  /** Lets a browser in from now on; `undefined` for a wrong token. */
  cookieFor(token: string): string | undefined {
    const { path, token: own } = this.#options
    if (!own.matches(token)) return undefined
    return `${this.#cookieName}=${token}; Path=${path}; HttpOnly; SameSite=Strict`
  }

  /** Cookies do not know ports: two control rooms of one machine must not take each other’s. */
  get #cookieName(): string {
    return `${this.#options.cookie}_${this.#options.port()}`
  }

  /** All of that name: what listens on another port of this machine can set one beside ours. */
  #cookiesOf({ cookie = '' }: Knock): string[] {
    const start = `${this.#cookieName}=`
    return cookie
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part.startsWith(start))
      .map((part) => part.slice(start.length))
  }
}

/** None where it is another scheme. */
function bearersOf(authorization: string): string[] {
  return /^bearer +(\S+)$/i.exec(authorization)?.slice(1) ?? []
}

const NO_TOKEN = { status: 401, error: 'no-token', message: 'The token is missing or wrong.' } as const
