import { type Clock, MINUTE, SECOND } from '../../clock.js'
import type { ErrorCode } from '../../errors.js'
import type { ChorusEmitter } from '../../events.js'
import type { ModelRequests } from './snapshot.js'

const WINDOW_MS = 5 * MINUTE
/** Requests looked at, the newest: more than the default slots can make in five minutes. */
const REQUESTS_MAX = 5000
/** What is shown is made anew at most this often. */
const EVERY_MS = SECOND

interface Request {
  readonly endedAtMs: number
  readonly tookMs: number
  /** Why it failed; absent where it was answered. */
  readonly code?: ErrorCode
}

/** How the models have answered in the last five minutes, from the events that tell of it; probes count where they were answered. */
export class RequestWindow {
  readonly #clock: Pick<Clock, 'now'>
  /** Oldest first. */
  readonly #requests: Request[] = []
  #shown: ModelRequests = summarise([])
  #shownAtMs = Number.NEGATIVE_INFINITY
  #hasChanged = false

  constructor({
    clock,
    events,
  }: { readonly clock: Pick<Clock, 'now'>; readonly events: Pick<ChorusEmitter, 'on'> }) {
    this.#clock = clock
    events.on('model:answered', ({ tookMs }) => this.#add({ endedAtMs: clock.now(), tookMs }))
    events.on('model:failed', ({ error: { code }, tookMs }) =>
      this.#add({ endedAtMs: clock.now(), tookMs, code }),
    )
  }

  /** The identical object while it is the same. */
  get summary(): ModelRequests {
    const nowMs = this.#clock.now()
    if (nowMs - this.#shownAtMs < EVERY_MS) return this.#shown
    this.#forget(nowMs - WINDOW_MS)
    if (!this.#hasChanged) return this.#shown
    this.#shown = summarise(this.#requests)
    this.#shownAtMs = nowMs
    this.#hasChanged = false
    return this.#shown
  }

  #add(request: Request): void {
    this.#requests.push(request)
    if (this.#requests.length > REQUESTS_MAX) this.#requests.shift()
    this.#hasChanged = true
  }

  #forget(beforeMs: number): void {
    const gone = this.#requests.findIndex(({ endedAtMs }) => endedAtMs > beforeMs)
    const count = gone === -1 ? this.#requests.length : gone
    if (count === 0) return
    this.#requests.splice(0, count)
    this.#hasChanged = true
  }
}

function summarise(requests: readonly Request[]): ModelRequests {
  const tookMs = requests.filter(({ code }) => code === undefined).map((request) => request.tookMs)
  const codes = requests.flatMap(({ code }) => code ?? [])
  return {
    answered: tookMs.length,
    failed: codes.length,
    ...(tookMs.length > 0 && { seconds: toPercentiles(tookMs) }),
    errors: countEach(codes),
  }
}

function toPercentiles(tookMs: readonly number[]): { readonly p50: number; readonly p95: number } {
  const sorted = Float64Array.from(tookMs).sort()
  const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0) / SECOND
  return { p50: at(0.5), p95: at(0.95) }
}

function countEach(codes: readonly ErrorCode[]): ModelRequests['errors'] {
  const counts = new Map<ErrorCode, number>()
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count)
}
