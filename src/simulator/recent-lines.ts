import { parseIrcLine } from './irc-line.js'
import { type Person, toPerson } from './person.js'
import { normaliseText } from './send-rules.js'

/** Something that was said and can still be replied to or deleted. */
export interface PastLine {
  readonly id: string
  readonly person: Person
  /** As viewers read it. */
  readonly text: string
}

/** A recorded line is kept raw and only taken apart when someone asks: most are never asked for. */
type Kept = PastLine | string

/** Bound: at least this many lines of a room are remembered, at most twice as many; older ones are forgotten. */
const LINES_KEPT = 2500

/** What was said in a room lately: what a reply can be threaded to and what unique mode compares with. */
export class RecentLines {
  /** Two generations instead of one map that drops its oldest entry: that one gets slower with every drop. */
  #young = new Map<string, Kept>()
  #old = new Map<string, Kept>()

  add(line: PastLine): void {
    this.#keep(line.id, line)
  }

  /** Remembers a recorded PRIVMSG by its id. */
  addRaw(raw: string): void {
    const start = raw.startsWith('@id=') ? '@id='.length : raw.indexOf(';id=') + ';id='.length
    if (start < '@id='.length || !raw.includes(' PRIVMSG ')) return
    const end = raw.indexOf(';', start)
    this.#keep(raw.slice(start, end === -1 ? raw.indexOf(' ', start) : end), raw)
  }

  get(id: string): PastLine | undefined {
    const line = this.#young.get(id) ?? this.#old.get(id)
    return typeof line === 'string' ? toPastLine(id, line) : line
  }

  /** Forgets one line; what it was, if it was there. */
  delete(id: string): PastLine | undefined {
    const line = this.get(id)
    this.#young.delete(id)
    this.#old.delete(id)
    return line
  }

  /** Forgets what one person said, or everything. */
  clear(login?: string): void {
    for (const line of this.#all()) {
      if (login === undefined || line.person.login === login) this.delete(line.id)
    }
  }

  /** Whether the same was said before. */
  has(text: string): boolean {
    const wanted = normaliseText(text)
    return this.#all().some((line) => normaliseText(line.text) === wanted)
  }

  #all(): PastLine[] {
    const ids = [...this.#old.keys(), ...this.#young.keys()]
    return ids.flatMap((id) => this.get(id) ?? [])
  }

  #keep(id: string, line: Kept): void {
    this.#young.set(id, line)
    if (this.#young.size < LINES_KEPT) return
    this.#old = this.#young
    this.#young = new Map()
  }
}

function toPastLine(id: string, raw: string): PastLine | undefined {
  const line = parseIrcLine(raw)
  const login = line?.prefix?.split('!', 1)[0]
  if (!line || login === undefined) return undefined
  const { tags, params } = line
  const person = toPerson({
    login,
    displayName: tags.get('display-name') || undefined,
    userId: tags.get('user-id') || undefined,
    color: tags.get('color') || undefined,
  })
  return { id, person, text: params[1] ?? '' }
}
