import {
  ChorusEmitter,
  Conversation,
  MessageRouter,
  Orchestrator,
  Secret,
  staticTokens,
  systemClock,
  TwitchChat,
  toBots,
  toChannelName,
  toMessageId,
} from './product.mjs'

/** @import { ConfigInput } from '../src/config-schema.js' */
/** @import { ReplyQueue } from '../src/reply-queue.js' */
/** @import { MessageRouterOptions } from '../src/router/message-router-options.js' */

/**
 * The product's reading side, joined as `createChorus` joins it: every bot listens, each line goes once through
 * router and decision, and the conversation keeps it. Resolves when all bots are in chat.
 *
 * @param {object} options
 * @param {string} options.url
 * @param {string} options.channel
 * @param {readonly string[]} options.logins
 * @param {MessageRouterOptions<string>['reply']} options.reply
 * @param {ReplyQueue} [options.queue] by default the one the router makes
 * @param {ConfigInput['replies']} [options.replies]
 */
export async function startListening({ url, channel, logins, reply, queue, replies }) {
  const clock = systemClock()
  const random = Math.random
  const events = new ChorusEmitter()
  const conversation = new Conversation({ clock })
  const bots = toBots(logins.map((login) => ({ login, aliases: [`old${login}`] })))
  const chat = new TwitchChat({
    bots,
    channels: [toChannelName(channel)],
    tokens: staticTokens(new Map(bots.map(({ login }) => [login, new Secret('anything')]))),
    url,
    clock,
    random,
    events,
    onMessage: (message) => void router.handleIncomingMessage(message),
    seen: (id) => router.hasSeen(toMessageId(id)),
  })
  /** @type {import('../src/router/message-router.js').MessageRouter<string>} */
  const router = new MessageRouter({
    bots,
    orchestrator: new Orchestrator({ bots, random, replies }),
    reply,
    events,
    clock,
    random,
    ...(queue && { queue }),
  })
  events.on('message:received', ({ message }) => conversation.hear(message))
  await chat.start()
  return { chat, router, events }
}
