import { type Bot, type ChatLine, LINE_UNITS_MAX, type TaskId } from '../domain.js'
import { ChorusError } from '../errors.js'
import type { Random } from '../random.js'
import type { JointHandler, JointReply, ReplyShare, WorkContext } from '../reply-queue.js'
import type { Conversation } from './conversation.js'
import { parseJointAnswer } from './joint-answer.js'
import {
  callsExactly,
  type JointLine,
  type JointPart,
  joinParts,
  parseJointLine,
  seatsFor,
  spelledLogin,
  unitsForLongest,
  unitsPerViewer,
} from './joint-line.js'
import { buildJointPrompt } from './joint-prompt.js'
import { type Fault, isFilterFault, type LineGates, type Source, unfit, type Verdict } from './line-gates.js'
import type { Models } from './models.js'
import type { Personas } from './personas.js'
import { PROMPT_LINES_MAX } from './prompt.js'
import { templatePart } from './template-line.js'

/** What a joint writer needs. */
export interface JointWriterOptions {
  readonly personas: Personas
  readonly conversation: Pick<Conversation, 'around'>
  readonly model: Pick<Models, 'complete' | 'needsTemplate'>
  readonly gates: LineGates
  readonly random: Random
}

/** One joint reply in the making. */
interface Scene {
  readonly bot: Bot
  readonly channel: ChatLine['channel']
  /** As many as one line can hold. */
  readonly shares: readonly ReplyShare[]
  /** Units of the line that each viewer has; more only where others leave theirs. */
  readonly unitsEach: number
  readonly signal: AbortSignal
  /** Why anything was left out so far. */
  readonly faults: Set<Fault>
}

/** Templates looked at for one viewer before it is left out. */
const TEMPLATE_TRIES = 4
/** Those that may be the bot's own: all of them may be what the filters refuse. */
const OWN_TRIES = 3

/**
 * Makes one line for several viewers, `@ann … @bob …`. Whom it answers is for code to say, not for the model: each part is made
 * safe and judged alone, then the line that they make, and who has no fit part is left to be answered alone.
 */
export class JointWriter implements JointHandler<ChatLine> {
  readonly #options: JointWriterOptions

  constructor(options: JointWriterOptions) {
    this.#options = options
  }

