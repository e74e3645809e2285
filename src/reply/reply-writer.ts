import {
  type Bot,
  type ChatLine,
  type ChatMessage,
  type ChatText,
  LINE_UNITS_MAX,
  type ReplyTask,
} from '../domain.js'
import { ChorusError } from '../errors.js'
import { isRecord } from '../json-record.js'
import type { Random } from '../random.js'
import { FURTHER_MAX, type WorkContext } from '../reply-queue.js'
import type { Conversation, ConversationLine } from './conversation.js'
import { JointWriter } from './joint-writer.js'
import {
  type Fault,
  isFilterFault,
  LineGates,
  type LineGatesOptions,
  type Source,
  type Unfit,
  unfit,
  type Verdict,
} from './line-gates.js'
import type { Models } from './models.js'
import { Personas } from './personas.js'
import { buildPrompt, PROMPT_LINES_MAX } from './prompt.js'
import { ANYONE, templateLine, varyRepeat } from './template-line.js'

/** What a reply writer needs. */
export interface ReplyWriterOptions extends LineGatesOptions {
  readonly bots: readonly Bot[]
  readonly conversation: Conversation
  readonly model: Pick<Models, 'complete' | 'moderate' | 'needsTemplate'>
  readonly random: Random
}

/** One reply in the making. */
interface Scene {
  readonly task: ReplyTask
  /** The viewer's lines that it answers, oldest first. */
  readonly messages: readonly ChatMessage[]
  readonly bot: Bot
  readonly lines: readonly ConversationLine[]
  readonly signal: AbortSignal
}

/** A safe text that passed every gate, and who wrote it. */
interface Made {
  readonly kind: 'fit'
  readonly text: ChatText
  readonly by: Source
}

/** A line, and who wrote it. */
export interface Written {
  readonly line: ChatLine
  readonly by: Source
}

/** Twitch puts `@login ` before the text of a threaded reply: these units beside the login itself. */
const THREAD_UNITS = 2
/** Templates looked at before a reply is given up for now. */
const TEMPLATE_TRIES = 8
/**
 * Those that are the bot's own and name the viewer. A login may be what the filters refuse, and then every template with it is;
 * so may be what the streamer has written.
 */
const NAMED_TRIES = 4
/** Times that a repeated line is varied. */
const VARY_TRIES = 3

const CORRECTION =
  'Your last try could not be sent. Write another line: harmless, different in its words, and nothing but the line.'

/** Makes the line of a reply: prompt, model, text safety, content filters, and a template where the model fails them. */
export class ReplyWriter {
  readonly #options: ReplyWriterOptions
  readonly #personas: Personas
  readonly #gates: LineGates
  /** Makes one line for several viewers, behind the same gates. */
  readonly joint: JointWriter

  constructor(options: ReplyWriterOptions) {
    this.#options = options
    this.#personas = new Personas(options.bots)
    this.#gates = new LineGates(options)
    const { conversation, model, random } = options
    this.joint = new JointWriter({
      conversation,
      model,
      random,
      personas: this.#personas,
      gates: this.#gates,
    })
  }

  /**
   * One safe line for the task, threaded to the message it answers; it answers what else the viewer has asked since, too.
   * What an earlier run has made for it is taken where it may be said today.
   *
   * @throws ChorusError of the model, for the queue to judge; `model-empty` when not even a template passed; the
   * signal's reason when the reply is no longer wanted.
   */
  async write(
    task: ReplyTask,
    context: Pick<WorkContext, 'signal' | 'attempt' | 'made' | 'further'>,
  ): Promise<ChatLine> {
    return (await this.compose(task, context)).line
  }

