import type { Roles } from '../domain.js'
import type { NoticeVerdict } from './notice-verdict.js'
import type { RoomAllowance } from './send-budget.js'

/**
 * What a ROOMSTATE says: all of it after a join, only what has changed later. Of the other modes (followers-only, unique
 * chat) only a NOTICE tells whether they keep the account out.
 */
export interface RoomModes {
  readonly slowMs?: number
  readonly isEmoteOnly?: boolean
  readonly isSubscribersOnly?: boolean
}

/** What lifts an account above the others in a room; where it is several, the first one. */
export type SpecialRole = (typeof SPECIAL_ROLES)[number]

const SPECIAL_ROLES = ['broadcaster', 'moderator', 'vip'] as const

type Closing = Extract<NoticeVerdict, { kind: 'close' }>

interface Closed {
  readonly reason: string
  readonly untilMs: number
  readonly isForGood: boolean
}

/**
 * How one account stands in one room: what it is there, the room's modes, and whether it may talk at all. Told by
 * USERSTATE, ROOMSTATE, the badges on its lines, and NOTICEs; after a reconnect it is told anew.
 */
export class RoomStanding implements RoomAllowance {
  #role: SpecialRole | undefined
  #isSubscriber = false
  #modes: RoomModes = {}
  #closed: Closed | undefined

  /** Moderator, VIP or broadcaster there: five times the allowance, and no mode but a ban or timeout keeps it out. */
  get isPrivileged(): boolean {
    return this.#role !== undefined
  }

  /** Which of them it is. */
  get role(): SpecialRole | undefined {
    return this.#role
  }

  get slowMs(): number {
    return this.#modes.slowMs ?? 0
  }

  /** Why the account may not talk there at `nowMs`, in words a streamer understands; `undefined` while it may. */
  closedReason(nowMs: number): string | undefined {
    if (this.#closed && nowMs < this.#closed.untilMs) return this.#closed.reason
    if (this.isPrivileged) return undefined
    if (this.#modes.isEmoteOnly) return 'The room is in emote-only mode.'
    return this.#modes.isSubscribersOnly && !this.#isSubscriber
      ? 'The room is in subscribers-only mode.'
      : undefined
  }

  /** Milliseconds until it is worth trying again, where only time tells; `undefined` where nothing is closed so. */
  reopensInMs(nowMs: number): number | undefined {
    const leftMs = (this.#closed?.untilMs ?? nowMs) - nowMs
    return leftMs > 0 && Number.isFinite(leftMs) ? leftMs : undefined
  }

  /** Whether someone must mend it before the account may talk there: a ban, an account that is not verified. */
  isClosedForGood(nowMs: number): boolean {
    return this.#closed?.isForGood === true && nowMs < this.#closed.untilMs
  }

  /** What badges say of the account; true when its allowance has changed by that. */
  setRoles(roles: Roles): boolean {
    const before = this.isPrivileged
    this.#role = SPECIAL_ROLES.find((role) => roles[role])
    this.#isSubscriber = roles.subscriber
    if (this.isPrivileged && !this.#closed?.isForGood) this.#closed = undefined
    return before !== this.isPrivileged
  }

  /** Takes in what has changed of the room's modes: what they kept out may be tried again. */
  setModes(change: RoomModes): void {
    this.#modes = { ...this.#modes, ...change }
    if (!this.#closed?.isForGood) this.#closed = undefined
  }

  /** Twitch says that the account may not talk there. */
  close({ reason, waitMs, isForGood }: Closing, nowMs: number): void {
    this.#closed = { reason, isForGood, untilMs: nowMs + waitMs }
  }

  /** The account has come in: it is not shut out. */
  joined(): void {
    if (this.#closed?.isForGood) this.#closed = undefined
  }
}
