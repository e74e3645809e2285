import { type ChatStatus, TwitchChat } from './chat/twitch-chat.js'
import { type Clock, DAY, systemClock } from './clock.js'
import { loadEnvironment, parseConfig } from './config.js'
import { type ConfigInput, toBots } from './config-schema.js'
import { type Bot, type ChannelName, type ChatLine, toChannelName, toMessageId } from './domain.js'
import type { Environment } from './environment.js'
import { ChorusError } from './errors.js'
import { logEvents } from './event-log.js'
import { ChorusEmitter } from './events.js'
import { DeadLetters } from './journal/dead-letters.js'
import { Journal } from './journal/journal.js'
import type { Logger } from './logger.js'
import { toEngineSettings } from './queue/engine-settings.js'
import { PQueueEngine } from './queue/p-queue-engine.js'
import type { Random } from './random.js'
import { toAnswerText } from './reply/answer-text.js'
import { Conversation } from './reply/conversation.js'
import { createModels } from './reply/create-models.js'
import { createWriters } from './reply/create-writers.js'
import type { ModelStatus, Models } from './reply/models.js'
import { PROMPT_LINES_MAX } from './reply/prompt.js'
import type { Rehearsal } from './reply/rehearsal.js'
import type { DrainReport, StopOptions } from './reply-queue.js'
import { noToken, requireModel } from './requirements.js'
import { CommandAnswers } from './router/command-answers.js'
import { MessageRouter, type RouterStatus } from './router/message-router.js'
import { Orchestrator } from './routing/orchestrator.js'
import { tellWhenReady } from './tell-when-ready.js'
import type { TokenSource } from './token-source.js'
import type { TokenUseStore } from './token-use.js'
import { createTokenKeeper } from './tokens/create-token-keeper.js'
import type { TokenKeeper } from './tokens/token-keeper.js'
import type { TriedLine, TryOut } from './try-out.js'

/** What {@link createChorus} takes beside the configuration; each part has the default of a live run. */
export interface ChorusOptions {
  /** Tokens, keys and addresses; by default those of the process's environment and `.env`. */
  readonly environment?: Environment
  /** Without one nothing is logged. */
  readonly logger?: Logger
  /** Where chat gets the bots' tokens; by default from the environment and from those that were signed in. */
  readonly tokens?: TokenSource
  /** Where the model's use of tokens outlives a restart; without one it does not. */
  readonly tokenUse?: TokenUseStore
  readonly clock?: Clock
  readonly random?: Random
}

/** How it goes with all of it. JSON-safe. */
export interface ChorusStatus extends RouterStatus {
  /** Per bot: where it is, why it is parked or muted, and what Twitch allows it now. */
  readonly chat: ChatStatus
  readonly model: ModelStatus
  /** Replies that wait in the dead letters. */
  readonly deadLetters: number
  readonly isDurable: boolean
}

