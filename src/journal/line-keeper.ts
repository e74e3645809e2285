import type { ChannelName, ChatMessage } from '../domain.js'
import type { KeptLine } from '../kept-line.js'
import type { Store } from './store.js'
import type { WriteBehind } from './write-behind.js'

export interface LineKeeperOptions {
  readonly writes: WriteBehind
  /** Lines of chat up to a message that is to be answered. */
  readonly linesUpTo: ((message: ChatMessage) => readonly KeptLine[]) | undefined
}

/** Writes down the chat around what is to be answered, each line once. */
export class LineKeeper {
  readonly #options: LineKeeperOptions
  /** The newest line of each channel that is in the file, or on its way there. */
  readonly #newest = new Map<ChannelName, number>()

  constructor(options: LineKeeperOptions) {
    this.#options = options
  }

  /** The message is going to be answered: what was said before belongs to it. */
  keep(message: ChatMessage): void {
    const { linesUpTo, writes } = this.#options
    const { channel } = message
    const known = this.#newest.get(channel) ?? Number.NEGATIVE_INFINITY
    const lines = linesUpTo?.(message).filter(({ place }) => place > known) ?? []
    const newest = lines.at(-1)
    if (!newest) return
    this.#newest.set(channel, newest.place)
    const write = (store: Store) => {
      for (const line of lines) store.lines.put(channel, line)
    }
    void writes.put(`lines ${channel} ${newest.place}`, write, { isSpare: true, rows: lines.length })
  }

  /** These are in the file already. */
  opened(store: Store): void {
    for (const [channel, newest] of store.lines.newest())
      this.#newest.set(channel, Math.max(newest, this.#newest.get(channel) ?? newest))
  }
}
