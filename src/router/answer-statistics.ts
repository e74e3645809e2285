import { type Clock, SECOND } from '../clock.js'
import type { Decision, Outcome, ReplyTask } from '../domain.js'
import type { ChorusEmitter } from '../events.js'
import { MinuteRate } from './minute-rate.js'

/** Outcomes since the start. The kinds add up to all of them; what stands below `sent` is a part of it. */
export interface OutcomeCounts {
  readonly sent: number
  /** In a line that answered several viewers. */
  readonly joint: number
  readonly inDoubt: number
  readonly heldByAutoMod: number
  readonly withdrawn: number
  readonly expired: number
  readonly dead: number
}

/** How answering goes. JSON-safe. */
export interface AnswerStatus {
  readonly outcomes: OutcomeCounts
  /** Decisions since the start: replies by cause, silence by reason. */
  readonly decisions: { readonly [what: string]: number }
  /** From a mention’s arrival to its answer in chat, over the newest thousand; unset before the first one. */
  readonly answerSeconds: { readonly p50: number; readonly p95: number } | undefined
  /** Within the last minute. */
  readonly perMinute: { readonly accepted: number; readonly answered: number; readonly lines: number }
}

/** Answers that the seconds to answer are taken from: the newest. */
const ANSWERS_MAX = 1000

/** Counts what becomes of replies, from the events that tell of it. */
export class AnswerStatistics {
  readonly #clock: Clock
  readonly #counts = { sent: 0, joint: 0, inDoubt: 0, heldByAutoMod: 0, withdrawn: 0, expired: 0, dead: 0 }
  readonly #decisions = new Map<string, number>()
  readonly #tookMs: number[] = []
  #answers = 0
  readonly #accepted = new MinuteRate()
  readonly #answered = new MinuteRate()
  readonly #lines = new MinuteRate()

  constructor({ clock, events }: { readonly clock: Clock; readonly events: ChorusEmitter }) {
    this.#clock = clock
    events.on('message:decided', ({ decisions }) => this.#decided(decisions))
    events.on('reply:accepted', () => this.#accepted.add(clock.now()))
    events.on('reply:settled', ({ task, outcome, tookMs }) => this.#settled(task, outcome, tookMs))
    events.on('line:sent', () => this.#lines.add(clock.now()))
  }

  status(): AnswerStatus {
    const now = this.#clock.now()
    return {
      outcomes: { ...this.#counts },
      decisions: Object.fromEntries(this.#decisions),
      answerSeconds: this.#answerSeconds(),
      perMinute: {
        accepted: this.#accepted.perMinute(now),
        answered: this.#answered.perMinute(now),
        lines: this.#lines.perMinute(now),
      },
    }
  }

  #decided(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      const what = decision.kind === 'reply' ? decision.cause : decision.reason
      this.#decisions.set(what, (this.#decisions.get(what) ?? 0) + 1)
    }
  }

  #settled({ cause }: ReplyTask, outcome: Outcome, tookMs: number): void {
    this.#counts[outcome.kind] += 1
    if (outcome.kind !== 'sent') return
    if (outcome.viewers !== undefined) this.#counts.joint += 1
    if (outcome.inDoubt) this.#counts.inDoubt += 1
    if (outcome.heldByAutoMod) this.#counts.heldByAutoMod += 1
    this.#answered.add(this.#clock.now())
    if (cause !== 'mention') return
    this.#tookMs[this.#answers % ANSWERS_MAX] = tookMs
    this.#answers += 1
  }

  #answerSeconds(): AnswerStatus['answerSeconds'] {
    if (this.#tookMs.length === 0) return undefined
    const sorted = [...this.#tookMs].sort((a, b) => a - b)
    const at = (share: number) => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0) / SECOND
    return { p50: at(0.5), p95: at(0.95) }
  }
}
