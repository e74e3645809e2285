import type { Clock } from '../clock.js'
import type { Random } from '../random.js'
import { LoopbackServer } from './loopback-server.js'
import { ModelEndpoint } from './model-endpoint.js'
import { FaultScript, type ModelFault } from './model-faults.js'
import { type Latency, USUAL_LATENCY } from './model-latency.js'
import { ModelLedger, type ModelRecord } from './model-ledger.js'
import type { Moderation } from './model-moderation.js'

/** Tokens that a reasoning model thinks where nothing else is said. */
const THINKING_TOKENS = 256

/** How the built-in model is built; time and chance are given from outside. */
export interface ModelSimulatorOptions {
  readonly clock: Clock
  /** Draws latencies and lines. */
  readonly random: Random
  /** 0, the default, takes any free port; the server keeps it from then on. */
  readonly port?: number
  /** Of a chat completion; refusals, models and moderations come at once. */
  readonly latency?: Latency
  /** Wants `max_completion_tokens`, refuses a temperature, and thinks before it writes. */
  readonly reasoning?: boolean | { readonly tokens: number }
  /** Where it is missing the server has no moderation endpoint, as most local ones. */
  readonly moderation?: Moderation
}

/**
 * A stand-in for a model's server: OpenAI's HTTP interface on loopback, answering in the persona's voice without
 * any network, with faults on demand.
 */
export class ModelSimulator implements AsyncDisposable {
  readonly #clock: Clock
  readonly #faults = new FaultScript()
  readonly #ledger: ModelLedger
  readonly #endpoint: ModelEndpoint
  readonly #server: LoopbackServer

  constructor(options: ModelSimulatorOptions) {
    const { clock, random, port = 0, latency = USUAL_LATENCY, reasoning = false, moderation } = options
    this.#clock = clock
    this.#ledger = new ModelLedger({ clock })
    this.#endpoint = new ModelEndpoint({
      clock,
      random,
      latency,
      thinkingTokens: typeof reasoning === 'object' ? reasoning.tokens : reasoning ? THINKING_TOKENS : 0,
      faults: this.#faults,
      ledger: this.#ledger,
    })
    this.#endpoint.moderation = moderation
    this.#server = new LoopbackServer({
      name: 'the built-in model',
      port,
      receive: (request, response) => this.#endpoint.receive(request, response),
      leave: () => this.#endpoint.leave(),
    })
  }

  /** The base URL to give a client, ending in `/v1`. Throws before the first `start`. */
  get url(): string {
    return `${this.#server.url}/v1`
  }

  /** The last requests, oldest first, bounded by `RECORDS_MAX`. */
  get records(): readonly ModelRecord[] {
    return this.#ledger.records
  }

  /** Chat completions asked for since it was built. */
  get requests(): number {
    return this.#ledger.requests
  }

  /** Chat completions that are worked on now. */
  get inFlight(): number {
    return this.#ledger.inFlight
  }

  /** The most chat completions that were worked on at once. */
  get maxInFlight(): number {
    return this.#ledger.maxInFlight
  }

  /** Listens. Rejects with `port-taken` when another program has the port. Safe to call twice. */
  start(): Promise<void> {
    return this.#server.start()
  }

  /** Cuts every connection and frees the port. What waits in `until` is rejected. Safe to call twice. */
  async stop(): Promise<void> {
    await this.away()
    this.#ledger.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Cuts every connection and really stops listening: new connections are refused until `back`. */
  away(): Promise<void> {
    return this.#server.away()
  }

  /** Listens again on the same port. */
  back(): Promise<void> {
    return this.start()
  }

  /** Faults that the next chat completions use up, one each; `{ kind: 'none' }` lets one through. */
  script(...faults: readonly ModelFault[]): void {
    this.#faults.push(faults)
  }

  /** A fault of every chat completion for which nothing is scripted, until changed; `undefined` ends it. */
  always(fault: ModelFault | undefined): void {
    this.#faults.setAlways(fault)
  }

  /** A fault of every chat completion that comes within the next `ms` and for which nothing is scripted. */
  during(ms: number, fault: ModelFault): void {
    this.#faults.setUntil(fault, this.#clock.now() + ms)
  }

  /** Forgets every fault. */
  heal(): void {
    this.#faults.clear()
  }

  /** Switches the moderation endpoint; `undefined` takes it away. */
  moderate(moderation: Moderation | undefined): void {
    this.#endpoint.moderation = moderation
  }

  /**
   * Resolves as soon as `holds` does; looked at whenever a request comes, is answered or ends. Rejects with the
   * signal's reason, and when the server is stopped.
   *
   * @example await model.until(() => model.inFlight === 2)
   */
  until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    return this.#ledger.until(holds, signal)
  }
}