  /** As {@link write}, and tells who wrote the line; of what an earlier run has made nobody knows, so it counts as the main model's. */
  async compose(
    task: ReplyTask,
    context: Pick<WorkContext, 'signal' | 'attempt' | 'made' | 'further'>,
  ): Promise<Written> {
    const { message } = task
    const further = (context.further ?? []).slice(-FURTHER_MAX).map((other) => other.message)
    const lines = this.#options.conversation.around(further.at(-1) ?? message, PROMPT_LINES_MAX)
    const bot = this.#personas.get(task.bot)
    const scene = { task, messages: [message, ...further], bot, lines, signal: context.signal }
    // Twitch may have refused the words of an earlier try.
    const correction = context.attempt > 1 ? CORRECTION : undefined
    const { text, by } =
      (await this.#fromEarlierRun(context.made, scene)) ??
      (await this.#fromModel(scene, correction)) ??
      (await this.#fromTemplates(scene))
    // Twitch knows no thread below a notice of its own.
    const line = { channel: message.channel, text, ...(!message.isNotice && { replyTo: message.id }) }
    return { line, by }
  }

  /** The rules may have changed since: it is looked at like any other line. A joint line is for others, too. */
  async #fromEarlierRun(made: unknown, scene: Scene): Promise<Made | undefined> {
    if (!isRecord(made) || typeof made.text !== 'string' || 'parts' in made) return undefined
    const verdict = await this.#vet(made.text, scene, 'main')
    return verdict.kind === 'fit' ? verdict : undefined
  }

  /** Nothing when a template is to stand in: no model is there, or what it writes may not be said. */
  async #fromModel(scene: Scene, correction: string | undefined): Promise<Made | undefined> {
    try {
      return await this.#askTwice(scene, correction)
    } catch (error) {
      // It was not asked, being away, or this failure is the one that shows it to be.
      const isOutage = error instanceof ChorusError && error.scope === 'endpoint'
      if (isOutage && this.#options.model.needsTemplate()) return undefined
      throw error
    }
  }

  async #askTwice(scene: Scene, correction: string | undefined): Promise<Made | undefined> {
    const first = await this.#draft(scene, correction)
    if (first.kind === 'fit') return first
    this.#tellFiltered(scene, first.fault, 1)
    if (isFilterFault(first.fault)) return undefined
    // Some line around the question may be what the server refuses: its writer must not silence the bot for all.
    const again = first.fault === 'refused-prompt' ? { ...scene, lines: [] } : scene
    const second = await this.#draft(again, CORRECTION)
    if (second.kind === 'fit') return second
    this.#tellFiltered(scene, second.fault, 2)
    return undefined
  }

  async #draft(scene: Scene, correction?: string): Promise<Made | Unfit> {
    const { bot, lines, messages, signal, task } = scene
    const { channel } = task.message
    const prompt = buildPrompt({ bot, channel, lines, messages, ...(correction && { correction }) })
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

  async #fromTemplates(scene: Scene): Promise<Made> {
    const { random } = this.#options
    for (let attempt = 1; attempt <= TEMPLATE_TRIES; attempt++) {
      const { login } = scene.task.message
      const [viewer, own] = attempt <= NAMED_TRIES ? [login, scene.bot.templates] : [ANYONE]
      const verdict = await this.#vet(templateLine({ viewer, own, random }), scene, 'template')
      if (verdict.kind === 'fit') return verdict
      this.#tellFiltered(scene, verdict.fault, attempt)
    }
    throw new ChorusError(
      'model-empty',
      `no line for ${scene.task.id} passed the filters, not even a template`,
    )
  }

  /** Every line comes through here, whoever wrote it. */
  async #vet(raw: string, scene: Scene, source: Source): Promise<Made | Unfit> {
    const shaped = this.#shape(raw, scene)
    if (shaped.kind === 'unfit') return shaped
    const { text } = shaped
    const fault =
      this.#gates.judgeText(text, scene.bot, source) ??
      (await this.#gates.judgeContent(text, source, scene.signal))
    return fault ? unfit(fault) : { ...shaped, by: source }
  }

  /**
   * Text safety, then other words where the bot has just said the same. The line is remembered before anything is
   * awaited: another reply of the bot may be at this very point.
   */
  #shape(raw: string, scene: Scene): Verdict {
    const { bot, message } = scene.task
    const { channel, login } = message
    let shaped = this.#toText(raw, scene)
    for (let tries = 0; shaped.kind === 'fit' && this.#gates.isRepeated(shaped.text, bot, channel); tries++) {
      if (tries === VARY_TRIES) return unfit('repeated')
      shaped = this.#toText(varyRepeat(shaped.text, login), scene)
    }
    if (shaped.kind === 'fit') this.#gates.remember(shaped.text, bot, channel)
    return shaped
  }

  #toText(raw: string, { bot, task }: Scene): Verdict {
    const { displayName, login } = task.message
    return this.#gates.toText(raw, bot, {
      answering: [login, displayName],
      maxUnits: LINE_UNITS_MAX - login.length - THREAD_UNITS,
    })
  }

  #tellFiltered({ task }: Scene, reason: Fault, attempt: number): void {
    this.#gates.tellFiltered(task.bot, reason, attempt)
  }
}
