import { type Clock, SECOND } from '../clock.js'
import {
  type Bot,
  type BotLogin,
  type ChatLine,
  type ChatText,
  LINE_UNITS_MAX,
  type ReplyTask,
} from '../domain.js'
import { ChorusError } from '../errors.js'
import type { ChorusEmitter } from '../events.js'
import { isRecord } from '../json-record.js'
import type { Random } from '../random.js'
import type { WorkContext } from '../reply-queue.js'
import { toChatText } from './chat-text.js'
import type { Conversation, ConversationLine } from './conversation.js'
import { holdsKnownSecret } from './known-secret.js'
import { MadeLines } from './made-lines.js'
import type { ModelRole, Models } from './models.js'
import { buildPrompt, PROMPT_LINES_MAX } from './prompt.js'
import { quotesPrompt } from './prompt-leak.js'
import { templateLine, varyRepeat } from './template-line.js'
import type { WordFilter } from './word-filter.js'

/** What a reply writer needs. */
export interface ReplyWriterOptions {
  readonly bots: readonly Bot[]
  readonly conversation: Conversation
  readonly model: Pick<Models, 'complete' | 'moderate' | 'needsTemplate'>
  readonly wordFilter: Pick<WordFilter, 'allows'>
  /** When the server's moderation endpoint is asked: where it has one, never, or always. */
  readonly moderation: 'auto' | 'off' | 'required'
  /** Whether lines may hold links. */
  readonly links: boolean
  /** Tokens and keys of this process, looked at for every line: no line may hold one. */
  readonly secrets: Iterable<string>
  /** What other bots' commands start with. */
  readonly commandPrefixes: readonly string[]
  readonly random: Random
  readonly clock: Clock
  readonly events: ChorusEmitter
}

/** Why a line is thrown away; of `filter-failed` and `no-moderation` the line is not to blame. */
type Fault =
  | 'empty'
  | 'secret'
  | 'prompt'
  | 'refused-prompt'
  | 'blocked'
  | 'flagged'
  | 'repeated'
  | 'filter-failed'
  | 'no-moderation'

type Verdict =
  | { readonly kind: 'fit'; readonly text: ChatText }
  | { readonly kind: 'unfit'; readonly fault: Fault }

/** Where a line comes from: a template is ours, so that it may pass where a filter can't tell. */
type Source = ModelRole | 'template'

/** One reply in the making. */
interface Scene {
  readonly task: ReplyTask
  readonly bot: Bot
  readonly lines: readonly ConversationLine[]
  readonly signal: AbortSignal
}

/** Twitch puts `@login ` before the text of a threaded reply: these units beside the login itself. */
const THREAD_UNITS = 2
/** Twitch refuses an identical line of an account within this time. */
const REPEAT_MS = 30 * SECOND
/** Templates looked at before a reply is given up for now. */
const TEMPLATE_TRIES = 8
/**
 * Those that are the bot's own and name the viewer. A login may be what the filters refuse, and then every template with it is;
 * so may be what the streamer has written.
 */
const NAMED_TRIES = 4
const ANYONE = 'friend'
/** Times that a repeated line is varied. */
const VARY_TRIES = 3

const CORRECTION =
  'Your last try could not be sent. Write another line: harmless, different in its words, and nothing but the line.'

/** Makes the line of a reply: prompt, model, text safety, content filters, and a template where the model fails them. */
export class ReplyWriter {
  readonly #options: ReplyWriterOptions
  readonly #bots: ReadonlyMap<string, Bot>
  readonly #made: MadeLines

  constructor(options: ReplyWriterOptions) {
    this.#options = options
    this.#bots = new Map(options.bots.map((bot) => [bot.login.toLowerCase(), bot]))
    this.#made = new MadeLines({ clock: options.clock, keptMs: REPEAT_MS })
  }

