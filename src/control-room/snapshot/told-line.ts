import {
  type ChannelName,
  type ChatMessage,
  type Clearing,
  isCleared,
  type MessageId,
  sameLogin,
} from '../../domain.js'
import type { RecentLine } from './snapshot.js'

/** Messages kept that one line answers; where there are more, any clearing in its channel takes its text. */
const ANSWERED_MAX = 100

const ANSWERED_CLEARED = 'What it answers was cleared away.'
const ALL_CLEARED = 'Moderators have cleared the chat.'
const DELETED = 'A moderator has deleted it.'
/** AutoMod held it, or Twitch said nothing of it: nobody knows its id. */
const MAYBE_DELETED =
  'A moderator has deleted a line of this bot: this one, or another that is shown without its text.'
const BOT_SILENCED = 'The bot was timed out or banned, and its lines were cleared away.'

/** How a line is told before it is known whom it answers. */
export interface LineStart {
  readonly channel: ChannelName
  /** The message it is threaded to; absent where it has no text either, or stands for itself. */
  readonly replyTo?: MessageId | undefined
  /** Twitch's id of the line itself. */
  readonly id?: MessageId | undefined
}

/** A line that is told, and what it answers: so that what was cleared away can be taken out of it again. */
export class ToldLine {
  #shown: RecentLine
  readonly #start: LineStart
  readonly #answered: ChatMessage[] = []
  #isCut = false

  constructor(shown: RecentLine, start: LineStart) {
    this.#shown = shown
    this.#start = start
  }

  get shown(): RecentLine {
    return this.#shown
  }

  /** It answers this, too. Each viewer is named once, however much he has asked. */
  answers(message: ChatMessage): void {
    const isKnown = this.#answered.some(({ userId }) => userId === message.userId)
    if (this.#answered.length < ANSWERED_MAX) this.#answered.push(message)
    else this.#isCut = true
    if (!isKnown) this.update({ viewers: [...this.#shown.viewers, message.displayName] })
  }

  isAbout(message: ChatMessage): boolean {
    return this.#answered.some(({ id }) => id === message.id)
  }

  update(parts: Partial<RecentLine>): void {
    this.#shown = { ...this.#shown, ...parts }
  }

  /** What it says is shown no more. A reason that was told before stays. */
  hide(why = ANSWERED_CLEARED): void {
    const { text, ...rest } = this.#shown
    if (text !== undefined) this.#shown = { ...rest, reason: rest.reason ?? why }
  }

  /** Whether it is known to be the very line that was cleared away. */
  isWhatWas(clearing: Clearing): boolean {
    const { channel, id } = this.#start
    return clearing.kind === 'message' && clearing.channel === channel && clearing.id === id
  }

  /** Why what it says must not be shown after this; where nobody can know whether that was meant, it must not, either. */
  whyCleared(clearing: Clearing): string | undefined {
    if (this.#start.channel !== clearing.channel) return undefined
    return this.whyTakenOut(clearing) ?? (this.#mayAnswer(clearing) ? ANSWERED_CLEARED : undefined)
  }

  /** The same of the line itself, whatever it answers. One that was refused never was in chat. */
  whyTakenOut(clearing: Clearing): string | undefined {
    const { bot, result } = this.#shown
    const { channel, id } = this.#start
    if (channel !== clearing.channel) return undefined
    if (clearing.kind === 'chat') return ALL_CLEARED
    if (this.isWhatWas(clearing)) return DELETED
    const isOurs = clearing.login !== undefined && sameLogin(clearing.login, bot) && result !== 'refused'
    if (!isOurs) return undefined
    if (clearing.kind === 'user') return BOT_SILENCED
    return id === undefined ? MAYBE_DELETED : undefined
  }

  /** Whether it is known to answer what was cleared away. */
  isAnswerTo(clearing: Clearing): boolean {
    if (clearing.kind === 'message' && clearing.id === this.#start.replyTo) return true
    return this.#answered.some((message) => isCleared(message, clearing))
  }

  #mayAnswer(clearing: Clearing): boolean {
    const isKnown =
      this.#answered.length > 0 || (clearing.kind === 'message' && this.#start.replyTo !== undefined)
    return this.#isCut || !isKnown || this.isAnswerTo(clearing)
  }
}
