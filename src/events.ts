import { EventEmitter } from 'eventemitter3'
import type {
  BotLogin,
  ChannelName,
  ChatLine,
  ChatMessage,
  Clearing,
  Decision,
  MessageId,
  Outcome,
  Raid,
  ReplyTask,
} from './domain.js'
import type { ChorusError, ErrorCode } from './errors.js'
import type { ControlState } from './router/controls.js'
import type { TokenUse } from './token-use.js'

/** Everything that Chorus tells: `noun:verb`, one payload object each. */
export interface ChorusEvents {
  /** At least one bot is in chat, and every other one is, too, or is parked; told once. */
  ready: (event: {
    readonly joined: readonly BotLogin[]
    readonly parked: readonly { readonly bot: BotLogin; readonly reason: string }[]
  }) => void
  /** A line was read from chat, by whichever bot heard it first. */
  'message:received': (event: { readonly message: ChatMessage }) => void
  /** Who answers it, and why; silence is a decision, too. */
  'message:decided': (event: {
    readonly message: ChatMessage
    readonly decisions: readonly Decision[]
  }) => void
  /** A reply is owed: from here on it ends in exactly one outcome. */
  'reply:accepted': (event: { readonly task: ReplyTask }) => void
  /** An earlier run accepted it and left it without an outcome, or somebody redrove it: it goes on. */
  'reply:restored': (event: { readonly task: ReplyTask; readonly ageMs: number }) => void
  /** It got its slots: the rest of its pause and the model run now. `waitedMs` counts from arrival. */
  'reply:started': (event: {
    readonly task: ReplyTask
    readonly attempt: number
    readonly waitedMs: number
  }) => void
  /** Its line is made and waits for the account's allowance, holding no slot. */
  'reply:ready': (event: { readonly task: ReplyTask; readonly tookMs: number }) => void
  /** It failed and is tried again in `inMs`; it holds no slot until then. */
  'reply:held': (event: {
    readonly task: ReplyTask
    readonly error: ChorusError
    readonly inMs: number
  }) => void
  /** It has its outcome. `tookMs` counts from arrival. */
  'reply:settled': (event: {
    readonly task: ReplyTask
    readonly outcome: Outcome
    readonly tookMs: number
  }) => void
  /** More replies wait than the threshold; once per episode. */
  'backlog:raised': (event: { readonly size: number; readonly threshold: number }) => void
  /** The episode is over: `peak` is the most that waited. */
  'backlog:cleared': (event: {
    readonly size: number
    readonly peak: number
    readonly lastedMs: number
  }) => void
  /** Somebody turned something, or a mute ran out: how everything stands now. `by` is the moderator who asked in chat. */
  'controls:changed': (event: ControlState & { readonly by?: string }) => void
  /** A bot is in a channel, listening and able to talk. */
  'bot:joined': (event: { readonly bot: BotLogin; readonly channel: ChannelName }) => void
  /** A bot's connection is gone; the next attempt is made in `retryInMs`. */
  'bot:disconnected': (event: {
    readonly bot: BotLogin
    readonly reason: string
    readonly retryInMs: number
  }) => void
  /** Twitch asked a bot to come again: it does so in `inMs`, and listens on the old connection until then. */
  'bot:moving': (event: { readonly bot: BotLogin; readonly inMs: number }) => void
  /** A bot may not talk until someone mends it, or until Twitch listens to it again; the others go on. */
  'bot:parked': (event: { readonly bot: BotLogin; readonly reason: string; readonly advice: string }) => void
  /** What a bot was parked for is over. */
  'bot:unparked': (event: { readonly bot: BotLogin }) => void
  /** A bot has become moderator, VIP or broadcaster in a channel, or is so no longer; `linesMax` in 30 s from now on. */
  'bot:promoted': (event: {
    readonly bot: BotLogin
    readonly channel: ChannelName
    readonly isPrivileged: boolean
    readonly linesMax: number
  }) => void
  /** A bot may not talk in one channel: it is banned or timed out there, a mode keeps it out, or the channel is gone. */
  'channel:closed': (event: {
    readonly bot: BotLogin
    readonly channel: ChannelName
    readonly reason: string
  }) => void
  /** It may talk there again, or may try to. */
  'channel:opened': (event: { readonly bot: BotLogin; readonly channel: ChannelName }) => void
  /** Moderators cleared something away: what answers it is withdrawn. */
  'chat:cleared': (event: { readonly clearing: Clearing }) => void
  /** Another streamer has raided the channel; once per channel and raid, also for what is only mirrored there. */
  'chat:raided': (event: Raid) => void
  /** A bot’s token was exchanged for a new one before its end, or because it was refused. */
  'token:refreshed': (event: { readonly bot: BotLogin; readonly expiresInMs: number | undefined }) => void
  /** A bot has another token: somebody signed it in, or changed `.env`. */
  'token:replaced': (event: { readonly bot: BotLogin }) => void
  /** A bot’s token works, but not for long or not for all that it is needed for; once per token and reason. */
  'token:flawed': (event: {
    readonly bot: BotLogin
    readonly reason: string
    readonly advice: string
  }) => void
  /** A bot’s token is none any more, or another account’s: someone must mend it. */
  'token:invalid': (event: {
    readonly bot: BotLogin
    readonly reason: string
    readonly advice: string
  }) => void
  /** Tokens can’t be checked or refreshed now, first this bot’s; once per episode. Bots go on with what they have. */
  'token:unchecked': (event: { readonly bot: BotLogin; readonly reason: string }) => void
  /** A line was written to Twitch, which has not answered yet. */
  'line:written': (event: { readonly bot: BotLogin; readonly line: ChatLine }) => void
  /** A line is in chat: Twitch said so, or another bot has seen it. */
  'line:sent': (event: {
    readonly bot: BotLogin
    readonly line: ChatLine
    readonly id: MessageId | undefined
  }) => void
  /** Twitch refused what a bot wrote, by its NOTICE id; `next` is what becomes of the line. */
  'line:refused': (event: {
    readonly bot: BotLogin
    readonly channel: ChannelName
    readonly notice: string
    readonly text: string
    readonly next: string
  }) => void
  /**
   * Twitch neither took nor refused a line. `repeat`: it is said again where Twitch's rule on repetitions keeps it from
   * being shown twice; `in-doubt`: it may not be said again.
   */
  'line:unanswered': (event: {
    readonly bot: BotLogin
    readonly channel: ChannelName
    readonly next: 'repeat' | 'in-doubt'
  }) => void
  /** Twitch took a line, but no other bot in the channel has seen it: it was dropped, as in a very fast chat. */
  'line:unseen': (event: { readonly bot: BotLogin; readonly channel: ChannelName }) => void
  /**
   * A line of the model, or a viewer’s part of a joint one, was thrown away, and why; `missing`: the model has left a viewer
   * out. `text` is never given: it may be what must not be shown.
   */
  'line:filtered': (event: {
    readonly bot: BotLogin
    readonly reason: string
    readonly attempt: number
  }) => void
  /** The model's server dislikes a parameter: it is switched or dropped from now on. */
  'model:adapted': (event: {
    readonly model: string
    readonly parameter: string
    readonly change: string
  }) => void
  /** A request to the model, or a probe, was answered. */
  'model:answered': (event: {
    readonly model: string
    readonly tookMs: number
    readonly tokens: number
  }) => void
  /** A request to the model failed; what probes come to is not told. */
  'model:failed': (event: {
    readonly model: string
    readonly error: ChorusError
    readonly tookMs: number
  }) => void
  /** The journal can’t be written: what is accepted from now on is kept in memory only. Once per episode. */
  'journal:refusing': (event: {
    readonly code: string
    readonly reason: string
    readonly advice: string
  }) => void
  /** It can be written again, and holds everything that waits. */
  'journal:recovered': (event: { readonly afterMs: number }) => void
  /** It was damaged: it lies `aside` now, and what could be read of it, `rows`, goes on in a new one. */
  'journal:damaged': (event: {
    readonly reason: string
    readonly advice: string
    readonly aside: string
    readonly rows: number
  }) => void
  /**
   * Replies without an outcome were found in the journal: at the start those of earlier runs, later on those that somebody
   * redrove. `count` go on, `ended` have their outcome now, `absent` wait for a run with their bot.
   */
  'journal:restored': (event: {
    readonly count: number
    readonly ended: number
    readonly absent: number
  }) => void
  /**
   * How many replies wait in the dead letters: at the start, where there are any, whenever that changes, and every hour
   * while there are any.
   */
  'dead-letters:counted': (event: { readonly count: number }) => void
  /**
   * A model does not answer: it gets no request until a probe is answered. Told once per outage, and once more when what keeps
   * it away by then is for a person to mend. `meanwhile` is who makes the lines.
   */
  'model:away': (event: {
    readonly model: string
    readonly code: ErrorCode
    readonly reason: string
    readonly advice: string
    readonly meanwhile: 'main' | 'fallback' | 'template' | 'nobody'
  }) => void
  /** It answers again. */
  'model:back': (event: { readonly model: string; readonly awayMs: number }) => void
  /** 80 % of the day's tokens are used: chance replies stop until the next day (UTC); told once a day. */
  'tokens:low': (event: TokenUse & { readonly perDay: number }) => void
  /** All of the day's tokens are used: templates stand in for the model until the next day (UTC); told once a day. */
  'tokens:spent': (event: TokenUse & { readonly perDay: number }) => void
  /** A fault inside Chorus, which goes on. */
  error: (event: { readonly error: unknown; readonly where: string }) => void
}

