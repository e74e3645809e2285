import type { Server, Socket } from 'node:net'

/** More than any number of watchers needs. */
const CONNECTIONS_MAX = 200

/**
 * The connections of a server, and a bound on them. Whoever reaches the port can open as many as there may be, and say nothing. So
 * one that has not brought a token gives its place up to a newer one, the oldest first: places can be taken that way, but not
 * kept. One that has brought it stays; while all have, the newest finds no place.
 */
export class Connections {
  readonly #open = new Set<Socket>()
  /** Without a token so far, the oldest first. */
  readonly #strangers = new Set<Socket>()

  constructor(server: Server) {
    server.on('connection', (socket) => this.#add(socket))
  }

  isStranger(socket: Socket): boolean {
    return this.#strangers.has(socket)
  }

  /** It has brought a token. */
  trust(socket: Socket): void {
    this.#strangers.delete(socket)
  }

  #add(socket: Socket): void {
    this.#open.add(socket)
    this.#strangers.add(socket)
    socket.once('close', () => this.#forget(socket))
    if (this.#open.size <= CONNECTIONS_MAX) return
    const [oldest = socket] = this.#strangers
    this.#forget(oldest)
    oldest.destroy()
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket)
    this.#strangers.delete(socket)
  }
}
