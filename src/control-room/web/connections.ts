import type { ServerResponse } from 'node:http'
import type { Server, Socket } from 'node:net'

/** More than any number of watchers needs. */
const CONNECTIONS_MAX = 200
/** Of these, for a token that opens a part alone: there are always places left for those who have not brought the room’s yet. */
const GUESTS_MAX = 100
/**
 * Requests of one connection that are not answered. Browsers and proxies ask for one after the other; a thousand fit into what is
 * read at once, and would all be answered before anybody else.
 */
const UNANSWERED_MAX = 10

/** Who has brought a token: that of the room, or one that opens a part of it alone. */
export type Standing = 'owner' | 'guest'

/**
 * The connections of a server, and bounds on them. Whoever reaches the port can open as many as there may be, and say nothing. So
 * one that has not brought a token gives its place up to a newer one, the oldest first: places can be taken that way, but not
 * kept. Guests have a share of their own, within which it is the same. One that has brought the room’s token stays; while all have,
 * the newest finds no place.
 */
export class Connections {
  readonly #open = new Set<Socket>()
  /** Without a token so far, the oldest first. */
  readonly #strangers = new Set<Socket>()
  /** Also the oldest first. */
  readonly #guests = new Set<Socket>()
  readonly #unanswered = new WeakMap<Socket, number>()

  constructor(server: Server) {
    server.on('connection', (socket) => this.#add(socket))
  }

  /** Whether it may bring a token that says more of it than is known. */
  isUnknown(socket: Socket): boolean {
    return this.#strangers.has(socket) || this.#guests.has(socket)
  }

  /** It has brought a token; that of the room counts for good. */
  trust(socket: Socket, standing: Standing): void {
    this.#strangers.delete(socket)
    if (standing === 'owner') this.#guests.delete(socket)
    else this.#guests.add(socket)
    if (this.#guests.size > GUESTS_MAX) this.#closeOldest(this.#guests)
  }

  /** Whether a request is to be answered. A connection that asks for too much at once is closed. */
  admits(socket: Socket, response: ServerResponse): boolean {
    const unanswered = (this.#unanswered.get(socket) ?? 0) + 1
    if (unanswered > UNANSWERED_MAX) socket.destroy()
    // What was read together with it is told all the same.
    if (socket.destroyed) return false
    this.#unanswered.set(socket, unanswered)
    response.once('close', () => this.#unanswered.set(socket, (this.#unanswered.get(socket) ?? 1) - 1))
    return true
  }

  #add(socket: Socket): void {
    this.#open.add(socket)
    this.#strangers.add(socket)
    socket.once('close', () => this.#forget(socket))
    if (this.#open.size > CONNECTIONS_MAX) this.#closeOldest(this.#strangers)
  }

  #closeOldest(sockets: ReadonlySet<Socket>): void {
    const [oldest] = sockets
    if (!oldest) return
    this.#forget(oldest)
    oldest.destroy()
  }

  #forget(socket: Socket): void {
    for (const sockets of [this.#open, this.#strangers, this.#guests]) sockets.delete(socket)
  }
}
