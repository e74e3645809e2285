import type { Clock } from '../../clock.js'
import type {
  BotLogin,
  ChannelName,
  ChatLine,
  ChatMessage,
  Clearing,
  Outcome,
  ReplyTask,
} from '../../domain.js'
import type { ChorusEmitter, ChorusEvents } from '../../events.js'
import { RecentClearings } from './recent-clearings.js'
import type { RecentLine } from './snapshot.js'
import { type LineStart, ToldLine } from './told-line.js'

/** Lines told; a further one takes the place of the oldest. */
const LINES_MAX = 50
/** Replies whose line is made, and that are looked at when it is refused: the newest. The lanes have far fewer. */
const READY_MAX = 500

type Payload<E extends keyof ChorusEvents> = Parameters<ChorusEvents[E]>[0]

/** A line whose fate is not known yet. */
interface Written {
  readonly line: ChatLine
  readonly atMs: number
}

/** What was told in this breath, and may be told of further viewers. */
interface Open {
  readonly key: string
  readonly told: ToldLine
}

/**
 * What became of the last lines. One line is one entry, however many it answers: all its replies are settled in one breath, right
 * after `line:sent` where Twitch has taken it. What was withdrawn, or cleared away at any time, is quoted nowhere.
 */
export class LineRecord {
  readonly #clock: Pick<Clock, 'now' | 'wall'>
  /** Newest first. */
  #told: readonly ToldLine[] = []
  #shown: readonly RecentLine[] | undefined
  #number = 0
  #open: Open | undefined
  /** What each bot has written last to each channel, until its fate is known: Twitch answers before the next one is written. */
  readonly #written = new Map<string, Written>()
  readonly #ready = new Map<string, ReplyTask>()
  readonly #clearings = new RecentClearings()

