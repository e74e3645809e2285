import { type ClientOptions, WebSocket } from 'ws'
import type { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'

/** A bare client: it sends lines as they are and keeps what comes back, so that a test sees the wire itself. */
export class IrcSocket {
  readonly lines: string[] = []
  readonly socket: WebSocket
  readonly closed: Promise<void>
  readonly #waiting = new Set<() => void>()

  constructor(url: string, protocols: string[] = [], options: ClientOptions = {}) {
    this.socket = new WebSocket(url, protocols, options)
    this.socket.on('message', (data) => {
      this.lines.push(...data.toString().trimEnd().split('\r\n'))
      for (const look of this.#waiting) look()
    })
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
  }

  /** Resolves with the first line, from `from` on, that holds all of `parts`; rejects when the connection ends first. */
  line(parts: string | readonly string[], from = 0): Promise<string> {
    const wanted = typeof parts === 'string' ? [parts] : parts
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.lines.slice(from).find((line) => wanted.every((part) => line.includes(part)))
        if (found === undefined) return
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
      void this.closed.then(() => reject(new Error(`no ${wanted.join(' … ')} in:\n${this.lines.join('\n')}`)))
    })
  }

  /** Everything that was on its way has arrived once this PING is answered. */
  async settled(): Promise<void> {
    const word = `settled-${++pings}`
    this.send(`PING :${word}`)
    await this.line(word)
  }

  send(...lines: string[]): void {
    for (const line of lines) this.socket.send(line)
  }

  async opened(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) {
      await new Promise<void>((resolve, reject) => {
        this.socket.once('open', resolve)
        this.socket.once('error', reject)
      })
    }
    return this
  }
}

let pings = 0

/** Logs in as `login` with the token `oauth:LOGIN` and joins the channels. */
export async function joinAs(
  simulator: Pick<TwitchSimulator, 'url'>,
  login: string,
  ...channels: readonly string[]
): Promise<IrcSocket> {
  const client = await new IrcSocket(simulator.url).opened()
  client.send('CAP REQ :twitch.tv/tags twitch.tv/commands', `PASS oauth:${login}`, `NICK ${login}`)
  await client.line('GLOBALUSERSTATE')
  for (const channel of channels) {
    client.send(`JOIN #${channel}`)
    await client.line(`ROOMSTATE #${channel}`)
  }
  return client
}
