import { chatLines } from './chat-lines.mjs'
import { systemClock, TwitchSimulator } from './product.mjs'
import { serveRequests } from './worker.mjs'

/** Lines that share a frame: in a flood Twitch sends several at once, too. */
const LINES_PER_FRAME = 20
/** Frames between two looks at the sockets. */
const FRAMES_PER_TURN = 10

/**
 * The worker that feeds chat: the built-in Twitch in a process of its own, so that its work hides nothing of the
 * readers'. The room's emote-only mode marks a feeding on every connection: it is on as long as that lasts.
 */
const twitch = new TwitchSimulator({ clock: systemClock(), random: Math.random, openRegistration: true })
await twitch.start()

serveRequests(async ({ kind, ...request }) => {
  if (kind === 'url') return { url: twitch.url }
  const lines = chatLines(request)
  await feedFrame([mark(request.channel, 'begin')])
  for (let at = 0, frames = 0; at < lines.length; at += LINES_PER_FRAME) {
    await feedFrame(lines.slice(at, at + LINES_PER_FRAME))
    if (++frames % FRAMES_PER_TURN === 0) await nextTurn()
  }
  await feedFrame([mark(request.channel, 'end')])
  return {}
})

/**
 * What is fed within one turn of the promises shares a frame.
 *
 * @param {readonly string[]} lines
 */
async function feedFrame(lines) {
  for (const line of lines) twitch.feed(line)
  await undefined
}

/**
 * @param {string} channel
 * @param {'begin' | 'end'} edge
 */
function mark(channel, edge) {
  return `@emote-only=${edge === 'begin' ? 1 : 0};room-id=1 :tmi.twitch.tv ROOMSTATE #${channel}`
}

function nextTurn() {
  return new Promise((resolve) => setImmediate(resolve))
}
