import type { ChorusStatus } from '../../chorus.js'
import { type Clock, SECOND } from '../../clock.js'
import {
  type BotLogin,
  type Clearing,
  isCleared,
  type Outcome,
  type ReplyTask,
  type TaskId,
} from '../../domain.js'
import type { ChorusEmitter } from '../../events.js'
import { RecentClearings } from './recent-clearings.js'

export interface OverlayOptions {
  readonly clock: Clock
  readonly events: ChorusEmitter
  readonly status: () => Pick<ChorusStatus, 'chat' | 'controls'>
}

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
  readonly line: string
  readonly tasks: readonly ReplyTask[]
  readonly untilMs: number
}

/** Who is being answered now, for all to see: names, and never what was asked or said. */
export class Overlay {
  readonly #clock: Clock
  readonly #status: OverlayOptions['status']
  /** Begun, and neither held nor settled. */
  readonly #working = new Map<TaskId, ReplyTask>()
  /** Newest first. */
  #said: readonly Said[] = []
  readonly #clearings = new RecentClearings()

  constructor({ clock, events, status }: OverlayOptions) {
    this.#clock = clock
    this.#status = status
    events.on('reply:started', ({ task }) => {
      if (this.#working.size < KEPT_MAX) this.#working.set(task.id, task)
    })
    events.on('reply:held', ({ task }) => void this.#working.delete(task.id))
    events.on('reply:settled', ({ task, outcome }) => this.#settled(task, outcome))
    events.on('chat:cleared', ({ clearing }) => this.#clear(clearing))
  }

  /** What is shown at this moment: what is being answered, then what has just been. */
  answers(): readonly OverlayAnswer[] {
    const nowMs = this.#clock.now()
    this.#said = this.#said.filter(({ untilMs }) => untilMs > nowMs)
    const said = this.#said.flatMap(({ line, tasks }) => toAnswer(`said ${line}`, tasks, true))
    return [...this.#answering(), ...said].slice(0, SHOWN_MAX)
  }

  /** A line that is ready stays so while its bot may not talk: nobody is being answered then. */
  #answering(): OverlayAnswer[] {
    const { chat, controls } = this.#status()
    const muted = new Set(controls.muted.map(({ bot }) => bot))
    const talks = chat.bots.filter(({ bot, joined }) => joined.length > 0 && !muted.has(bot))
    const closed = new Set(
      talks.flatMap(({ bot, rooms }) =>
        rooms.flatMap(({ channel, closedReason }) => (closedReason ? [`${bot} ${channel}`] : [])),
      ),
    )
    const logins = new Set(talks.map(({ bot }) => bot))
    const tasks = [...this.#working.values()].filter(
      ({ bot, message }) => logins.has(bot) && !closed.has(`${bot} ${message.channel}`),
    )
    return toWorking(tasks)
  }

  #settled(task: ReplyTask, outcome: Outcome): void {
    this.#working.delete(task.id)
    // Whether viewers have seen it is not known, or up to a moderator.
    if (outcome.kind !== 'sent' || outcome.inDoubt || outcome.heldByAutoMod) return
    // Its line was on its way already.
    if (this.#clearings.covers(task.message)) return
    const line = outcome.id ?? task.id
    const before = this.#said.find((said) => said.line === line)
    const tasks = [...(before?.tasks ?? []), task].slice(0, KEPT_MAX)
    const said = { line, tasks, untilMs: this.#clock.now() + SAID_MS }
    this.#said = [said, ...this.#said.filter((other) => other !== before)].slice(0, SHOWN_MAX)
  }

  /** Whom moderators send away is not shown on the stream any longer. */
  #clear(clearing: Clearing): void {
    this.#clearings.add(clearing, this.#clock.now())
    const stays = ({ message }: ReplyTask) =>
      message.channel !== clearing.channel || !isCleared(message, clearing)
    for (const task of this.#working.values()) if (!stays(task)) this.#working.delete(task.id)
    this.#said = this.#said.map((said) => ({ ...said, tasks: said.tasks.filter(stays) }))
  }
}

/** One row per bot: it may be at several viewers at once. */
function toWorking(tasks: Iterable<ReplyTask>): OverlayAnswer[] {
  const byBot = new Map<BotLogin, ReplyTask[]>()
  for (const task of tasks) byBot.set(task.bot, [...(byBot.get(task.bot) ?? []), task])
  return [...byBot].flatMap(([bot, working]) => toAnswer(`working ${bot}`, working, false))
}

/** None where nobody is left whom it names. */
function toAnswer(id: string, tasks: readonly ReplyTask[], isSaid: boolean): OverlayAnswer[] {
  const [first] = tasks
  const viewers = [...new Set(tasks.map(({ message }) => message.displayName))]
  return first ? [{ id, bot: first.bot, viewers, isSaid }] : []
}
