import { SECOND, systemClock } from '../../src/clock.js'
import {
  type Bot,
  type ChatMessage,
  type ReplyTask,
  toBotLogin,
  toChannelName,
  toTaskId,
} from '../../src/domain.js'
import { seededRandom } from '../../src/random.js'
import { Conversation } from '../../src/reply/conversation.js'
import { ModelClient } from '../../src/reply/model-client.js'
import { Models, type ModelsOptions } from '../../src/reply/models.js'
import { Rehearsal } from '../../src/reply/rehearsal.js'
import { ReplyWriter, type ReplyWriterOptions } from '../../src/reply/reply-writer.js'
import { TokenCeiling } from '../../src/reply/token-ceiling.js'
import { WordFilter } from '../../src/reply/word-filter.js'
import type { ReplyShare, WorkContext } from '../../src/reply-queue.js'
import { ModelSimulator, type ModelSimulatorOptions } from '../../src/simulator/model-simulator.js'
import { ManualClock } from '../support/manual-clock.js'
import { recordEvents } from './event-record.js'

export const PERSONA =
  'A retired lighthouse keeper who distrusts seagulls, loves bad puns and never talks about the fog of 1962.'
export const AVA: Bot = { login: toBotLogin('Ava'), persona: PERSONA, aliases: ['avie'], talkativeness: 1 }
export const BEN: Bot = { login: toBotLogin('ben'), persona: 'A monk.', aliases: [], talkativeness: 1 }
/** Stands for the words that nobody wants to read in a test. */
export const SLUR = 'frobnak'

export const SPENT: ModelsOptions['ceiling'] = {
  level: 'spent',
  restore: () => {},
  status: () => ({ day: '2026-01-01', tokens: 9, perDay: 9, level: 'spent' }),
}

export function taskFor(message: ChatMessage, bot = AVA): ReplyTask {
  return { id: toTaskId(bot.login, message.id), bot: bot.login, cause: 'mention', message, delayMs: 0 }
}

/** What viewers ask a bot in one lane; each inner list is one viewer's lines. */
export function sharesOf(...asked: readonly (readonly [ChatMessage, ...ChatMessage[]])[]): ReplyShare[] {
  return asked.map(([first, ...further]) => {
    const task = taskFor(first)
    return { id: task.id, tasks: [task, ...further.map((message) => taskFor(message))] }
  })
}

/** Everything real but the clock: the writer's own model client asks the built-in model over a socket. */
export async function setUp(
  options: Partial<ReplyWriterOptions> & {
    readonly server?: Partial<ModelSimulatorOptions>
    readonly models?: Partial<Pick<ModelsOptions, 'template' | 'ceiling' | 'fallback'>>
  } = {},
) {
  const { server, models: settings, ...overrides } = options
  const clock = new ManualClock()
  const recorded = recordEvents()
  const { events } = recorded
  const model = new ModelSimulator({ clock: systemClock(), random: seededRandom(1), latency: 0, ...server })
  await model.start()
  const client = new ModelClient({
    ...{ baseUrl: model.url, model: 'tiny', temperature: 0.9, maxTokens: 120, deadlineMs: 20 * SECOND },
    ...{ clock, events },
  })
  const ceiling = new TokenCeiling({ perDay: 0, store: undefined, clock, events })
  const models = new Models({
    ...{ main: client, fallback: undefined, template: false, ceiling, clock, events },
    ...{ random: seededRandom(3), changed: () => {}, ...settings },
  })
  const conversation = new Conversation({ clock })
  const parts: ReplyWriterOptions = {
    bots: [AVA, BEN],
    ...{ conversation, model: models, wordFilter: new WordFilter({ blockedTerms: [SLUR] }), clock, events },
    ...{
      moderation: 'auto',
      links: false,
      commandPrefixes: ['!'],
      secrets: ['zz-local-key-4711'],
      random: seededRandom(2),
      ...overrides,
    },
  }
  const writer = new ReplyWriter(parts)
  const rehearsal = new Rehearsal({ ...parts, channel: toChannelName('mychannel') })
  const write = (
    message: ChatMessage,
    bot = AVA,
    signal = new AbortController().signal,
    more: Partial<WorkContext> = {},
  ) => writer.write(taskFor(message, bot), { signal, attempt: 1, ...more })
  const join = (shares: readonly ReplyShare[], signal = new AbortController().signal) =>
    writer.joint.reply(shares, { signal })
  const say = (...texts: readonly string[]) =>
    model.script(...texts.map((text) => ({ kind: 'say', text }) as const))
  const prompts = () =>
    model.records
      .filter((record) => record.path.endsWith('/chat/completions'))
      .map((record) => JSON.stringify(record.body))
  const reasons = () => recorded.filtered.map((event) => `${event.attempt} ${event.reason}`)
  return {
    ...{
      ...recorded,
      clock,
      conversation,
      join,
      joint: writer.joint,
      model,
      prompts,
      reasons,
      rehearsal,
      say,
      write,
    },
    [Symbol.asyncDispose]: () => {
      models.stop()
      return model.stop()
    },
  }
}
