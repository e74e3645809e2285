/**
 * The whole of Chorus inside your own program: build it, listen to its events, watch its queues, stop it gracefully.
 * Tokens and addresses come from the environment, as with the command.
 *
 *   npx chorus simulate                     # in another terminal; it prints TWITCH_CHAT_URL and OPENAI_BASE_URL
 *   TWITCH_CHAT_URL=… OPENAI_BASE_URL=… TWITCH_TOKEN_AVA=any node examples/embed.mjs
 */
import { ChorusError, createChorus, createLogger } from 'chorus'

const chorus = await createChorus(
  {
    channels: ['mychannel'],
    bots: [{ login: 'ava', persona: 'A calm librarian who whispers, even in capitals.' }],
    replies: { delays: { mention: [0.2, 0.5] } },
  },
  { logger: createLogger({ level: 'warn', pretty: false, secrets: [] }) },
).catch(end)

chorus.events.on('ready', ({ joined }) => console.log(`ready: ${joined.join(', ')}`))
// What is accepted is in the journal, below `data` or CHORUS_DATA_DIR: the next run goes on with what this one leaves.
chorus.events.on('journal:restored', ({ count }) => console.log(`${count} replies of the journal go on`))
chorus.events.on('dead-letters:counted', ({ count }) => console.log(`${count} dead letters`))
chorus.events.on('backlog:raised', ({ size }) => console.log(`${size} replies wait`))
chorus.events.on('line:written', ({ bot, line }) => console.log(`${bot}: ${line.text}`))
await chorus.start().catch(end)

const watch = setInterval(() => console.log(JSON.stringify(chorus.router.getQueueMetrics())), 1000)

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

/**
 * What Chorus refuses, a missing token say, it tells in two sentences: what is wrong, and what to do.
 *
 * @param {unknown} error
 * @returns {never}
 */
function end(error) {
  if (!(error instanceof ChorusError)) throw error
  console.error(`${error.message} ${error.advice}`)
  process.exit(1)
}

async function stop() {
  clearInterval(watch)
  const { done, left } = await chorus.gracefulStop({ deadlineMs: 8000 })
  console.log(`stopped: ${done} answered, ${left} left`)
}
