import { type Clock, every, MINUTE, SECOND } from '../clock.js'
import type { KnownSecrets } from '../known-secrets.js'
import { maskSecrets } from '../mask-secrets.js'
import type { DeviceLogin, TokenGrant } from '../tokens/id-answer.js'
import { CHAT_SCOPES } from '../tokens/scopes.js'
import type { SignInProgress } from '../tokens/sign-in.js'
import { ChatScreen, type ScreenOutput } from './chat-screen.js'

export interface LoginScreenOptions {
  readonly login: string
  readonly output: ScreenOutput
  readonly clock: Clock
  /** Learns what is given out. */
  readonly secrets: KnownSecrets
}

const WAITING = 'Waiting for you to confirm'
const STATUS_EVERY_MS = SECOND / 2

/** What a person sees while they sign an account in at the browser; never a device code or a token. */
export class LoginScreen implements SignInProgress {
  readonly #login: string
  readonly #isTerminal: boolean
  readonly #screen: ChatScreen
  readonly #clock: Clock
  readonly #secrets: KnownSecrets
  #trouble = ''
  #cancel = () => {}

  constructor({ login, output, clock, secrets }: LoginScreenOptions) {
    this.#login = login
    this.#isTerminal = output.isTTY === true
    this.#screen = new ChatScreen(masked(output, secrets))
    this.#clock = clock
    this.#secrets = secrets
  }

  print(line: string): void {
    this.#screen.print(line)
  }

  begun(device: DeviceLogin): void {
    this.#secrets.add(device.deviceCode.reveal())
    for (const line of instructions(this.#login, device)) this.#screen.print(line)
    if (!this.#isTerminal) this.#screen.print(`${WAITING} …`)
    const endsAtMs = this.#clock.now() + device.expiresInMs
    this.#cancel = every(this.#clock, STATUS_EVERY_MS, () => {
      const left = Math.max(0, Math.ceil((endsAtMs - this.#clock.now()) / SECOND))
      const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
      this.#screen.status(`${WAITING} · ${time} left${this.#trouble}`)
    })
  }

  granted({ accessToken, refreshToken }: TokenGrant): void {
    this.#secrets.add(accessToken.reveal())
    this.#secrets.add(refreshToken?.reveal() ?? '')
  }

  trouble(reason: string | undefined): void {
    const trouble = reason === undefined ? '' : ` · ${reason}; trying again`
    if (reason !== undefined && this.#trouble === '') this.#screen.print(`For now: ${reason}. Trying again …`)
    this.#trouble = trouble
  }

  /** Takes the status away. Safe to call twice. */
  end(): void {
    this.#cancel()
    this.#screen.close()
  }
}

function instructions(login: string, { address, userCode, expiresInMs }: DeviceLogin): string[] {
  return [
    `To sign ${login} in:`,
    '',
    `  1. Open a private window of your browser, and log in to Twitch there as ${login}.`,
    `  2. In that window, open ${address}`,
    `  3. Compare the code, ${userCode}, and confirm.`,
    '',
    `Chorus asks for ${CHAT_SCOPES.join(' and ')}, nothing else. The code is good for ${Math.ceil(expiresInMs / MINUTE)} minutes; Ctrl-C ends this.`,
  ]
}

/** Whatever is printed goes through it: a device code is as good as a token. */
function masked(output: ScreenOutput, secrets: KnownSecrets): ScreenOutput {
  const mask = maskSecrets(secrets)
  return {
    isTTY: output.isTTY,
    get columns() {
      return output.columns
    },
    write: (text) => output.write(mask(text)),
  }
}
