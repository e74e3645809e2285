import { type Clock, SECOND } from '../clock.js'
import type { Bot, BotLogin, ChannelName, ChatText } from '../domain.js'
import type { ChorusEmitter } from '../events.js'
import { type ChatTextRules, toChatText } from './chat-text.js'
import type { Conversation } from './conversation.js'
import { holdsKnownSecret } from './known-secret.js'
import { MadeLines } from './made-lines.js'
import type { ModelRole, Models } from './models.js'
import { quotesPrompt } from './prompt-leak.js'
import type { WordFilter } from './word-filter.js'

/** What lines are judged with. */
export interface LineGatesOptions {
  readonly conversation: Pick<Conversation, 'hasSaid'>
  readonly model: Pick<Models, 'moderate'>
  readonly wordFilter: Pick<WordFilter, 'allows'>
  /** When the server's moderation endpoint is asked: where it has one, never, or always. */
  readonly moderation: 'auto' | 'off' | 'required'
  /** Whether lines may hold links. */
  readonly links: boolean
  /** Tokens and keys of this process, looked at for every line: no line may hold one. */
  readonly secrets: Iterable<string>
  /** What other bots' commands start with. */
  readonly commandPrefixes: readonly string[]
  readonly clock: Clock
  readonly events: ChorusEmitter
}

/**
 * Why a line, or a part of a joint one, is not said. Of `filter-failed` and `no-moderation` the line is not to blame;
 * `missing`: the model has left out a viewer; `tangled`: a part that would change others, or be changed by them, in one line.
 */
export type Fault =
  | 'empty'
  | 'secret'
  | 'prompt'
  | 'refused-prompt'
  | 'blocked'
  | 'flagged'
  | 'repeated'
  | 'filter-failed'
  | 'no-moderation'
  | 'missing'
  | 'tangled'

export type Verdict = { readonly kind: 'fit'; readonly text: ChatText } | Unfit

export interface Unfit {
  readonly kind: 'unfit'
  readonly fault: Fault
}

/** Where a line comes from: a template is ours, so that it may pass where a filter can't tell. */
export type Source = ModelRole | 'template'

/** Twitch refuses an identical line of an account within this time. */
const REPEAT_MS = 30 * SECOND

/** What every line passes before it may be said, whoever made it and for how many viewers. */
export class LineGates {
  readonly #options: LineGatesOptions
  readonly #made: MadeLines

  constructor(options: LineGatesOptions) {
    this.#options = options
    this.#made = new MadeLines({ clock: options.clock, keptMs: REPEAT_MS })
  }

  /** Text safety. */
  toText(raw: string, bot: Bot, rules: Pick<ChatTextRules, 'answering' | 'maxUnits'>): Verdict {
    const { commandPrefixes: prefixes, links } = this.#options
    const shaped = toChatText(raw, { self: [bot.login, ...bot.aliases], prefixes, links, ...rules })
    return shaped.kind === 'text' ? { kind: 'fit', text: shaped.text } : unfit(shaped.reason)
  }

  /** What can be told of a safe text at once: secrets, confidential words, blocked ones. */
  judgeText(text: ChatText, bot: Bot, source: Source): Fault | undefined {
    if (holdsKnownSecret(text, this.#options.secrets)) return 'secret'
    if (quotesPrompt(text, bot)) return 'prompt'
    return this.#judgeWords(text, source)
  }

  /** What the moderation endpoint says of it, as the settings have it. */
  async judgeContent(text: string, source: Source, signal: AbortSignal): Promise<Fault | undefined> {
    const { model, moderation } = this.#options
    if (moderation === 'off') return undefined
    const said = await model.moderate(text, { signal, by: source === 'template' ? undefined : source })
    if (said === 'ok') return undefined
    if (said === 'flagged') return 'flagged'
    const mayPass = source === 'template' || (said === 'absent' && moderation === 'auto')
    return mayPass ? undefined : 'no-moderation'
  }

  /** Whether the bot has just made or said the same. */
  isRepeated(text: ChatText, bot: BotLogin, channel: ChannelName): boolean {
    const { conversation } = this.#options
    return this.#made.has(bot, channel, text) || conversation.hasSaid(channel, bot, text, REPEAT_MS)
  }

  /** To be called before anything is awaited: another reply of the bot may be at this very point. */
  remember(text: ChatText, bot: BotLogin, channel: ChannelName): void {
    this.#made.add(bot, channel, text)
  }

  tellFiltered(bot: BotLogin, reason: Fault, attempt: number): void {
    this.#options.events.emit('line:filtered', { bot, reason, attempt })
  }

  #judgeWords(text: ChatText, source: Source): Fault | undefined {
    try {
      return this.#options.wordFilter.allows(text) ? undefined : 'blocked'
    } catch (error) {
      this.#options.events.emit('error', { error, where: 'word filter' })
      return source === 'template' ? undefined : 'filter-failed'
    }
  }
}

/** Asking the model again would not help. */
export function isFilterFault(fault: Fault): boolean {
  return fault === 'filter-failed' || fault === 'no-moderation'
}

export function unfit(fault: Fault): Unfit {
  return { kind: 'unfit', fault }
}