  constructor({
    clock,
    events,
  }: { readonly clock: Pick<Clock, 'now' | 'wall'>; readonly events: Pick<ChorusEmitter, 'on'> }) {
    this.#clock = clock
    events.on('reply:ready', ({ task }) => this.#isReady(task))
    events.on('line:written', ({ bot, line }) => this.#isWritten(bot, line))
    events.on('line:sent', (event) => this.#sent(event))
    events.on('line:refused', (event) => this.#refused(event))
    events.on('reply:settled', (event) => this.#settled(event))
    events.on('chat:cleared', ({ clearing }) => this.#forget(clearing))
  }

  /** Newest first; the identical object while they are the same. */
  get lines(): readonly RecentLine[] {
    this.#shown ??= this.#told.map(({ shown }) => shown)
    return this.#shown
  }

  #isWritten(bot: BotLogin, line: ChatLine): void {
    this.#written.set(placeOf(bot, line.channel), { line, atMs: this.#clock.now() })
  }

  #isReady(task: ReplyTask): void {
    this.#ready.set(task.id, task)
    for (const oldest of this.#ready.keys()) {
      if (this.#ready.size <= READY_MAX) break
      this.#ready.delete(oldest)
    }
  }

  /** It is in chat. Whom it answers is told next; nobody, where it is the answer to a command. */
  #sent({ bot, line, id }: Payload<'line:sent'>): void {
    const { channel, replyTo, text } = line
    const place = placeOf(bot, channel)
    const writtenAtMs = this.#written.get(place)?.atMs
    this.#written.delete(place)
    const told = this.#tell({ bot, channel, text, result: 'sent' }, { channel, replyTo, id })
    this.#hideIfCleared(told, writtenAtMs)
    this.#openFor(keyOf(bot, channel, { kind: 'sent', ...(id !== undefined && { id }) }), told)
  }

  /** Nothing where its fate is known by now: it was shown before, is held for a moderator, or is left in doubt. */
  #refused({ bot, channel, next, notice, text: said }: Payload<'line:refused'>): void {
    const line = this.#written.get(placeOf(bot, channel))?.line
    if (!line) return
    const reason = `${said || notice} (${next})`
    const { replyTo, text } = line
    const told = this.#tell({ bot, channel, text, result: 'refused', reason }, { channel, replyTo })
    for (const task of this.#ready.values())
      if (task.bot === bot && isFor(line, task)) this.#answers(told, task)
  }

  #settled({ task, outcome, tookMs }: Payload<'reply:settled'>): void {
    const { bot, message } = task
    this.#ready.delete(task.id)
    if (outcome.kind === 'withdrawn') for (const told of this.#told) if (told.isAbout(message)) told.hide()
    const key = keyOf(bot, message.channel, outcome, message)
    const told = this.#open?.key === key ? this.#open.told : this.#begin(task, outcome)
    this.#openFor(key, told)
    this.#answers(told, task)
    const { reason, result } = toResult(outcome)
    const longestMs = Math.max(told.shown.tookMs ?? 0, Math.round(tookMs))
    told.update({ result, tookMs: longestMs, ...(reason !== undefined && { reason }) })
    this.#shown = undefined
  }

  /** Its fate is known without `line:sent`: what it said is what was written last, where anything was. */
  #begin(task: ReplyTask, outcome: Outcome): ToldLine {
    const { bot, message } = task
    const { channel } = message
    const place = placeOf(bot, channel)
    const written = outcome.kind === 'sent' ? this.#written.get(place) : undefined
    const own = written && isFor(written.line, task) ? written : undefined
    if (own) this.#written.delete(place)
    const parts = { bot, channel, ...(own && { text: own.line.text }), ...toResult(outcome) }
    const told = this.#tell(parts, { channel, replyTo: own?.line.replyTo })
    this.#hideIfCleared(told, own?.atMs)
    return told
  }

  #tell(parts: Omit<RecentLine, 'number' | 'atMs' | 'viewers'>, start: LineStart): ToldLine {
    this.#number += 1
    const atMs = Math.round(this.#clock.wall())
    const told = new ToldLine({ ...parts, number: this.#number, atMs, viewers: [] }, start)
    this.#told = [told, ...this.#told.slice(0, LINES_MAX - 1)]
    this.#shown = undefined
    return told
  }

  /** Another connection may have told of its clearing before ours told that it is in chat. */
  #hideIfCleared(told: ToldLine, writtenAtMs = this.#clock.now()): void {
    for (const clearing of this.#clearings.since(writtenAtMs)) {
      const why = told.whyTakenOut(clearing)
      if (why !== undefined) told.hide(why)
    }
  }

  #answers(told: ToldLine, { message }: ReplyTask): void {
    told.answers(message)
    if (this.#clearings.covers(message)) told.hide()
  }

  /** For the rest of this breath: what is settled later is another line. */
  #openFor(key: string, told: ToldLine): void {
    const open = { key, told }
    this.#open = open
    queueMicrotask(() => {
      if (this.#open === open) this.#open = undefined
    })
  }

  #forget(clearing: Clearing): void {
    this.#clearings.add(clearing, this.#clock.now())
    const itself = this.#told.find((told) => told.isWhatWas(clearing))
    // Where it is known which one that was, no other is suspected.
    const isMeant = (told: ToldLine) => !itself || told === itself || told.isAnswerTo(clearing)
    for (const told of this.#told.filter(isMeant)) {
      const why = told.whyCleared(clearing)
      if (why !== undefined) told.hide(why)
    }
    this.#shown = undefined
  }
}

function placeOf(bot: BotLogin, channel: ChannelName): string {
  return `${bot} ${channel}`
}

/** What is the same for all that one line answers; of what was never said, for all that one viewer has asked. */
function keyOf(bot: BotLogin, channel: ChannelName, outcome: Outcome, message?: ChatMessage): string {
  const { result } = toResult(outcome)
  const what =
    outcome.kind === 'sent'
      ? [result === 'joint' ? 'sent' : result, outcome.id]
      : [result, outcome.reason, message?.userId]
  return JSON.stringify([bot, channel, ...what])
}

/** Whether the line answers the reply's message: it is threaded to it, or calls its author. */
function isFor({ channel, replyTo, text }: ChatLine, { message }: ReplyTask): boolean {
  if (channel !== message.channel) return false
  if (replyTo !== undefined) return replyTo === message.id
  return message.isNotice === true || called(text).has(message.login.toLowerCase())
}

function called(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(/@(\w+)/g), ([, name = '']) => name.toLowerCase()))
}

function toResult(outcome: Outcome): Pick<RecentLine, 'result' | 'reason'> {
  if (outcome.kind !== 'sent') return { result: outcome.kind, reason: outcome.reason }
  if (outcome.inDoubt) return { result: 'in-doubt', reason: 'Twitch neither took nor refused it.' }
  if (outcome.heldByAutoMod)
    return { result: 'held-by-automod', reason: 'AutoMod holds it: a moderator may still let it through.' }
  return { result: outcome.viewers === undefined ? 'sent' : 'joint' }
}
