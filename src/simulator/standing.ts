import type { Person } from './person.js'

/** What somebody is in a room. */
export type Role = 'broadcaster' | 'moderator' | 'vip' | 'subscriber' | 'none'

const BADGES: Readonly<Record<Role, readonly string[]>> = {
  broadcaster: ['broadcaster/1'],
  moderator: ['moderator/1'],
  vip: ['vip/1'],
  subscriber: ['subscriber/6'],
  none: [],
}

/** Bound of each table: beyond it the oldest entry is forgotten. */
const ENTRIES_MAX = 10_000

/** How people stand in one room: roles, follow ages, timeouts and bans. */
export class Standing {
  readonly #owner: string
  readonly #roles = new Map<string, Role>()
  readonly #followedMinutes = new Map<string, number>()
  readonly #timedOutUntilMs = new Map<string, number>()
  readonly #banned = new Map<string, true>()

  /** @param owner The room's own account: its broadcaster. */
  constructor(owner: string) {
    this.#owner = owner
  }

  roleOf({ login }: Person): Role {
    return this.#roles.get(login) ?? (login === this.#owner ? 'broadcaster' : 'none')
  }

  badgesOf(person: Person): readonly string[] {
    return BADGES[this.roleOf(person)]
  }

  /** Whether Twitch's higher allowance holds. */
  isPrivileged(person: Person): boolean {
    const role = this.roleOf(person)
    return role === 'broadcaster' || role === 'moderator' || role === 'vip'
  }

  setRole(person: Person, role: Role): void {
    remember(this.#roles, person.login, role)
  }

  followedMinutes({ login }: Person): number | undefined {
    return this.#followedMinutes.get(login)
  }

  setFollowed({ login }: Person, minutes: number | undefined): void {
    if (minutes === undefined) this.#followedMinutes.delete(login)
    else remember(this.#followedMinutes, login, minutes)
  }

  timedOutMs({ login }: Person, nowMs: number): number {
    return Math.max(0, (this.#timedOutUntilMs.get(login) ?? nowMs) - nowMs)
  }

  timeOut({ login }: Person, untilMs: number): void {
    remember(this.#timedOutUntilMs, login, untilMs)
  }

  isBanned({ login }: Person): boolean {
    return this.#banned.has(login)
  }

  ban({ login }: Person): void {
    remember(this.#banned, login, true)
  }

  /** Takes a ban and a timeout back. */
  pardon({ login }: Person): void {
    this.#banned.delete(login)
    this.#timedOutUntilMs.delete(login)
  }
}

function remember<T>(table: Map<string, T>, login: string, value: T): void {
  table.delete(login)
  table.set(login, value)
  const oldest = table.keys().next()
  if (table.size > ENTRIES_MAX && !oldest.done) table.delete(oldest.value)
}
