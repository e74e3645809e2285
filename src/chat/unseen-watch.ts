import { type Cancel, type Clock, SECOND } from '../clock.js'
import type { ChannelName } from '../domain.js'

/** A line that Twitch took reaches the others within a moment; after this it was dropped. */
const SEEN_WITHIN_MS = 5 * SECOND

/** A line as another connection heard it. */
export interface Sighting {
  /** What its sender called it, where Twitch passes that on. */
  readonly nonce: string | undefined
  /** With the `@name ` that Twitch puts before a threaded reply. */
  readonly text: string
}

/** Whether what was heard is the line that says `text`: by its nonce where that is told, else by its words. */
export function isSighting(
  sighting: Sighting,
  line: { readonly owns: (nonce: string) => boolean; readonly text: string },
): boolean {
  if (sighting.nonce !== undefined) return line.owns(sighting.nonce)
  return (
    sighting.text === line.text || (sighting.text.startsWith('@') && sighting.text.endsWith(` ${line.text}`))
  )
}

interface Watched {
  readonly channel: ChannelName
  readonly owns: (nonce: string) => boolean
  readonly text: string
  readonly cancel: Cancel
}

/**
 * Lines that Twitch took and that no other bot in the channel has heard yet. Bounded by what an account may send within
 * five seconds.
 */
export class UnseenWatch {
  readonly #clock: Clock
  readonly #watched = new Set<Watched>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `late` when the line has not been {@link seen} in time. */
  watch(line: Omit<Watched, 'cancel'>, late: () => void): void {
    const cancel = this.#clock.after(SEEN_WITHIN_MS, () => {
      this.#watched.delete(watched)
      late()
    })
    const watched: Watched = { ...line, cancel }
    this.#watched.add(watched)
  }

  seen(channel: ChannelName, sighting: Sighting): void {
    for (const watched of this.#watched) {
      if (watched.channel !== channel || !isSighting(sighting, watched)) continue
      watched.cancel()
      this.#watched.delete(watched)
    }
  }

  /** Leaves no timer behind. */
  stop(): void {
    for (const { cancel } of this.#watched) cancel()
    this.#watched.clear()
  }
}
