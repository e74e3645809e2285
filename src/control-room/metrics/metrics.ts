import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Chorus } from '../../chorus.js'
import type { Route } from '../web/route.js'
import { COUNTED, type Counted, type Labels } from './counters.js'
import { GAUGED, type Gauged, type Moment } from './gauges.js'
import { ProcessWatch } from './process-status.js'

export interface MetricsOptions {
  readonly chorus: Pick<Chorus, 'bots' | 'events' | 'getStatus'>
  /** Whether there is a data folder. */
  readonly hasJournal: boolean
}

/**
 * How it goes, in Prometheus' text format. The registry is its own: that of the process belongs to whoever embeds Chorus. It
 * counts from its making on; each event costs an addition, and all else is looked up when somebody asks.
 */
export class Metrics {
  readonly #options: MetricsOptions
  readonly #registry = new Registry()
  readonly #process = new ProcessWatch()
  readonly #gauges = GAUGED.map((row) => ({ row, metric: toGauge(row, this.#registry) }))

  constructor(options: MetricsOptions) {
    this.#options = options
    const { bots, events } = options.chorus
    for (const row of COUNTED) {
      const add = toCounted(row, this.#registry)
      for (const labels of row.zero?.(bots.map(({ login }) => login)) ?? []) add(labels, 0)
      row.watch(events, add)
    }
  }

  get route(): Route {
    return {
      method: 'GET',
      path: '/metrics',
      access: 'room',
      answer: async () => ({ kind: 'text', type: this.#registry.contentType, text: await this.text() }),
    }
  }

  start(): void {
    this.#process.start()
  }

  /** Leaves no timer. Safe to call twice. */
  stop(): void {
    this.#process.stop()
  }

  async text(): Promise<string> {
    const { chorus, hasJournal } = this.#options
    const moment: Moment = { status: chorus.getStatus(), process: this.#process.status(), hasJournal }
    for (const { row, metric } of this.#gauges) {
      // What was there at the last look and is no more would stay.
      metric.reset()
      for (const [labels, value] of row.read(moment)) metric.inc(labels, value)
    }
    return this.#registry.metrics()
  }
}

function toGauge({ name, help, labels, isCounter }: Gauged, registry: Registry): Counter | Gauge {
  const settings = { name, help, labelNames: [...labels], registers: [registry] }
  return isCounter ? new Counter(settings) : new Gauge(settings)
}

/** Returns what adds to it: 1 where nothing else is said. */
function toCounted(
  { name, help, labels, buckets }: Counted,
  registry: Registry,
): (labels: Labels, value?: number) => void {
  const settings = { name, help, labelNames: [...labels], registers: [registry] }
  if (!buckets) {
    const counter = new Counter(settings)
    return (labelled, value = 1) => counter.inc(labelled, value)
  }
  const histogram = new Histogram({ ...settings, buckets: [...buckets] })
  return (labelled, value = 1) => histogram.observe(labelled, value)
}
