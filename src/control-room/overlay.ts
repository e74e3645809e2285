import type { Clock } from '../clock.js'
import { SECOND } from '../clock.js'
import type { BotLogin, Outcome, ReplyTask, TaskId } from '../domain.js'
import type { ChorusEmitter } from '../events.js'

/** Whom a bot answers, or has just answered. */
export interface OverlayAnswer {
  /** Stays the same while it is shown. */
  readonly id: string
  readonly bot: BotLogin
  /** As chat shows the names: hostile, to be shown as text alone. */
  readonly viewers: readonly string[]
  readonly isSaid: boolean
}

/** Rows on a stream; those that began last make room. */
const SHOWN_MAX = 5
/** How long somebody is shown as answered. */
const SAID_MS = 6 * SECOND
/** Far more than slots and outboxes hold; further ones are not shown. */
const KEPT_MAX = 100

interface Said {
  readonly answer: OverlayAnswer
  readonly untilMs: number
}

/** Who is being answered now, for all to see: names, and never what was asked or said. */
export class Overlay {
  readonly #clock: Clock
  readonly #working = new Map<TaskId, ReplyTask>()
  /** Newest first. */
  #said: readonly Said[] = []

  constructor({ clock, events }: { readonly clock: Clock; readonly events: ChorusEmitter }) {
    this.#clock = clock
    events.on('reply:started', ({ task }) => {
      if (this.#working.size < KEPT_MAX) this.#working.set(task.id, task)
    })
    events.on('reply:held', ({ task }) => this.#working.delete(task.id))
    events.on('reply:settled', ({ task, outcome }) => this.#settled(task, outcome))
  }

  /** What is shown at this moment: what is being answered, then what has just been. */
  answers(): readonly OverlayAnswer[] {
    const nowMs = this.#clock.now()
    this.#said = this.#said.filter(({ untilMs }) => untilMs > nowMs)
    return [...toAnswers(this.#working.values()), ...this.#said.map(({ answer }) => answer)].slice(
      0,
      SHOWN_MAX,
    )
  }

  #settled({ bot, id, message }: ReplyTask, outcome: Outcome): void {
    this.#working.delete(id)
    if (outcome.kind !== 'sent' || outcome.inDoubt || outcome.heldByAutoMod) return
    const line = `said ${outcome.id ?? id}`
    const before = this.#said.find(({ answer }) => answer.id === line)
    const viewers = [...(before?.answer.viewers ?? []), message.displayName]
    const said = { answer: { id: line, bot, viewers, isSaid: true }, untilMs: this.#clock.now() + SAID_MS }
    this.#said = [said, ...this.#said.filter((other) => other !== before)].slice(0, SHOWN_MAX)
  }
}

/** One row per bot: it may be at several viewers at once. */
function toAnswers(tasks: Iterable<ReplyTask>): OverlayAnswer[] {
  const byBot = new Map<BotLogin, string[]>()
  for (const { bot, message } of tasks) {
    const viewers = byBot.get(bot) ?? []
    if (!viewers.includes(message.displayName)) viewers.push(message.displayName)
    byBot.set(bot, viewers)
  }
  return [...byBot].map(([bot, viewers]) => ({ id: `working ${bot}`, bot, viewers, isSaid: false }))
}
