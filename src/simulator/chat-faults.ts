/** What a script does with a message that the rules would let through. */
export type Fate =
  /** Nobody sees it; `isConfirmed` sends the USERSTATE all the same, as a very busy chat does. */
  | { readonly kind: 'drop'; readonly isConfirmed: boolean }
  /** Answered with this NOTICE. */
  | { readonly kind: 'notice'; readonly id: string; readonly text: string }
  /** Everybody sees it and it is confirmed, but this NOTICE comes before that. */
  | { readonly kind: 'remark'; readonly id: string; readonly text: string }
  /** Everybody sees it, but its USERSTATE never comes. */
  | { readonly kind: 'unconfirmed' }

interface Script<T> {
  readonly login: string | undefined
  readonly does: T
  left: number
}

/** Bound: scripts that wait for their turn; a further one is refused with a RangeError. */
const SCRIPTS_MAX = 1000

/** The faults that are switched on now, and scripts for the next messages and logins. */
export class ChatFaults {
  userStateDelayMs = 0
  joinDelayMs = 0
  ignoresCloseHandshakes = false
  isAway = false
  readonly #fates: Script<Fate>[] = []
  readonly #refusals: Script<string>[] = []
  /** By login. */
  readonly #lags = new Map<string, number>()

  /** The next `times` messages, of one account or of any, meet this fate. */
  scriptFate(does: Fate, times: number, login?: string): void {
    add(this.#fates, does, times, login)
  }

  /** The next `times` logins, of one account or of any, are refused in these words. */
  scriptRefusal(text: string, times: number, login?: string): void {
    add(this.#refusals, text, times, login)
  }

  /** Takes back every script that has not had its turn. */
  forgetScripts(): void {
    this.#fates.length = 0
    this.#refusals.length = 0
  }

  /** From now on lines reach that account so many milliseconds later. Bounded by the accounts that tests name. */
  setLag(login: string, ms: number): void {
    this.#lags.set(login.toLowerCase(), ms)
  }

  lagOf(login: string | undefined): number {
    return this.#lags.get(login ?? '') ?? 0
  }

  takeFate(login: string): Fate | undefined {
    return take(this.#fates, login)
  }

  takeRefusal(login: string): string | undefined {
    return take(this.#refusals, login)
  }
}

function add<T>(scripts: Script<T>[], does: T, times: number, login: string | undefined): void {
  if (scripts.length >= SCRIPTS_MAX) throw new RangeError(`more than ${SCRIPTS_MAX} scripts are waiting`)
  scripts.push({ does, left: times, login: login?.toLowerCase() })
}

function take<T>(scripts: Script<T>[], login: string): T | undefined {
  const index = scripts.findIndex((script) => script.login === undefined || script.login === login)
  const script = scripts[index]
  if (!script) return undefined
  script.left--
  if (script.left <= 0) scripts.splice(index, 1)
  return script.does
}
