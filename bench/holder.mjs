import { setTimeout as pause } from 'node:timers/promises'
import { startListening } from './listening.mjs'
import { serveRequests } from './worker.mjs'

/** @import { MessageRouter } from '../src/router/message-router.js' */

/**
 * The worker that lets replies wait: the product's reading side with its own queue. What it reads before `hold` is
 * answered at once; from then on no answer is ever made, so that all but the few in work wait.
 */
const { gc } = globalThis
if (!gc) throw new Error('needs --expose-gc')

/** Mentions alone, without a pause: what is there before `hold` is gone at once. */
const AT_ONCE = { chance: 0, delays: { mention: /** @type {[number, number]} */ ([0, 0]) } }

let isHolding = false
let ends = 0
/** @type {(answer: object) => void} */
let finish = () => {}
/** @type {Promise<object>} */
let found = Promise.resolve({})
/** @type {MessageRouter<string> | undefined} */
let router

serveRequests(async ({ kind, ...request }) => {
  switch (kind) {
    case 'listen':
      return listen(request)
    case 'expect':
      ends = 0
      found = new Promise((resolve) => {
        finish = resolve
      })
      return {}
    case 'found':
      return found
    case 'hold':
      isHolding = true
      return {}
    default:
      return usage()
  }
})

/** @param {{ url: string, channel: string, logins: readonly string[] }} request */
async function listen(request) {
  const listening = await startListening({ ...request, replies: AT_ONCE, reply: answer })
  router = listening.router
  listening.events.on('channel:opened', () => {
    if (++ends === request.logins.length) finish({})
  })
  return {}
}

/** @returns {Promise<string>} */
function answer() {
  return isHolding ? new Promise(() => {}) : Promise.resolve('answered')
}

/** Bytes in use after everything that can go has gone. */
async function usage() {
  for (let round = 0; round < 4; round++) {
    gc?.()
    await pause(50)
  }
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage()
  const { size = 0, pending = 0 } = router?.getQueueMetrics().global ?? {}
  return { heap: heapUsed + external + arrayBuffers, rss, accepted: size + pending }
}
