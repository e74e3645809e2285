import { type Cancel, type Clock, MINUTE, SECOND } from '../clock.js'
import type { BotLogin } from '../domain.js'
import type { ChorusEmitter } from '../events.js'
import { WINDOW_MS } from './send-budget.js'

export interface LockOutOptions {
  readonly bot: BotLogin
  readonly clock: Clock
  readonly events: ChorusEmitter
  /** Called when {@link LockOut.waitMs} may say something else than before. */
  readonly onChange: () => void
}

/** Silent lines in a row after which Twitch is taken to ignore the account. */
const SILENT_MAX = 3
/** Refusals for speed in a row that are met by waiting; one more is a lock-out. */
const TOO_FAST_MAX = 2
/** After the first refusal for speed: Twitch's shortest slow mode, with a margin. */
const GAP_MS = 1.1 * SECOND
const FIRST_PROBE_MS = 30 * SECOND
const PROBE_MAX_MS = 10 * MINUTE

const SILENT =
  'Twitch does not answer its lines: as a rule the account is muted for an hour because it has sent too much, perhaps through another program.'
const TOO_FAST = 'Twitch says that the account sends too fast, perhaps through another program.'
const ADVICE =
  'Nothing, if it ends by itself: a line is tried from time to time. Let no other program use the account; a moderator or VIP is not muted.'

type State =
  | { readonly kind: 'open' }
  /** Nothing is written until `probeAtMs`; then one line is, and what Twitch says to it decides. */
  | { readonly kind: 'locked'; readonly reason: string; readonly probeAtMs: number; readonly pauseMs: number }

/** What a refusal for speed asks for. */
export type Slowdown =
  | { readonly kind: 'wait'; readonly scope: 'channel' | 'account'; readonly waitMs: number }
  | { readonly kind: 'locked' }

/**
 * Notices when Twitch has stopped listening to an account, as it does for an hour where one has sent too much, without a
 * word. Rooms where the account is moderator, VIP or broadcaster are not concerned.
 *
 * | state  | is                                                    | goes to                                                     |
 * | ------ | ----------------------------------------------------- | ----------------------------------------------------------- |
 * | open   | lines are answered                                    | locked: after three silent lines, or three refusals for speed |
 * | locked | parked; from time to time a real line is sent as probe | open: Twitch answers one; locked for twice as long: it does not |
 */
export class LockOut {
  readonly #options: LockOutOptions
  #state: State = { kind: 'open' }
  #silentInRow = 0
  #silentSinceMs = 0
  #tooFastInRow = 0
  #cancelProbe: Cancel = () => {}

  constructor(options: LockOutOptions) {
    this.#options = options
  }

  /** Why the account is parked; `undefined` while it is not. */
  get reason(): string | undefined {
    return this.#state.kind === 'locked' ? this.#state.reason : undefined
  }

  /** Milliseconds until a line may be written as far as this goes; 0 when one may be now. */
  get waitMs(): number {
    return this.#state.kind === 'locked' ? Math.max(0, this.#state.probeAtMs - this.#options.clock.now()) : 0
  }

  /** Twitch answered a line, whatever it said but "too fast". */
  answered(): void {
    const { bot, events, onChange } = this.#options
    const wasLocked = this.#state.kind === 'locked'
    this.#state = { kind: 'open' }
    this.#silentInRow = 0
    this.#tooFastInRow = 0
    this.#cancelProbe()
    if (!wasLocked) return
    events.emit('bot:unparked', { bot })
    onChange()
  }

  /**
   * A line got no answer, though Twitch is heard. True when the account is locked out from now on, or still is.
   *
   * @param writtenMs when it was written
   * @param othersHeardMs when a line of somebody else was last heard: in a chat where nothing comes in, silence says little
   */
  silent(writtenMs: number, othersHeardMs: number): boolean {
    if (this.#silentInRow === 0) this.#silentSinceMs = writtenMs
    this.#silentInRow += 1
    if (this.#state.kind === 'locked') return this.#lock(this.#state.reason)
    if (this.#silentInRow < SILENT_MAX || othersHeardMs <= this.#silentSinceMs) return false
    return this.#lock(SILENT)
  }

  /** Twitch refused a line because the account sends too fast. */
  tooFast(): Slowdown {
    this.#tooFastInRow += 1
    this.#silentInRow = 0
    if (this.#state.kind === 'locked' || this.#tooFastInRow > TOO_FAST_MAX) {
      this.#lock(TOO_FAST)
      return { kind: 'locked' }
    }
    return this.#tooFastInRow === 1
      ? { kind: 'wait', scope: 'channel', waitMs: GAP_MS }
      : { kind: 'wait', scope: 'account', waitMs: WINDOW_MS }
  }

  /** Leaves no timer behind. */
  stop(): void {
    this.#cancelProbe()
  }

  #lock(reason: string): true {
    const { bot, clock, events, onChange } = this.#options
    const isNews = this.#state.kind === 'open'
    const pauseMs =
      this.#state.kind === 'locked' ? Math.min(PROBE_MAX_MS, 2 * this.#state.pauseMs) : FIRST_PROBE_MS
    this.#state = { kind: 'locked', reason, pauseMs, probeAtMs: clock.now() + pauseMs }
    this.#cancelProbe()
    this.#cancelProbe = clock.after(pauseMs, onChange)
    if (isNews) events.emit('bot:parked', { bot, reason, advice: ADVICE })
    onChange()
    return true
  }
}
