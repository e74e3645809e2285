import { type Cancel, type Clock, every, SECOND } from '../clock.js'
import type { Problem } from './problem.js'
import type { Reader, StreamedRoute } from './route.js'

export interface StatusStreamOptions {
  readonly clock: Clock
  readonly status: () => object
  /** Told of what nobody foresaw. */
  readonly fault: (error: unknown) => void
}

/** Ten frames a second are more than an eye asks for. */
const FRAME_MS = SECOND / 10
/** Far more tabs than one streamer has; a further one is refused. */
const READERS_MAX = 100
/** How long a reader may take for what was written last. */
const STUCK_MAX_MS = 10 * SECOND
/** After so long without a change something is written all the same: else the connection would count as idle. */
const SILENCE_MAX_MS = 10 * SECOND

interface Seat {
  readonly reader: Reader
  /** The snapshot it has. */
  has: string
  /** When it was last written to. */
  wroteAtMs: number
}

/**
 * The status as it changes, as Server-Sent Events. While somebody reads, one snapshot is taken per frame, whatever happens in
 * chat, and is written to those who have another one. Who has not taken the last gets no further one until then, so
 * that never more than one is kept for anybody; who does not take it at all is cut off. Nobody reads: nothing is done.
 */
export class StatusStream {
  readonly #options: StatusStreamOptions
  readonly #seats = new Set<Seat>()
  #cancel: Cancel | undefined
  #isStopped = false

  constructor(options: StatusStreamOptions) {
    this.#options = options
  }

  get route(): StreamedRoute {
    return {
      method: 'GET',
      path: '/api/events',
      access: 'token',
      refuse: () => (this.#seats.size < READERS_MAX ? undefined : FULL),
      open: (reader) => this.open(reader),
    }
  }

  /** Writes to a reader from now on, until it is gone. */
  open(reader: Reader): void {
    if (this.#isStopped) return void reader.destroy()
    const seat: Seat = { reader, has: '', wroteAtMs: this.#options.clock.now() }
    this.#seats.add(seat)
    reader.on('close', () => this.#leave(seat))
    // What went wrong with a connection ends it, and that is told.
    reader.on('error', () => {})
    if (this.#cancel) this.#frame([seat])
    else this.#cancel = every(this.#options.clock, FRAME_MS, () => this.#frame(this.#seats))
  }

  /** Cuts every reader off. Safe to call twice. */
  stop(): void {
    this.#isStopped = true
    for (const seat of [...this.#seats]) this.#cut(seat)
  }

  #frame(seats: Iterable<Seat>): void {
    const snapshot = this.#snapshot()
    for (const seat of [...seats]) this.#show(seat, snapshot)
  }

  /** Nothing where it can’t be told: readers keep what they have. */
  #snapshot(): string | undefined {
    try {
      return JSON.stringify(this.#options.status())
    } catch (error) {
      this.#options.fault(error)
      return undefined
    }
  }

  #show(seat: Seat, snapshot: string | undefined): void {
    const { reader, has, wroteAtMs } = seat
    const silentMs = this.#options.clock.now() - wroteAtMs
    if (reader.writableNeedDrain) {
      if (silentMs >= STUCK_MAX_MS) this.#cut(seat)
    } else if (snapshot !== undefined && snapshot !== has) {
      seat.has = snapshot
      this.#write(seat, `event: status\ndata: ${snapshot}\n\n`)
    } else if (silentMs >= SILENCE_MAX_MS) {
      this.#write(seat, ': nothing new\n\n')
    }
  }

  #write(seat: Seat, text: string): void {
    seat.wroteAtMs = this.#options.clock.now()
    seat.reader.write(text)
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

const FULL: Problem = {
  status: 503,
  error: 'too-many-readers',
  message: `${READERS_MAX} readers follow the status already.`,
  advice: 'Close some pages of the control room, or ask for /api/status now and then.',
}
