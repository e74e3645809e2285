import { SECOND } from '../clock.js'
import type { BotLogin, Decision, Outcome } from '../domain.js'
import type { ChorusEmitter } from '../events.js'
import type { RecordingSummary } from './recording.js'

/** Counts what happens to the lines of a recording. What our own bots say in between is not counted. */
export class ReplayReport {
  accepted = 0
  settled = 0
  /** Lines of chat by their id, and whether more than a shared-chat copy was fed: then the copy is not enough. */
  readonly #fed = new Map<string, 'original' | 'copy'>()
  readonly #heard = new Set<string>()
  readonly #mentions = new Map<BotLogin, number>()
  readonly #decisions = new Map<string, number>()
  readonly #outcomes = new Map<Outcome['kind'], number>()
  readonly #waitsMs: number[] = []
  #draws = 0
  #drawn = 0
  #errors = 0

  constructor(events: ChorusEmitter) {
    events.on('message:decided', ({ message, decisions }) => {
      const fed = this.#fed.get(message.id)
      if (fed === undefined) return
      if (fed === 'copy' || !message.isMirrored) this.#heard.add(message.id)
      this.#countDecisions(decisions)
    })
    events.on('reply:accepted', () => {
      this.accepted += 1
    })
    events.on('reply:settled', ({ outcome, tookMs }) => {
      this.settled += 1
      count(this.#outcomes, outcome.kind)
      if (outcome.kind === 'sent') this.#waitsMs.push(tookMs)
    })
    events.on('error', () => {
      this.#errors += 1
    })
  }

  /** Tells which line of chat is fed next; it must be heard. */
  expect({ id, isCopy }: { readonly id: string; readonly isCopy: boolean }): void {
    if (isCopy && this.#fed.has(id)) return
    if (!isCopy && this.#fed.get(id) === 'copy') this.#heard.delete(id)
    this.#fed.set(id, isCopy ? 'copy' : 'original')
  }

  /** Lines of chat that were fed, each once. */
  get fed(): number {
    return this.#fed.size
  }

  /** How many of them the router took in. */
  get heard(): number {
    return this.#heard.size
  }

  /** The whole report; times in recorded seconds. */
  format(summary: RecordingSummary, totals: { readonly speed: number; readonly breaches: number }): string {
    const mentions = [...this.#mentions.values()].reduce((sum, n) => sum + n, 0)
    const share = this.#draws === 0 ? '' : ` (${((100 * this.#drawn) / this.#draws).toFixed(1)} %)`
    const rows: [string, string][] = [
      ['lines', `${summary.lines} (${pairs(summary.commands)})`],
      [
        'recorded',
        `${seconds(summary.lengthMs)}, up to ${summary.peakPerSecond} lines a second, replayed ${totals.speed} times as fast`,
      ],
      ['channels', summary.channels.join(', ')],
      ['heard', `${this.heard} lines of chat`],
      ['mentions', mentions === 0 ? '0' : `${mentions} (${pairs(this.#mentions)})`],
      ['draws', `${this.#drawn} of ${this.#draws} eligible lines${share}`],
      ['decisions', pairs(this.#decisions)],
      ['replies', `${this.accepted} accepted: ${pairs(this.#outcomes) || 'none'}`],
      ['waits', this.#formatWaits()],
      ['limits', `${totals.breaches} breaches`],
      ['errors', String(this.#errors)],
    ]
    return rows.map(([name, value]) => `${name.padEnd(10)} ${value}\n`).join('')
  }

  #countDecisions(decisions: readonly Decision[]): void {
    const [first] = decisions
    if (first?.draw !== undefined) this.#draws += 1
    for (const decision of decisions) {
      count(this.#decisions, decision.kind === 'reply' ? `reply to a ${decision.cause}` : decision.reason)
      // Also where nothing came of it: one that yielded was drawn.
      const isDrawn = decision.kind === 'reply' || decision.reason !== 'not-drawn'
      if (isDrawn && decision.draw !== undefined) this.#drawn += 1
      if (decision.kind === 'reply' && decision.cause === 'mention') count(this.#mentions, decision.bot)
    }
  }

  #formatWaits(): string {
    const sorted = this.#waitsMs.sort((a, b) => a - b)
    const at = (share: number) =>
      seconds(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
    return sorted.length === 0
      ? 'none'
      : `half within ${at(0.5)}, 95 % within ${at(0.95)}, the longest ${at(1)}`
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function pairs(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, n]) => `${n} ${name}`).join(', ')
}

function seconds(ms: number): string {
  return `${(ms / SECOND).toFixed(1)} s`
}