/** Everything, built and joined. */
export interface Chorus extends AsyncDisposable {
  readonly router: MessageRouter<ChatLine>
  readonly events: ChorusEmitter
  /** The bots that take part: those with a token, in the environment or signed in. */
  readonly bots: readonly Bot[]
  readonly channels: readonly ChannelName[]
  /** How many replies are worked on at once, at most: over all bots, and by one of them. */
  readonly slots: { readonly global: number; readonly perBot: number }
  /** Replies whose attempts are spent; without a data folder there are none to wait. */
  readonly deadLetters: DeadLetters | undefined
  /**
   * Whether what has no outcome is left to the next start: it is in the journal. False without a data folder and while its
   * disk refuses; after the stop it says how that ended.
   */
  readonly isDurable: boolean
  /** How it goes: waits, outcomes, rates, budgets, the model, and what needs a hand. JSON-safe. */
  getStatus(): ChorusStatus
  /** How the bots stand in chat. */
  chatStatus(): ChatStatus
  /** Whether the model answers, who makes the lines now, and what it has cost today. */
  modelStatus(): ModelStatus
  /**
   * What a bot would say to a line, with another persona perhaps: made as a reply is made, and said to nobody. Chat, queue, journal
   * and statistics know nothing of it; the model is really asked, and its tokens count.
   *
   * @throws RangeError for a bot that is none of ours, and for what could be no line, persona or login; ChorusError as the model
   * fails, `model-timeout` after a minute, `stopping` after a stop; the signal's reason
   */
  tryOut(tryOut: TryOut, options?: { readonly signal?: AbortSignal }): Promise<TriedLine>
  /**
   * Takes the data folder, which one Chorus may run on: what `start` does first, for who has to know before. Safe to call twice.
   *
   * @throws ChorusError `data-folder-taken` when another one runs on it, `journal-newer`; `stopping` after a stop
   */
  open(): void
  /**
   * Takes over what the last run left in the journal, and connects. Resolves when every bot has joined, is parked, or has
   * failed its first attempt; what failed is tried again until the stop. The `ready` event tells when all bots that can are in chat.
   *
   * @throws ChorusError as {@link Chorus.open}
   */
  start(): Promise<void>
  /** Answers what was accepted, up to the deadline in milliseconds, then leaves chat. Safe to call twice. */
  gracefulStop(options?: { readonly deadlineMs?: number }): Promise<DrainReport>
  /**
   * Leaves at once. What was not answered comes back at the next start, unless it is to be discarded or there is no data
   * folder. Safe to call twice, and during a graceful stop.
   */
  stop(options?: StopOptions): Promise<void>
}

/**
 * Builds everything and connects nothing.
 *
 * @throws ChorusError `config-invalid` with every mistake, `no-bot` when no bot has a token, `no-model` when Twitch is
 * live and no model is named: the built-in one never speaks there.
 */
export async function createChorus(input: ConfigInput, options: ChorusOptions = {}): Promise<Chorus> {
  const config = parseConfig(input)
  const environment = options.environment ?? loadEnvironment(config)
  const clock = options.clock ?? systemClock()
  const random = options.random ?? Math.random
  const events = new ChorusEmitter()
  if (options.logger) logEvents(events, options.logger)
  const configured = toBots(config.bots)
  const keeper = createTokenKeeper({
    bots: configured.map(({ login }) => login),
    environment,
    clock,
    random,
    events,
  })
  // Whoever brings the tokens has one for each bot, and keeps them good.
  const bots = options.tokens ? configured : configured.filter(({ login }) => keeper.has(login))
  if (bots.length === 0) throw noToken(configured, environment)
  requireModel(environment)

  const channels = config.channels.map(toChannelName)
  const settings = toEngineSettings(config)
  const conversation = new Conversation({ clock })
  const { dataDir } = environment
  const journal =
    dataDir === undefined
      ? undefined
      : new Journal({
          ...{ clock, events, folder: dataDir, keptMs: config.journal.keep * DAY },
          linesUpTo: (message) => conversation.keptUpTo(message, PROMPT_LINES_MAX),
        })
  const models = createModels({
    ...{ config, environment, clock, random, events },
    tokenUse: options.tokenUse ?? journal?.tokenUse,
    changed: () => queue.refresh(),
  })
  const { writer, rehearsal } = createWriters({
    ...{ config, environment, bots, conversation, models, clock, random, events },
  })
  const chat = new TwitchChat({
    bots,
    channels,
    tokens: options.tokens ?? keeper,
    ...(environment.chatUrl !== undefined && { url: environment.chatUrl }),
    dataDir,
    clock,
    random,
    events,
    onCleared: (clearing) => {
      conversation.forget(clearing)
      journal?.forget(clearing)
      router.handleClearing(clearing)
    },
    onRaid: (raid) => {
      events.emit('chat:raided', raid)
      void router.handleRaid(raid)
    },
    onStanding: () => queue.refresh(),
    muted: (bot) => router.mutedReason(bot),
    // The router answers a line once, whichever connections hear it.
    onMessage: (message) => void router.handleIncomingMessage(message),
    seen: (id) => router.hasSeen(toMessageId(id)),
  })
  const queue = new PQueueEngine({
    bots: bots.map((bot) => bot.login),
    ...settings,
    clock,
    random,
    events,
    sendForecast: (bot, channel, lines) => chat.sendForecastMs(bot, channel, lines),
    blocked: (bot, channel) => router.mutedReason(bot) ?? chat.blocked(bot, channel),
    silenced: (bot) => router.mutedReason(bot) ?? chat.silenced(bot),
    journal,
    model: models,
  })
  const router: MessageRouter<ChatLine> = new MessageRouter<ChatLine>({
    bots,
    orchestrator: new Orchestrator({
      ...{ bots, random, replies: config.replies, ignore: config.ignore, banter: config.banter },
      areTokensLow: () => models.areTokensLow(),
    }),
    reply: (task, context) => writer.write(task, context),
    joint: writer.joint,
    deliver: (task, line, context) => chat.deliver(task, line, context),
    answerCommand: (channel, text, replyTo) => answers.answer(channel, text, replyTo),
    parked: () => chat.status().parked.map(({ bot }) => bot),
    queue,
    events,
    clock,
  })
  const answers = new CommandAnswers({
    clock,
    speakers: () => chat.status().bots,
    isMuted: (bot) => router.mutedReason(bot) !== undefined,
    toText: (text) => toAnswerText(text, config.ignore.commandPrefixes),
    say: (bot, line, signal) => chat.say(bot, line, signal),
  })

  events.on('message:received', ({ message }) => conversation.hear(message))
  events.on('line:sent', ({ bot, line }) => conversation.say(line.channel, bot, line.text, line.replyTo))
  events.on('controls:changed', () => chat.refresh())
  // It may have been unreadable at the start.
  events.on('journal:recovered', () => models.start())
  tellWhenReady(events, () => chat.status(), bots.length)
  return assemble({
    ...{ router, events, bots, channels, slots: settings.limits },
    ...{ chat, conversation, models, rehearsal, journal },
    deadLetters: dataDir === undefined ? undefined : new DeadLetters(dataDir),
    keeper: options.tokens ? undefined : keeper,
  })
}

