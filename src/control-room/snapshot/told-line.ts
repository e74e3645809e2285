import { type ChannelName, type ChatMessage, type Clearing, isCleared, type MessageId } from '../../domain.js'
import type { RecentLine } from './snapshot.js'

/** Messages kept that one line answers; where there are more, any clearing in its channel takes its text. */
const ANSWERED_MAX = 100

const CLEARED = 'What it answers was cleared away.'

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

  /** What it says is shown no more. */
  hide(): void {
    const { text: _, ...rest } = this.#shown
    this.#shown = { ...rest, reason: rest.reason ?? CLEARED }
  }

  /** Whether it answers what was cleared away, or is that itself. Where that can't be known, it may be. */
  isTouchedBy(clearing: Clearing): boolean {
    const { channel, id, replyTo } = this.#start
    if (channel !== clearing.channel) return false
    if (clearing.kind === 'message' && (clearing.id === id || clearing.id === replyTo)) return true
    const isKnown = this.#answered.length > 0
    if (this.#isCut || (!isKnown && (clearing.kind !== 'message' || replyTo === undefined))) return true
    return clearing.kind === 'chat' || this.#answered.some((message) => isCleared(message, clearing))
  }
}
