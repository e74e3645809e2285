import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Secret } from '../../secret.js'

/** Too many to guess. */
const RANDOM_BYTES = 24

/** What opens the control room: the one that was set, or a random one of this start. */
export class ControlToken {
  /** Somebody has set it, and knows it: it need not be shown. */
  readonly isFixed: boolean
  readonly #secret: Secret
  readonly #digest: Buffer

  constructor(fixed?: Secret) {
    this.isFixed = fixed !== undefined
    this.#secret = fixed ?? new Secret(randomBytes(RANDOM_BYTES).toString('base64url'))
    this.#digest = digestOf(this.#secret.reveal())
  }

  /**
   * Another token, for one purpose: the same as long as this one is, and nobody who has it learns anything of this one.
   */
  derive(purpose: string): ControlToken {
    const key = createHmac('sha256', this.#secret.reveal()).update(purpose)
    return new ControlToken(new Secret(key.digest('base64url')))
  }

  /** The value, for the link, for the cookie and for those who must know what never to show. */
  reveal(): string {
    return this.#secret.reveal()
  }

  /** Takes as long for what is nearly right as for what is all wrong: digests have one length. */
  matches(candidate: string): boolean {
    return timingSafeEqual(digestOf(candidate), this.#digest)
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
