import type { Cancel, Clock } from '../clock.js'
import type { Wire } from './chat-server.js'
import type { Capability, ServerLine } from './server-line.js'

/** Lines on their way to one client: only the kinds it asked for, with the latency of the line, in few frames. */
export class LineWriter {
  readonly #wire: Wire
  readonly #clock: Clock
  readonly #latencyMs: () => number
  /** No line overtakes one before it, whatever the latency is now. */
  #lastDueMs = Number.NEGATIVE_INFINITY
  readonly #capabilities = new Set<Capability>()
  /** Lines of this turn of the event loop; the next microtask empties it. */
  #unsent: string[] = []
  readonly #timers = new Set<Cancel>()

  constructor(options: { readonly wire: Wire; readonly clock: Clock; readonly latencyMs: () => number }) {
    this.#wire = options.wire
    this.#clock = options.clock
    this.#latencyMs = options.latencyMs
  }

  /** From now on the client gets this kind of line, too. */
  grant(capability: Capability): void {
    this.#capabilities.add(capability)
  }

  write(line: ServerLine): void {
    if (line.needs && !this.#capabilities.has(line.needs)) return
    const text = this.#capabilities.has('tags') ? line.tagged : line.bare
    this.later(this.#wayMs(), () => this.#enqueue(text))
  }

  /** Runs `run` in `ms`, at once for 0; never after {@link stop}. */
  later(ms: number, run: () => void): void {
    if (ms <= 0) {
      run()
      return
    }
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(cancel)
      run()
    })
    this.#timers.add(cancel)
  }

  /** Sends what was written, then says goodbye. */
  end(): void {
    this.later(this.#wayMs(), () => {
      this.#flush()
      this.#wire.close()
    })
  }

  /** Takes every timer back: the client is gone. */
  stop(): void {
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
    this.#unsent = []
  }

  #wayMs(): number {
    const now = this.#clock.now()
    this.#lastDueMs = Math.max(this.#lastDueMs, now + this.#latencyMs())
    return this.#lastDueMs - now
  }

  /** Lines of one turn share a frame, as on Twitch: a burst costs one write per client. */
  #enqueue(text: string): void {
    this.#unsent.push(text)
    if (this.#unsent.length === 1) queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    if (this.#unsent.length === 0) return
    const frame = `${this.#unsent.join('\r\n')}\r\n`
    this.#unsent = []
    this.#wire.send(frame)
  }
}
