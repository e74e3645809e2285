import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { SECOND } from '../../clock.js'
import { readManifest } from '../../manifest.js'

/** How the process does. */
export interface ProcessStatus {
  /** The middle, all but the worst hundredth, the worst. */
  readonly lagSeconds: Readonly<Record<keyof typeof PERCENTILES, number>>
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly heapBytes: number
  readonly uptimeSeconds: number
  readonly version: string
  readonly node: string
}

const RESOLUTION_MS = 10
const PERCENTILES = { p50: 50, p99: 99, max: 100 } as const

/** Looks after this process: memory, processor, and how late its event loop is. */
export class ProcessWatch {
  readonly #delay: IntervalHistogram
  readonly #version: string

  constructor() {
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    this.#version = readManifest().version
  }

  start(): void {
    this.#delay.enable()
  }

  /** Leaves no timer. Safe to call twice. */
  stop(): void {
    this.#delay.disable()
  }

  /** How it does, and how late the event loop was since the last call. */
  status(): ProcessStatus {
    const { rss, heapUsed } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    const { p50, p99, max } = PERCENTILES
    const lagSeconds = { p50: this.#lag(p50), p99: this.#lag(p99), max: this.#lag(max) }
    this.#delay.reset()
    return {
      lagSeconds,
      cpuSeconds: (user + system) / 1e6,
      residentBytes: rss,
      heapBytes: heapUsed,
      uptimeSeconds: process.uptime(),
      version: this.#version,
      node: process.version,
    }
  }

  /** What Node measures is from one tick of its timer to the next, its own pause included. */
  #lag(percentile: number): number {
    if (this.#delay.count === 0) return 0
    return Math.max(0, this.#delay.percentile(percentile) / 1e9 - RESOLUTION_MS / SECOND)
  }
}