type EventName = keyof ChorusEvents
type Payload<E extends EventName> = Parameters<ChorusEvents[E]>[0]
type Guard = (payload: unknown) => void

/**
 * The typed emitter: eventemitter3 with a guard around every listener. One that throws, or rejects, becomes an
 * `error` event and the others are still called: a listener is never fatal.
 */
export class ChorusEmitter {
  readonly #emitter = new EventEmitter<Record<EventName, Guard>>()
  /** One guard per listener and event, so that `off` finds what `on` put in. */
  readonly #guards = new WeakMap<object, Map<EventName, Guard>>()

  on<E extends EventName>(event: E, listener: ChorusEvents[E]): this {
    this.#emitter.on(event, this.#guard(event, listener))
    return this
  }

  once<E extends EventName>(event: E, listener: ChorusEvents[E]): this {
    this.#emitter.once(event, this.#guard(event, listener))
    return this
  }

  off<E extends EventName>(event: E, listener: ChorusEvents[E]): this {
    this.#emitter.off(event, this.#guard(event, listener))
    return this
  }

  /** Calls every listener of `event` in the order they came; true when there was one. */
  emit<E extends EventName>(event: E, payload: Payload<E>): boolean {
    return this.#emitter.emit(event, payload)
  }

  #guard(event: EventName, listener: (payload: never) => unknown): Guard {
    const guards = this.#guards.get(listener) ?? new Map<EventName, Guard>()
    this.#guards.set(listener, guards)
    const guard = guards.get(event) ?? this.#guarded(event, listener)
    guards.set(event, guard)
    return guard
  }

  #guarded(event: EventName, listener: (payload: never) => unknown): Guard {
    const report = (error: unknown) => {
      // A listener of `error` that fails itself would go round for ever.
      if (event !== 'error') this.emit('error', { error, where: `listener of ${event}` })
    }
    return (payload) => {
      try {
        const result = listener(payload as never)
        if (result instanceof Promise) result.catch(report)
      } catch (error) {
        report(error)
      }
    }
  }
}
