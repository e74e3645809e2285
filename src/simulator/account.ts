import { SECOND } from '../clock.js'
import type { Person } from './person.js'
import { RateLog } from './rate-log.js'
import { BUCKET_PRIVILEGED, BUCKET_WINDOW_MS, LOCKOUT_MS } from './send-rules.js'

/** Logins and joins are counted over this long. */
const GATE_WINDOW_MS = 10 * SECOND
/** Logins, and joins, that an account may make in that time. */
const GATE_MAX = 20
/** Bound: channels whose last message an account is compared with; beyond it the one longest unused is forgotten. */
const CHANNELS_MAX = 1000

interface ChannelHistory {
  lastAttemptMs?: number
  lastDelivered?: { readonly text: string; readonly atMs: number }
}

/** What Twitch remembers of one account, over all its connections and channels. */
export class Account {
  readonly person: Person
  readonly #sent = new RateLog({ windowMs: BUCKET_WINDOW_MS, entriesMax: 2 * BUCKET_PRIVILEGED })
  readonly #logins = new RateLog({ windowMs: GATE_WINDOW_MS, entriesMax: 2 * GATE_MAX })
  readonly #joins = new RateLog({ windowMs: GATE_WINDOW_MS, entriesMax: 2 * GATE_MAX })
  readonly #channels = new Map<string, ChannelHistory>()
  #lockedUntilMs = Number.NEGATIVE_INFINITY

  constructor(person: Person) {
    this.person = person
  }

  get login(): string {
    return this.person.login
  }

  sentInWindow(nowMs: number): number {
    return this.#sent.count(nowMs)
  }

  isLockedOut(nowMs: number): boolean {
    return nowMs < this.#lockedUntilMs
  }

  lockOut(nowMs: number): void {
    this.#lockedUntilMs = nowMs + LOCKOUT_MS
  }

  /** What went before in a channel, as ages. */
  historyIn(channel: string, nowMs: number) {
    const { lastAttemptMs, lastDelivered } = this.#channels.get(channel) ?? {}
    return {
      sinceAttemptMs: lastAttemptMs === undefined ? undefined : nowMs - lastAttemptMs,
      lastDelivered: lastDelivered && { text: lastDelivered.text, agoMs: nowMs - lastDelivered.atMs },
    }
  }

  /** Counts one attempt to send, whatever its verdict. */
  countAttempt(channel: string, nowMs: number): void {
    this.#sent.add(nowMs)
    this.#history(channel).lastAttemptMs = nowMs
  }

  rememberDelivered(channel: string, text: string, nowMs: number): void {
    this.#history(channel).lastDelivered = { text, atMs: nowMs }
  }

  /** Counts a login; false when it is one too many. */
  countLogin(nowMs: number): boolean {
    this.#logins.add(nowMs)
    return this.#logins.count(nowMs) <= GATE_MAX
  }

  /** Counts a join; false when it is one too many. */
  countJoin(nowMs: number): boolean {
    this.#joins.add(nowMs)
    return this.#joins.count(nowMs) <= GATE_MAX
  }

  #history(channel: string): ChannelHistory {
    const history = this.#channels.get(channel) ?? {}
    this.#channels.delete(channel)
    this.#channels.set(channel, history)
    const oldest = this.#channels.keys().next()
    if (this.#channels.size > CHANNELS_MAX && !oldest.done) this.#channels.delete(oldest.value)
    return history
  }
}
