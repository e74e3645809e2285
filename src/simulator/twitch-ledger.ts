import type { SendBreach, SilentReason } from './send-rules.js'

/** One PRIVMSG that a client wrote, and what became of it. */
export interface SendAttempt {
  /** 1, 2, 3 … over the whole run. */
  readonly number: number
  /** Milliseconds of the simulator's monotonic clock. */
  readonly atMs: number
  /** Which connection wrote it. */
  readonly connection: number
  readonly account: string
  readonly channel: string
  /** As the client wrote it, without the frame of an action. */
  readonly text: string
  readonly isAction: boolean
  readonly nonce?: string
  readonly replyParent?: string
  /** `delivered`, the id of the NOTICE that refused it, or why it was ignored in silence. */
  readonly verdict: 'delivered' | SilentReason | (string & {})
  /** Of what was delivered: its id and what viewers read, with the `@name ` of a threaded reply. */
  readonly shown?: { readonly id: string; readonly text: string }
}

/** A rule of Twitch that a client broke. */
export interface Breach {
  readonly atMs: number
  readonly account: string
  readonly kind: SendBreach | 'logins-too-fast' | 'joins-too-fast'
  readonly channel?: string
  /** What it tried to say. */
  readonly text?: string
}

/** What happened to a connection. Tokens are never kept. */
export interface SessionEntry {
  readonly atMs: number
  readonly connection: number
  readonly kind: 'connect' | 'login' | 'login-refused' | 'join' | 'join-refused' | 'part' | 'close'
  readonly account?: string
  readonly channel?: string
  /** Why, where it went wrong. */
  readonly detail?: string
}

/** Which entries to look at; what is left out matches everything. */
export interface LedgerFilter {
  readonly account?: string | undefined
  readonly channel?: string | undefined
}

/** An entry as listeners get it. */
export type LedgerEntry =
  | { readonly type: 'attempt'; readonly attempt: SendAttempt }
  | { readonly type: 'breach'; readonly breach: Breach }
  | { readonly type: 'session'; readonly session: SessionEntry }

type ListenToLedger = (entry: LedgerEntry) => void

/** Bound of each of the three lists; beyond it the oldest tenth is forgotten and counted in `forgotten`. */
const ENTRIES_MAX = 200_000

/**
 * Everything that clients did and what it came to: what really reached chat, who broke which limit, who came and
 * went. Tests assert on it.
 */
export class TwitchLedger {
  readonly #attempts: SendAttempt[] = []
  readonly #breaches: Breach[] = []
  readonly #sessions: SessionEntry[] = []
  readonly #listeners = new Set<ListenToLedger>()
  #number = 0
  #forgotten = 0

  /** Every try to send, in the order they came. */
  attempts(filter: LedgerFilter = {}): SendAttempt[] {
    return this.#attempts.filter((attempt) => matches(attempt, filter))
  }

  /** What reached chat. */
  delivered(filter: LedgerFilter = {}): SendAttempt[] {
    return this.attempts(filter).filter(({ verdict }) => verdict === 'delivered')
  }

  get breaches(): readonly Breach[] {
    return this.#breaches
  }

  /** Connects, logins, joins, parts and closes. */
  sessions(filter: LedgerFilter & { readonly kind?: SessionEntry['kind'] } = {}): SessionEntry[] {
    return this.#sessions.filter(
      (entry) => matches(entry, filter) && (filter.kind === undefined || entry.kind === filter.kind),
    )
  }

  /** Entries that the bound has pushed out. */
  get forgotten(): number {
    return this.#forgotten
  }

  /** Calls `listener` after every entry. Returns the way to end that. */
  onEntry(listener: ListenToLedger): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Resolves as soon as `predicate` holds, asked now and after every entry. Rejects with the signal's reason: give
   * `AbortSignal.timeout(ms)`.
   */
  until(predicate: (ledger: this) => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (predicate(this)) return resolve()
      if (signal?.aborted) return reject(signal.reason)
      const end = this.onEntry(() => {
        if (!predicate(this)) return
        end()
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      const abort = () => {
        end()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  recordAttempt(attempt: Omit<SendAttempt, 'number'>): void {
    const numbered = { number: ++this.#number, ...attempt }
    this.#keep(this.#attempts, numbered)
    this.#tell({ type: 'attempt', attempt: numbered })
  }

  recordBreach(breach: Breach): void {
    this.#keep(this.#breaches, breach)
    this.#tell({ type: 'breach', breach })
  }

  recordSession(session: SessionEntry): void {
    this.#keep(this.#sessions, session)
    this.#tell({ type: 'session', session })
  }

  #keep<T>(list: T[], entry: T): void {
    list.push(entry)
    if (list.length <= ENTRIES_MAX) return
    this.#forgotten += list.splice(0, ENTRIES_MAX / 10).length
  }

  #tell(entry: LedgerEntry): void {
    for (const listener of this.#listeners) listener(entry)
  }
}

function matches(
  entry: { readonly account?: string; readonly channel?: string },
  { account, channel }: LedgerFilter,
): boolean {
  return (
    (account === undefined || entry.account === account.toLowerCase()) &&
    (channel === undefined || entry.channel === channel.replace(/^#/, '').toLowerCase())
  )
}
