import { SECOND } from '../clock.js'
import { withDeadline } from '../deadline.js'
import {
  type Bot,
  type ChannelName,
  type ReplyTask,
  sameLogin,
  toMessageId,
  toTaskId,
  toUserId,
} from '../domain.js'
import { ChorusError } from '../errors.js'
import { ChorusEmitter } from '../events.js'
import { findTryOutFault, TRY_OUT_MAX_MS, TRY_OUT_VIEWER, type TriedLine, type TryOut } from '../try-out.js'
import { Conversation } from './conversation.js'
import type { Source } from './line-gates.js'
import { ReplyWriter, type ReplyWriterOptions } from './reply-writer.js'

export interface RehearsalOptions extends Omit<ReplyWriterOptions, 'conversation'> {
  /** Whose chat the model is told of. */
  readonly channel: ChannelName
}

/** No message of Twitch's has it: its ids are UUIDs. */
const MESSAGE = toMessageId('try-out')
const VIEWER = toUserId('try-out')
const AUTHORS = { main: 'model', fallback: 'fallback', template: 'template' } as const satisfies Record<
  Source,
  TriedLine['by']
>

/**
 * Tries what a bot would say, before no audience: prompt, model, text safety, filters and templates as in {@link ReplyWriter}, by
 * a writer that lives for one line. What that one hears, says and throws away is its own. The models are those of all: tokens
 * are used and counted, and who is away is not asked.
 */
export class Rehearsal {
  readonly #options: RehearsalOptions
  readonly #over = new AbortController()

  constructor(options: RehearsalOptions) {
    this.#options = options
  }

  /**
   * The one line that the bot would say in a chat where nothing else was said.
   *
   * @throws RangeError for a bot that is none of ours, and for what {@link findTryOutFault} finds; ChorusError as
   * {@link ReplyWriter.write}, `model-timeout` after {@link TRY_OUT_MAX_MS}, `stopping`; the signal's reason
   */
  async tryOut(tryOut: TryOut, { signal }: { readonly signal?: AbortSignal } = {}): Promise<TriedLine> {
    const bot = this.#botFor(tryOut)
    const fault = findTryOutFault(tryOut)
    if (fault !== undefined) throw new RangeError(fault)
    const over = this.#over.signal
    return await withDeadline(
      {
        clock: this.#options.clock,
        deadlineMs: TRY_OUT_MAX_MS,
        signal: AbortSignal.any(signal ? [signal, over] : [over]),
        late,
      },
      (inner) => this.#write(bot, tryOut, inner),
    )
  }

  /** Gives up what is being tried, and tries nothing more. Safe to call twice. */
  stop(): void {
    this.#over.abort(new ChorusError('stopping', 'Chorus is stopping: nothing is tried any more'))
  }

  async #write(bot: Bot, tryOut: TryOut, signal: AbortSignal): Promise<TriedLine> {
    const { clock } = this.#options
    const startedAtMs = clock.now()
    const { events, filtered } = this.#backstage()
    const conversation = new Conversation({ clock })
    const writer = new ReplyWriter({ ...this.#options, bots: [bot], conversation, events })
    const { line, by } = await writer.compose(this.#taskFor(bot, tryOut), { signal, attempt: 1 })
    const tookMs = Math.round(clock.now() - startedAtMs)
    return { text: line.text, by: AUTHORS[by], filtered, tookMs }
  }

  /** Events that nobody else hears, but for faults of ours: those are told, whoever finds them. */
  #backstage(): { readonly events: ChorusEmitter; readonly filtered: readonly string[] } {
    const events = new ChorusEmitter()
    // At most as many as a writer has tries.
    const filtered: string[] = []
    events.on('line:filtered', ({ reason }) => filtered.push(reason))
    events.on('error', (event) => this.#options.events.emit('error', event))
    return { events, filtered }
  }

  #botFor({ bot, persona }: TryOut): Bot {
    const { bots } = this.#options
    const ours = bots.find(({ login }) => sameLogin(login, bot))
    if (ours) return persona === undefined ? ours : { ...ours, persona: persona.trim() }
    const logins = bots.map(({ login }) => login).join(', ')
    throw new RangeError(`no bot is called ${JSON.stringify(bot)}: there are ${logins}`)
  }

  #taskFor({ login: bot }: Bot, { text, viewer = TRY_OUT_VIEWER }: TryOut): ReplyTask {
    const { channel, clock } = this.#options
    const message = {
      id: MESSAGE,
      channel,
      userId: VIEWER,
      login: viewer.toLowerCase(),
      displayName: viewer,
      text: text.trim(),
      roles: { broadcaster: false, moderator: false, vip: false, subscriber: false },
      isMirrored: false,
      arrivedAtMs: clock.now(),
    }
    return { id: toTaskId(bot, MESSAGE), bot, cause: 'mention', message, delayMs: 0 }
  }
}

function late(): ChorusError {
  return new ChorusError('model-timeout', `there was no line within ${TRY_OUT_MAX_MS / SECOND} s`)
}
