import { connect, type Socket } from 'node:net'
import { afterEach } from 'vitest'

/** As many as Chorus has places for, and half as many more. */
const HELD = 300

export interface Siege {
  /** Connections that it has at this moment, or is about to have. */
  readonly sockets: ReadonlySet<Socket>
  /** How many it has lost, and opened anew. */
  renewals: number
}

/**
 * Gives the file's tests a function that holds more connections than a control room has places. Each says `text` and nothing more,
 * and another one is opened for each that is lost, at once. Resolves when every place is taken.
 */
export function sieges(): (url: string, text?: string) => Promise<Siege> {
  const ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends.splice(0)) end()
  })
  return async (url, text = '') => {
    const { hostname, port } = new URL(url)
    const sockets = new Set<Socket>()
    const siege = { sockets, renewals: 0 }
    let isOver = false
    const hold = (tried?: () => void) => {
      const socket = connect(Number(port), hostname, () => socket.write(text))
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('connect', () => tried?.())
      socket.once('close', () => {
        sockets.delete(socket)
        siege.renewals += 1
        tried?.()
        if (!isOver) hold()
      })
      socket.resume()
    }
    ends.push(() => {
      isOver = true
      for (const socket of sockets) socket.destroy()
    })
    await Promise.all(Array.from({ length: HELD }, () => new Promise<void>((resolve) => hold(resolve))))
    return siege
  }
}
