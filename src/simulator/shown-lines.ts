import { unframeAction } from './action-text.js'
import { parseIrcLine } from './irc-line.js'
import { type Person, toPerson } from './person.js'
import type { SpokenLine } from './server-line.js'

/** A line as viewers see it. */
export interface ShownLine {
  readonly id: string
  readonly channel: string
  readonly login: string
  readonly displayName: string
  /** `#RRGGBB`. */
  readonly color: string
  /** With the `@name ` of a threaded reply; of a raid, what the room is told. */
  readonly text: string
  readonly isAction: boolean
  /** Written by a client, not by a viewer. */
  readonly isBot: boolean
  /** Told by Twitch itself: a raid, a cleared chat, a timeout. */
  readonly isSystem: boolean
  readonly replyTo?: { readonly id: string; readonly login: string; readonly text: string }
}

type ListenToLines = (line: ShownLine) => void

/** Shows every line of chat to whoever watches inside the process; nothing is built while nobody does. */
export class ShownLines {
  readonly #listeners = new Set<ListenToLines>()

  /** Returns the way to stop watching. */
  onLine(listener: ListenToLines): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Something said here. */
  showSpoken(channel: string, id: string, spoken: SpokenLine, isBot: boolean): void {
    if (this.#listeners.size === 0) return
    const { person, text, isAction, parent } = spoken
    const replyTo = parent && { id: parent.id, login: parent.person.login, text: parent.text }
    this.#show({ ...toShown(channel, id, person, text), isAction, isBot, ...(replyTo && { replyTo }) })
  }

  /** Something that Twitch tells the room. */
  showSystem(channel: string, id: string, person: Person, text: string): void {
    if (this.#listeners.size > 0) this.#show({ ...toShown(channel, id, person, text), isSystem: true })
  }

  /** A recorded line: messages, and what Twitch told the room in words. */
  showRaw(channel: string, raw: string): void {
    if (this.#listeners.size === 0) return
    const line = parseIrcLine(raw)
    if (line?.command !== 'PRIVMSG' && line?.command !== 'USERNOTICE') return
    const { tags, params, prefix = '' } = line
    const isSystem = line.command === 'USERNOTICE'
    const text = (isSystem ? tags.get('system-msg') : params[1]) ?? ''
    const action = unframeAction(text)
    const person = toPerson({
      login: isSystem ? (tags.get('login') ?? '') : (prefix.split('!', 1)[0] ?? ''),
      displayName: tags.get('display-name') || undefined,
      color: tags.get('color') || undefined,
    })
    const shown = toShown(channel, tags.get('id') ?? '', person, action ?? text)
    this.#show({ ...shown, isSystem, isAction: action !== undefined })
  }

  #show(line: ShownLine): void {
    for (const listener of this.#listeners) listener(line)
  }
}

function toShown(channel: string, id: string, person: Person, text: string): ShownLine {
  const { login, displayName, color } = person
  return { id, channel, login, displayName, color, text, isAction: false, isBot: false, isSystem: false }
}
