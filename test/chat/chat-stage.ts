import { afterEach, expect } from 'vitest'
import { TwitchChat, type TwitchChatOptions } from '../../src/chat/twitch-chat.js'
import type { Clock } from '../../src/clock.js'
import {
  type BotLogin,
  type ChatLine,
  type ChatMessage,
  type ChatText,
  type ReplyTask,
  toBotLogin,
  toChannelName,
  toMessageId,
  toTaskId,
} from '../../src/domain.js'
import { ChorusEmitter, type ChorusEvents } from '../../src/events.js'
import { seededRandom } from '../../src/random.js'
import { Secret } from '../../src/secret.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { staticTokens } from '../../src/token-source.js'
import { chatMessage } from '../support/chat-message.js'
import { PacedClock } from '../support/paced-clock.js'

export const AVA = toBotLogin('Ava')
export const GENE = toBotLogin('gene')
export const HERE = toChannelName('here')
export const THERE = toChannelName('there')
export const never = () => ({ signal: new AbortController().signal, inFlight() {}, settled() {} })
export const tokens = (entries: readonly (readonly [BotLogin, string])[]) =>
  staticTokens(new Map(entries.map(([bot, token]) => [bot, new Secret(token)])))

/** Chat with two bots, and the Twitch it talks to. */
export interface Stage {
  readonly clock: Clock
  readonly twitch: TwitchSimulator
  readonly chat: TwitchChat
  readonly events: ChorusEmitter
  readonly heard: ChatMessage[]
  readonly errors: unknown[]
}

export type StageOptions = Partial<TwitchChatOptions> & { readonly factor?: number }

/**
 * Gives the file's tests a function that sets up chat over real sockets, which nobody has started; each test's end stops
 * it. Both sides run on one clock, twenty times as fast as the real one.
 */
export function chatStages(): (options?: StageOptions) => Promise<Stage> {
  const stages: Stage[] = []
  afterEach(async () => {
    for (const { chat, twitch } of stages.splice(0)) {
      await chat.stop()
      await twitch.stop()
    }
  })
  return async (options = {}) => {
    const stage = await build(options)
    stages.push(stage)
    return stage
  }
}

async function build(options: StageOptions): Promise<Stage> {
  const clock = new PacedClock(options.factor ?? 20)
  const accounts = [
    { login: 'ava', token: 'ava-token' },
    { login: 'gene', token: 'gene-token' },
  ]
  const twitch = new TwitchSimulator({ clock, random: seededRandom(1), accounts })
  await twitch.start()
  const events = new ChorusEmitter()
  const heard: ChatMessage[] = []
  const errors: unknown[] = []
  events.on('error', ({ error }) => errors.push(error))
  const chat = new TwitchChat({
    bots: [{ login: AVA }, { login: GENE }],
    channels: [HERE],
    tokens: tokens([
      [AVA, 'oauth:AVA-token'],
      [GENE, 'gene-token'],
    ]),
    url: twitch.url,
    clock,
    random: seededRandom(2),
    events,
    onMessage: (message) => heard.push(message),
    ...options,
  })
  return { clock, twitch, chat, events, heard, errors }
}

/** The next event that matches. */
export function next<E extends keyof ChorusEvents>(
  events: ChorusEmitter,
  name: E,
  matches: (payload: Parameters<ChorusEvents[E]>[0]) => boolean = () => true,
): Promise<Parameters<ChorusEvents[E]>[0]> {
  return new Promise((resolve) => {
    const listener = ((payload: Parameters<ChorusEvents[E]>[0]) => {
      if (!matches(payload)) return
      events.off(name, listener)
      resolve(payload)
    }) as ChorusEvents[E]
    events.on(name, listener)
  })
}

/** Says a last line as a viewer and waits until every bot in the channel has heard it. */
export async function heardAll({ twitch, heard }: Stage, channel = 'here'): Promise<void> {
  const room = twitch.room(channel)
  const listeners = room.members.size
  const id = room.say('zoe', 'the last line')
  await expect.poll(() => heard.filter((message) => message.id === id).length).toBe(listeners)
}

export const task = (bot: BotLogin): ReplyTask => {
  const message = chatMessage('hi')
  return { id: toTaskId(bot, message.id), bot, cause: 'mention', message, delayMs: 0 }
}
export const line = (text: string, channel = HERE, replyTo?: string): ChatLine => ({
  channel,
  text: text as ChatText,
  ...(replyTo !== undefined && { replyTo: toMessageId(replyTo) }),
})
