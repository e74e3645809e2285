import { get } from 'node:http'
import { serveRequests } from './worker.mjs'

/** @import { ClientRequest } from 'node:http' */

/**
 * What the readers took.
 *
 * @typedef {object} Taken
 * @property {number} bytes of all
 * @property {number} lost readers that were cut off
 */

/** @type {ClientRequest[]} */
let open = []
/** @type {Taken} */
let taken = { bytes: 0, lost: 0 }

/** The worker that reads the stream of the control room over so many connections, and takes all of it at once. */
serveRequests(async ({ kind, ...request }) => {
  switch (kind) {
    case 'read':
      await Promise.all(Array.from({ length: request.count }, () => read(request)))
      return {}
    case 'begin':
      taken = { bytes: 0, lost: 0 }
      return {}
    default:
      return leave()
  }
})

/**
 * Resolves with the first piece of the stream.
 *
 * @param {{ url: string, token: string }} request
 * @returns {Promise<void>}
 */
function read({ url, token }) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` }
    const request = get(url, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`status ${response.statusCode}`))
      response.on('data', (/** @type {Buffer} */ piece) => {
        taken.bytes += piece.byteLength
        resolve()
      })
      response.on('close', () => {
        if (open.includes(request)) taken.lost += 1
      })
    })
    request.on('error', reject)
    open.push(request)
  })
}

/** @returns {Promise<Taken>} */
async function leave() {
  const all = open
  open = []
  for (const request of all) request.destroy()
  return taken
}