interface Parts extends Pick<Chorus, 'router' | 'events' | 'bots' | 'channels' | 'slots' | 'deadLetters'> {
  readonly chat: TwitchChat
  readonly conversation: Conversation
  readonly models: Models
  readonly rehearsal: Rehearsal
  readonly journal: Journal | undefined
  readonly keeper: TokenKeeper | undefined
}

/** The order of start and stop: the journal first in, last out; chat behind the queue, so that what is ready can still be said. */
function assemble({ chat, conversation, journal, keeper, models, rehearsal, ...parts }: Parts): Chorus {
  const { router } = parts
  let isOver = false
  const leave = async () => {
    isOver = true
    models.stop()
    rehearsal.stop()
    await Promise.all([chat.stop(), keeper?.stop()])
    journal?.close()
  }
  const stop = async (options?: StopOptions) => {
    await router.stop(options)
    await leave()
  }
  const open = () => {
    if (isOver) throw new ChorusError('stopping', 'this Chorus was stopped: create another one')
    journal?.open()
  }
  const isDurable = () => journal?.isDurable ?? false
  return {
    ...parts,
    get isDurable() {
      return isDurable()
    },
    getStatus: () => ({
      ...router.getStatus(),
      chat: chat.status(),
      model: models.status(),
      deadLetters: journal?.deadCount ?? 0,
      isDurable: isDurable(),
    }),
    chatStatus: () => chat.status(),
    modelStatus: () => models.status(),
    tryOut: (tryOut, options) => rehearsal.tryOut(tryOut, options),
    open,
    async start() {
      open()
      models.start()
      for (const [channel, lines] of journal?.lines() ?? []) conversation.restore(channel, lines)
      // Before anybody connects: what may be repeated may be so only for seconds.
      router.restore()
      keeper?.start()
      await chat.start()
    },
    async gracefulStop(options = {}) {
      const report = await router.gracefulStop(options)
      await leave()
      return report
    },
    stop,
    [Symbol.asyncDispose]: () => stop(),
  }
}
