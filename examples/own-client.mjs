/**
 * You have a tmi.js client already: feed MessageRouter with it. The router decides who answers, keeps to 5 replies at once
 * and 2 per bot, pauses naturally, and loses none; what a reply says and how it is sent is yours.
 *
 *   npx chorus simulate                     # in another terminal: a Twitch of your own to try it on
 *   TWITCH_CHAT_URL=ws://127.0.0.1:PORT node examples/own-client.mjs
 */
import { fromTmi, MessageRouter, Orchestrator, toBots } from 'chorus'
import tmi from 'tmi.js'

const server = new URL(
  process.env.TWITCH_CHAT_URL ||
    end('Set TWITCH_CHAT_URL to the chat that `chorus simulate` prints, ws://127.0.0.1:PORT'),
)
const client = new tmi.Client({
  options: { skipUpdatingEmotesets: true },
  connection: { server: server.hostname, port: Number(server.port) },
  identity: { username: 'ava', password: 'oauth:any' },
  channels: ['mychannel'],
})

const bots = toBots([{ login: 'ava', aliases: ['avabot'] }])
const router = new MessageRouter({
  bots,
  orchestrator: new Orchestrator({ bots, random: Math.random }),
  reply: async ({ message }) =>
    `${message.displayName}, your ${message.text.length} letters deserve a thought.`,
  deliver: async ({ message }, line) => {
    await client.say(message.channel, line)
    return { kind: 'sent' }
  },
})

router.events.on('reply:settled', ({ task, outcome }) => {
  console.log(`${task.message.login} → ${outcome.kind}`, router.getQueueMetrics().global)
})
client.on('message', (channel, tags, text, self) =>
  router.handleIncomingMessage(fromTmi(channel, tags, text, self)),
)
await client.connect().catch((reason) => end(`No way into the chat of ${server}: ${reason}`))
console.log('listening; Ctrl-C answers what is open and ends')

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

/**
 * @param {string} why
 * @returns {never}
 */
function end(why) {
  console.error(why)
  process.exit(1)
}

async function stop() {
  const { done, left } = await router.gracefulStop({ deadlineMs: 8000 })
  console.log(`stopped: ${done} answered, ${left} left`)
  await client.disconnect()
}
