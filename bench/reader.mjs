import { createRequire } from 'node:module'
import { startListening } from './listening.mjs'
import { serveRequests } from './worker.mjs'

/** @import { ReplyQueue } from '../src/reply-queue.js' */

/**
 * The worker that reads chat, in one of two ways, and measures itself from the first connection's mark in front of the
 * lines to the last one's behind them.
 */

const NOTHING = { size: 0, pending: 0 }
let connections = 0
let decided = 0
/** @type {{ wallMs: number, cpu: NodeJS.CpuUsage, decided: number } | undefined} */
let begun
let ended = 0
/** @type {(found: object) => void} */
let finish = () => {}
/** @type {Promise<object>} */
let found = Promise.resolve({})

serveRequests(async ({ kind, ...request }) => {
  switch (kind) {
    case 'expect':
      ended = 0
      begun = undefined
      found = new Promise((resolve) => {
        finish = resolve
      })
      return {}
    case 'found':
      return found
    case 'bare':
      return readBare(request)
    default:
      return readWithChorus(request)
  }
})

function hearBegin() {
  begun ??= { wallMs: performance.now(), cpu: process.cpuUsage(), decided }
}

function hearEnd() {
  if (!begun || ++ended < connections) return
  // What the last lines have set off in promises is part of it.
  setImmediate(tellFound)
}

function tellFound() {
  if (!begun) return
  const cpu = process.cpuUsage(begun.cpu)
  finish({
    wallMs: performance.now() - begun.wallMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    decided: decided - begun.decided,
  })
}

/**
 * tmi.js alone: as many clients, an empty handler.
 *
 * @param {{ url: string, channel: string, logins: readonly string[] }} request
 */
async function readBare({ url, channel, logins }) {
  connections = logins.length
  // On newer Node tmi.js would take the built-in WebSocket; the same sockets for both.
  Reflect.deleteProperty(globalThis, 'WebSocket')
  const { Client } = /** @type {typeof import('tmi.js')} */ (createRequire(import.meta.url)('tmi.js'))
  const { hostname, port } = new URL(url)
  for (const login of logins) {
    const client = new Client({
      options: { skipUpdatingEmotesets: true, skipMembership: true },
      connection: { server: hostname, port: Number(port), secure: false, reconnect: false },
      identity: { username: login, password: 'oauth:anything' },
      channels: [channel],
    })
    client.on('message', () => {})
    client.on('roomstate', (_channel, modes) => {
      if (modes['emote-only']) hearBegin()
      else hearEnd()
    })
    const joined = new Promise((resolve) => client.once('join', resolve))
    await client.connect()
    await joined
  }
  return {}
}

/** @param {{ url: string, channel: string, logins: readonly string[] }} request */
async function readWithChorus(request) {
  connections = request.logins.length
  const { events } = await startListening({ ...request, reply: async () => '', queue: swallowing() })
  events.on('message:decided', () => {
    decided += 1
  })
  events.on('channel:closed', hearBegin)
  events.on('channel:opened', hearEnd)
  return {}
}

/**
 * A queue that takes replies and makes none of them: what is measured is reading and deciding.
 *
 * @returns {ReplyQueue}
 */
function swallowing() {
  return {
    serve() {},
    async accept() {},
    restore: () => 0,
    metrics: () => ({ global: NOTHING, bots: {} }),
    takeBack: () => 0,
    laneWait: () => ({ expectedMs: 0, oldestMs: 0 }),
    lanes: () => ({}),
    refresh() {},
    drain: async () => ({ done: 0, left: 0 }),
    async stop() {},
  }
}
