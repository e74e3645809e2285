import { type Cancel, type Clock, every, SECOND } from '../../clock.js'
import type { Problem } from './problem.js'
import type { Access, Reader, StreamedRoute } from './route.js'

export interface SectionStreamOptions {
  readonly path: string
  readonly access: Access
  readonly clock: Clock
  /** What each section is now, by its name and in the order in which they are told; one that is `undefined` is not told. */
  readonly sections: Readonly<Record<string, () => unknown>>
  /** Told of what nobody foresaw. */
  readonly fault: (error: unknown) => void
}

/** Ten frames a second are more than an eye asks for. */
const FRAME_MS = SECOND / 10
/** Far more tabs than one streamer has; a further one is refused. */
const READERS_MAX = 100
/** How long a reader may take for what was written last. */
const STUCK_MAX_MS = 10 * SECOND
/**
 * After so long without a change the time is told all the same: else the connection would count as idle, and a page could not know
 * whether anybody is still there.
 */
const SILENCE_MAX_MS = 10 * SECOND

/** A section as it was made last. */
interface Made {
  /** The same object again needs no second look: what is told is never changed. */
  readonly value: unknown
  readonly text: string | undefined
}

interface Seat {
  readonly reader: Reader
  /** By section, the text it has; never more of them than there are sections. */
  readonly has: Map<string, string>
  /** Whether it knows what time it is here. */
  isGreeted: boolean
  /** When it was last written to. */
  wroteAtMs: number
}

/**
 * How it goes, in sections as they change, as Server-Sent Events. While somebody reads, each section is made once per frame,
 * whatever happens in chat, and is written to those who have another one. Who has not taken the last frame gets no further one
 * until then, so that never more than one is kept for anybody; who does not take it at all is cut off. Nobody reads: nothing
 * is done.
 */
export class SectionStream {
  readonly #options: SectionStreamOptions
  readonly #seats = new Set<Seat>()
  /** By section, what it was in the last frame. */
  readonly #made = new Map<string, Made>()
  /** Sections that failed in the last frame. */
  readonly #failing = new Set<string>()
  #cancel: Cancel | undefined
  #isStopped = false

  constructor(options: SectionStreamOptions) {
    this.#options = options
  }

  get route(): StreamedRoute {
    const { access, path } = this.#options
    return {
      method: 'GET',
      path,
      access,
      refuse: () => (this.#seats.size < READERS_MAX ? undefined : FULL),
      open: (reader) => this.open(reader),
    }
  }

  /** Writes to a reader from now on, until it is gone. */
  open(reader: Reader): void {
    if (this.#isStopped) return void reader.destroy()
    const wroteAtMs = this.#options.clock.now()
    const seat: Seat = { reader, has: new Map(), isGreeted: false, wroteAtMs }
    this.#seats.add(seat)
    reader.on('close', () => this.#leave(seat))
    // What went wrong with a connection ends it, and that is told.
    reader.on('error', () => {})
    // Further ones begin with what the others have: the next frame is near.
    if (this.#cancel) this.#show(seat)
    else this.#cancel = every(this.#options.clock, FRAME_MS, () => this.#frame())
  }

  /**
   * Tells every reader how it stands at the end, and ends: else a stop would look like a crash. What is told leaves with the next
   * turn of the event loop. Who has not taken what was told before is cut off. Safe to call twice.
   */
  stop(): void {
    this.#isStopped = true
    // Before anything more is written: that may fill a reader that has taken all so far.
    for (const seat of [...this.#seats]) if (seat.reader.writableNeedDrain) this.#cut(seat)
    if (this.#seats.size > 0) this.#frame()
    for (const seat of [...this.#seats]) this.#end(seat)
  }

  #frame(): void {
    for (const [name, make] of Object.entries(this.#options.sections)) this.#make(name, make)
    for (const seat of [...this.#seats]) this.#show(seat)
  }

  /** Where it can’t be told, readers keep what they have; that is a fault once, until it can be told again. */
  #make(name: string, make: () => unknown): void {
    try {
      const value = make()
      const last = this.#made.get(name)
      if (!last || last.value !== value) this.#made.set(name, { value, text: JSON.stringify(value) })
      this.#failing.delete(name)
    } catch (error) {
      if (!this.#failing.has(name)) this.#options.fault(error)
      this.#failing.add(name)
    }
  }

  #show(seat: Seat): void {
    const silentMs = this.#options.clock.now() - seat.wroteAtMs
    if (seat.reader.writableNeedDrain) {
      if (silentMs >= STUCK_MAX_MS) this.#cut(seat)
      return
    }
    const text = this.#newTo(seat)
    if (text !== '') this.#write(seat, text)
    else if (silentMs >= SILENCE_MAX_MS) this.#write(seat, this.#clockEvent())
  }

  /** What the reader has not yet, which it has from now on. A page needs the time before all else: ages are counted from it. */
  #newTo(seat: Seat): string {
    let news = seat.isGreeted ? '' : this.#clockEvent()
    seat.isGreeted = true
    for (const [name, { text }] of this.#made) {
      if (text === undefined || seat.has.get(name) === text) continue
      seat.has.set(name, text)
      news += toEvent(name, text)
    }
    return news
  }

  #clockEvent(): string {
    return toEvent('clock', JSON.stringify({ nowMs: Math.round(this.#options.clock.wall()) }))
  }

  #write(seat: Seat, text: string): void {
    seat.wroteAtMs = this.#options.clock.now()
    seat.reader.write(text)
  }

  #end(seat: Seat): void {
    this.#leave(seat)
    seat.reader.end()
  }

  #cut(seat: Seat): void {
    this.#leave(seat)
    seat.reader.destroy()
  }

  #leave(seat: Seat): void {
    this.#seats.delete(seat)
    if (this.#seats.size > 0) return
    this.#cancel?.()
    this.#cancel = undefined
  }
}

/** JSON has no line breaks of its own, so the data is one line. */
function toEvent(name: string, json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`
}

const FULL: Problem = {
  status: 503,
  error: 'too-many-readers',
  message: `${READERS_MAX} readers follow it already.`,
  advice: 'Close some pages of the control room, or ask for /api/status now and then.',
}