  /**
   * One safe line for the task, threaded to the message it answers. What an earlier run has made for it is taken where it
   * may be said today.
   *
   * @throws ChorusError of the model, for the queue to judge; `model-empty` when not even a template passed; the
   * signal's reason when the reply is no longer wanted.
   */
  async write(task: ReplyTask, context: Pick<WorkContext, 'signal' | 'attempt' | 'made'>): Promise<ChatLine> {
    const { message } = task
    const lines = this.#options.conversation.around(message, PROMPT_LINES_MAX)
    const scene = { task, bot: this.#bot(task.bot), lines, signal: context.signal }
    // Twitch may have refused the words of an earlier try.
    const correction = context.attempt > 1 ? CORRECTION : undefined
    const text =
      (await this.#fromEarlierRun(context.made, scene)) ??
      (await this.#fromModel(scene, correction)) ??
      (await this.#fromTemplates(scene))
    return { channel: message.channel, text, replyTo: message.id }
  }

  /** The rules may have changed since: it is looked at like any other line. */
  async #fromEarlierRun(made: unknown, scene: Scene): Promise<ChatText | undefined> {
    if (!isRecord(made) || typeof made.text !== 'string') return undefined
    const verdict = await this.#vet(made.text, scene, 'main')
    return verdict.kind === 'fit' ? verdict.text : undefined
  }

  /** Nothing when a template is to stand in: no model is there, or what it writes may not be said. */
  async #fromModel(scene: Scene, correction: string | undefined): Promise<ChatText | undefined> {
    try {
      return await this.#askTwice(scene, correction)
    } catch (error) {
      // It was not asked, being away, or this failure is the one that shows it to be.
      const isOutage = error instanceof ChorusError && error.scope === 'endpoint'
      if (isOutage && this.#options.model.needsTemplate()) return undefined
      throw error
    }
  }

  async #askTwice(scene: Scene, correction: string | undefined): Promise<ChatText | undefined> {
    const first = await this.#draft(scene, correction)
    if (first.kind === 'fit') return first.text
    this.#tellFiltered(scene, first.fault, 1)
    if (isFilterFault(first.fault)) return undefined
    // Some line around the question may be what the server refuses: its writer must not silence the bot for all.
    const again = first.fault === 'refused-prompt' ? { ...scene, lines: [] } : scene
    const second = await this.#draft(again, CORRECTION)
    if (second.kind === 'fit') return second.text
    this.#tellFiltered(scene, second.fault, 2)
    return undefined
  }

  async #draft(scene: Scene, correction?: string): Promise<Verdict> {
    const { bot, lines, signal, task } = scene
    const { channel } = task.message
    const prompt = buildPrompt({
      bot,
      channel,
      lines,
      message: task.message,
      ...(correction && { correction }),
    })
    try {
      const { text, by } = await this.#options.model.complete(prompt, { signal })
      return await this.#vet(text, scene, by)
    } catch (error) {
      // A model that says nothing is no outage: it is asked again here, like one that says the wrong thing.
      const code = error instanceof ChorusError ? error.code : undefined
      if (code === 'model-empty') return unfit('empty')
      if (code === 'model-refused-prompt' && lines.length > 0) return unfit('refused-prompt')
      throw error
    }
  }

  async #fromTemplates(scene: Scene): Promise<ChatText> {
    const { random } = this.#options
    for (let attempt = 1; attempt <= TEMPLATE_TRIES; attempt++) {
      const { login } = scene.task.message
      const [viewer, own] = attempt <= NAMED_TRIES ? [login, scene.bot.templates] : [ANYONE]
      const verdict = await this.#vet(templateLine({ viewer, own, random }), scene, 'template')
      if (verdict.kind === 'fit') return verdict.text
      this.#tellFiltered(scene, verdict.fault, attempt)
    }
    throw new ChorusError(
      'model-empty',
      `no line for ${scene.task.id} passed the filters, not even a template`,
    )
  }

  /** Every line comes through here, whoever wrote it. */
  async #vet(raw: string, scene: Scene, source: Source): Promise<Verdict> {
    const shaped = this.#shape(raw, scene)
    if (shaped.kind === 'unfit') return shaped
    const { text } = shaped
    if (holdsKnownSecret(text, this.#options.secrets)) return unfit('secret')
    if (quotesPrompt(text, scene.bot)) return unfit('prompt')
    const fault = this.#judgeWords(text, source) ?? (await this.#judgeContent(text, source, scene.signal))
    return fault ? unfit(fault) : shaped
  }

  /**
   * Text safety, then other words where the bot has just said the same. The line is remembered before anything is
   * awaited: another reply of the bot may be at this very point.
   */
  #shape(raw: string, scene: Scene): Verdict {
    const { bot, message } = scene.task
    let shaped = this.#toText(raw, scene)
    for (let tries = 0; shaped.kind === 'fit' && this.#isRepeated(shaped.text, scene); tries++) {
      if (tries === VARY_TRIES) return unfit('repeated')
      shaped = this.#toText(varyRepeat(shaped.text, scene.task.message.login), scene)
    }
    if (shaped.kind === 'fit') this.#made.add(bot, message.channel, shaped.text)
    return shaped
  }

  #toText(raw: string, { bot, task }: Scene): Verdict {
    const { commandPrefixes: prefixes, links } = this.#options
    const { displayName, login } = task.message
    const shaped = toChatText(raw, {
      self: [bot.login, ...bot.aliases],
      answering: [login, displayName],
      prefixes,
      links,
      maxUnits: LINE_UNITS_MAX - login.length - THREAD_UNITS,
    })
    return shaped.kind === 'text' ? { kind: 'fit', text: shaped.text } : unfit(shaped.reason)
  }

  #isRepeated(text: ChatText, { task }: Scene): boolean {
    const { channel } = task.message
    const { conversation } = this.#options
    return this.#made.has(task.bot, channel, text) || conversation.hasSaid(channel, task.bot, text, REPEAT_MS)
  }

  #judgeWords(text: ChatText, source: Source): Fault | undefined {
    try {
      return this.#options.wordFilter.allows(text) ? undefined : 'blocked'
    } catch (error) {
      this.#options.events.emit('error', { error, where: 'word filter' })
      return source === 'template' ? undefined : 'filter-failed'
    }
  }

  async #judgeContent(text: ChatText, source: Source, signal: AbortSignal): Promise<Fault | undefined> {
    const { model, moderation } = this.#options
    if (moderation === 'off') return undefined
    const said = await model.moderate(text, { signal, by: source === 'template' ? undefined : source })
    if (said === 'ok') return undefined
    if (said === 'flagged') return 'flagged'
    const mayPass = source === 'template' || (said === 'absent' && moderation === 'auto')
    return mayPass ? undefined : 'no-moderation'
  }

  #bot(login: BotLogin): Bot {
    const bot = this.#bots.get(login.toLowerCase())
    if (!bot) throw new ChorusError('reply-failed', `no persona for ${login}`)
    return bot
  }

  #tellFiltered({ task }: Scene, reason: Fault, attempt: number): void {
    this.#options.events.emit('line:filtered', { bot: task.bot, reason, attempt })
  }
}

/** Asking the model again would not help. */
function isFilterFault(fault: Fault): boolean {
  return fault === 'filter-failed' || fault === 'no-moderation'
}

function unfit(fault: Fault): Verdict {
  return { kind: 'unfit', fault }
}