  /**
   * The model is asked once.
   *
   * @throws ChorusError of the model, for the queue to judge; `model-empty` when nobody could be answered; the signal's
   * reason when the reply is no longer wanted.
   */
  async reply(
    shares: readonly ReplyShare[],
    { signal }: Pick<WorkContext, 'signal'>,
  ): Promise<JointReply<JointLine>> {
    const scene = this.#scene(shares, signal)
    const parts = (await this.#fromModel(scene)) ?? (await this.#fromTemplates(scene))
    const { bot, channel } = scene
    const line = this.#compose(parts, bot, channel)
    if (!line) throw new ChorusError('model-empty', `no line for ${shares.length} viewers passed the filters`)
    return { line, answered: parts.map(({ id }) => id) }
  }

  /** Nothing, too, where the rest may not be said today. */
  without(line: ChatLine, ids: ReadonlySet<TaskId>): JointLine | undefined {
    const made = parseJointLine(line)
    const bot = made && this.#options.personas.find(made.bot)
    if (!made || !bot) return undefined
    const parts = made.parts.filter(({ id }) => !ids.has(id))
    if (parts.length === 0 || this.#judge(parts, bot, 'template')) return undefined
    const rest = this.#compose(parts, bot, made.channel)
    if (rest) this.#options.gates.remember(rest.text, bot.login, rest.channel)
    return rest
  }

  #scene(shares: readonly ReplyShare[], signal: AbortSignal): Scene {
    const seated = shares.slice(0, seatsFor(shares.map(loginOf)))
    const first = seated[0]?.tasks[0]
    if (!first) throw new ChorusError('model-empty', 'no viewer that one line could answer')
    const bot = this.#options.personas.get(first.bot)
    const unitsEach = unitsPerViewer(seated.map(loginOf))
    return { bot, channel: first.message.channel, shares: seated, unitsEach, signal, faults: new Set() }
  }

  /** Nothing when templates are to stand in: no model is there, or nobody can tell whether what it writes may be said. */
  async #fromModel(scene: Scene): Promise<readonly JointPart[] | undefined> {
    const { signal, shares } = scene
    try {
      const { text, by } = await this.#options.model.complete(this.#prompt(scene), {
        signal,
        viewers: shares.length,
      })
      const parts = await this.#settle(this.#partsOf(text, scene, by), scene, by)
      return parts.length === 0 && [...scene.faults].some(isFilterFault) ? undefined : parts
    } catch (error) {
      if (!(error instanceof ChorusError)) throw error
      if (error.scope === 'endpoint' && this.#options.model.needsTemplate()) return undefined
      if (error.code !== 'model-refused-prompt') throw error
      // One viewer's words may be what the server refuses: alone, the others have their answers.
      this.#tell(scene, 'refused-prompt')
      throw new ChorusError('model-empty', 'the model refused the lines of several viewers', { cause: error })
    }
  }

  #prompt({ bot, channel, shares, unitsEach }: Scene) {
    const questions = shares.map(({ tasks: [first, ...further] }) => {
      return [first.message, ...further.map((task) => task.message)] as const
    })
    const newest = questions.flat().reduce((a, b) => (b.arrivedAtMs >= a.arrivedAtMs ? b : a))
    const lines = this.#options.conversation.around(newest, PROMPT_LINES_MAX)
    return buildJointPrompt({ bot, channel, lines, questions, unitsEach })
  }

  /** Cut only once it is known how long each one is: who says little leaves the others more. */
  #partsOf(answer: string, scene: Scene, by: Source): JointPart[] {
    const { bot, shares } = scene
    const said = parseJointAnswer(
      answer,
      shares.map(({ tasks: [{ message }] }) => message),
    )
    const drafts = this.#fit(
      shares.map((share, at) => this.#draft(said[at], share, bot)),
      scene,
    )
    const maxUnits = unitsForLongest(drafts)
    return this.#fit(
      drafts.map((draft) => this.#part(draft, maxUnits, bot, by)),
      scene,
    )
  }

  /** Those that are parts; of the others is told why they are none. */
  #fit(parts: readonly (JointPart | Fault)[], scene: Scene): JointPart[] {
    return parts.flatMap((part) => {
      if (typeof part !== 'string') return [part]
      this.#tell(scene, part)
      return []
    })
  }

  async #fromTemplates(scene: Scene): Promise<readonly JointPart[]> {
    const taken = new Set<string>()
    const parts = scene.shares.flatMap((share) => this.#templatePart(share, scene, taken) ?? [])
    return await this.#settle(parts, scene, 'template')
  }

  #templatePart(share: ReplyShare, scene: Scene, taken: Set<string>): JointPart | undefined {
    const { bot, unitsEach: unitsMax } = scene
    const { random } = this.#options
    for (let attempt = 1; attempt <= TEMPLATE_TRIES; attempt++) {
      const own = attempt <= OWN_TRIES ? bot.templates : undefined
      const raw = templatePart({ random, own, unitsMax, taken })
      taken.add(raw)
      const part = this.#part(partFor(share, raw), unitsMax, bot, 'template')
      if (typeof part !== 'string') return part
      this.#tell(scene, part)
    }
    return undefined
  }

  #draft(raw: string | undefined, share: ReplyShare, bot: Bot): JointPart | Fault {
    return raw === undefined ? 'missing' : this.#safe(partFor(share, raw), LINE_UNITS_MAX, bot)
  }

  /** What is said to one viewer, made safe and judged with the name before it; or what is wrong with it. */
  #part(part: JointPart, maxUnits: number, bot: Bot, by: Source): JointPart | Fault {
    const safe = this.#safe(part, maxUnits, bot)
    return typeof safe === 'string' ? safe : (this.#judge([safe], bot, by) ?? safe)
  }

  #safe(part: JointPart, maxUnits: number, bot: Bot): JointPart | Fault {
    // Its viewer's name stands before it: there is nobody left to call.
    const shaped = this.#options.gates.toText(part.text, bot, { answering: [], maxUnits })
    return shaped.kind === 'unfit' ? shaped.fault : { ...part, text: shaped.text }
  }

  /**
   * The parts that make one fit line together. The line is moderated as a whole, and only where it is flagged part by part:
   * then without those to blame.
   */
  async #settle(parts: readonly JointPart[], scene: Scene, by: Source): Promise<readonly JointPart[]> {
    const { bot, channel, signal } = scene
    const { gates } = this.#options
    const fresh = this.#fresh(this.#untangled(parts, scene, by), scene)
    const text = this.#compose(fresh, bot, channel)?.text
    if (text === undefined) return []
    gates.remember(text, bot.login, channel)
    const fault = await gates.judgeContent(text, by, signal)
    if (!fault) return fresh
    this.#tell(scene, fault)
    if (fault !== 'flagged' || fresh.length === 1) return []
    const faults = await Promise.all(fresh.map((part) => gates.judgeContent(joinParts([part]), by, signal)))
    const others = fresh.filter((_, at) => !faults[at])
    return others.length < fresh.length ? await this.#settle(others, scene, by) : []
  }

  /** One after the other, each where it stands well beside every one before it, so that any of them may be taken out again. */
  #untangled(parts: readonly JointPart[], scene: Scene, by: Source): readonly JointPart[] {
    const stands = (part: JointPart, others: readonly JointPart[]) =>
      others.every((other) => this.#shape([other, part], scene.bot).kind === 'fit')
    // Nearly always all is well: then the line is judged once, not once per part.
    const isSound = parts.every((part, at) => stands(part, parts.slice(0, at)))
    if (isSound && parts.length > 0 && !this.#judge(parts, scene.bot, by)) return parts
    const kept: JointPart[] = []
    for (const part of parts) {
      const fault = stands(part, kept) ? this.#judge([...kept, part], scene.bot, by) : 'tangled'
      if (fault) this.#tell(scene, fault)
      else kept.push(part)
    }
    return kept
  }

  /** Said to one viewer fewer, a line that was just said is another one. */
  #fresh(parts: readonly JointPart[], scene: Scene): readonly JointPart[] {
    const { bot, channel } = scene
    const text = this.#compose(parts, bot, channel)?.text
    if (text === undefined || !this.#options.gates.isRepeated(text, bot.login, channel)) return parts
    this.#tell(scene, 'repeated')
    return this.#fresh(parts.slice(0, -1), scene)
  }

  /** Why parts may not be said as one line; undefined where they may. */
  #judge(parts: readonly JointPart[], bot: Bot, by: Source): Fault | undefined {
    const shaped = this.#shape(parts, bot)
    return shaped.kind === 'unfit' ? shaped.fault : this.#options.gates.judgeText(shaped.text, bot, by)
  }

  /** Text safety must find nothing to change, and the line must call just its viewers: that is what proves the coverage. */
  #shape(parts: readonly JointPart[], bot: Bot): Verdict {
    const text = joinParts(parts)
    const answering = parts.map(({ login }) => login)
    const shaped = this.#options.gates.toText(text, bot, { answering, maxUnits: LINE_UNITS_MAX })
    const isTangled = shaped.kind === 'fit' && !(shaped.text === text && callsExactly(text, answering))
    return isTangled ? unfit('tangled') : shaped
  }

  #compose(parts: readonly JointPart[], bot: Bot, channel: ChatLine['channel']): JointLine | undefined {
    const shaped = this.#shape(parts, bot)
    return shaped.kind === 'fit' ? { channel, text: shaped.text, bot: bot.login, parts } : undefined
  }

  #tell({ bot, faults }: Scene, reason: Fault): void {
    faults.add(reason)
    this.#options.gates.tellFiltered(bot.login, reason, 1)
  }
}

function partFor({ id, tasks: [task] }: ReplyShare, text: string): JointPart {
  return { id, login: spelledLogin(task.message), text }
}

function loginOf({ tasks: [task] }: ReplyShare): string {
  return task.message.login
}
