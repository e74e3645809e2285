import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Longest that one request to a worker may take, in milliseconds. */
const DEADLINE_MS = 300_000

/**
 * A process of its own that answers one request at a time.
 *
 * @typedef {object} Worker
 * @property {(request: object) => Promise<any>} ask rejects when the worker fails, ends, or takes too long
 * @property {() => Promise<void>} end
 */

/**
 * Starts a worker file of this folder.
 *
 * @param {string} name such as `feeder`
 * @param {{ execArgv?: readonly string[] }} [options]
 * @returns {Worker}
 */
export function startWorker(name, { execArgv = [] } = {}) {
  const child = fork(fileURLToPath(new URL(`${name}.mjs`, import.meta.url)), [], { execArgv: [...execArgv] })
  const ended = once(child, 'exit')
  return {
    async ask(request) {
      const message = once(child, 'message', { signal: AbortSignal.timeout(DEADLINE_MS) })
      child.send(request)
      const [answer] = await Promise.race([
        message.catch(() => [
          { error: `no answer in ${DEADLINE_MS / 1000} s to ${JSON.stringify(request)}` },
        ]),
        ended.then(() => [{ error: 'it has ended' }]),
      ])
      if (answer.error !== undefined) throw new Error(`worker ${name}: ${answer.error}`)
      return answer
    },
    async end() {
      child.kill()
      await ended
    },
  }
}

/**
 * The worker's side: answers each request with what `answer` returns.
 *
 * @param {(request: any) => Promise<object>} answer
 */
export function serveRequests(answer) {
  process.on('message', async (request) => {
    try {
      process.send?.(await answer(request))
    } catch (error) {
      process.send?.({ error: error instanceof Error ? error.stack : String(error) })
    }
  })
  // The parent is gone: nobody is left to answer to.
  process.once('disconnect', () => process.exit())
}
