import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { ChorusError } from '../errors.js'
import { type IrcLine, parseIrcLine, targetOf } from '../simulator/irc-line.js'

/** One recorded line of raw Twitch IRC. */
export interface RecordedLine {
  /** As recorded; a line of chat without an id has got one, as Twitch would have given it. */
  readonly raw: string
  /** `PRIVMSG`, `CLEARCHAT` …; `?` for a line that is no IRC. */
  readonly command: string
  /** Lower case, without `#`; lines of no channel have none. */
  readonly channel: string | undefined
  /** Of somebody's words in a channel: what they are known by, and whether it is a shared-chat copy. Other lines have none. */
  readonly chat: { readonly id: string; readonly isCopy: boolean } | undefined
  /** Milliseconds since the first line of the recording that tells its time. Never goes back, as Twitch's own clock does. */
  readonly atMs: number
}

/** What a recording holds, counted in one pass. */
export interface RecordingSummary {
  readonly lines: number
  readonly commands: ReadonlyMap<string, number>
  readonly channels: readonly string[]
  readonly lengthMs: number
  /** Most lines in any one second of the recording. */
  readonly peakPerSecond: number
}

const COMMAND = /^(?:[A-Z]+|\d{3})$/
const CHANNEL = /^[a-z0-9][a-z0-9_]{0,24}$/
/** Commands that carry somebody's words: a message; a resub, an announcement. */
const SPOKEN = new Set(['PRIVMSG', 'USERNOTICE'])

/** A file of raw IRC lines, one per line, read as a stream: recordings may be larger than memory. */
export class Recording {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** Its lines in order; empty ones are passed over. @throws ChorusError `file-missing` */
  async *lines(): AsyncGenerator<RecordedLine> {
    const input = createReadStream(this.#file)
    let firstMs: number | undefined
    let atMs = 0
    let number = 0
    try {
      for await (const raw of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
        if (raw.trim() === '') continue
        const line = parseIrcLine(raw)
        const sentMs = Number(line?.tags.get('tmi-sent-ts') || Number.NaN)
        if (Number.isFinite(sentMs)) {
          firstMs ??= sentMs
          atMs = Math.max(atMs, sentMs - firstMs)
        }
        number += 1
        yield { ...toRecorded(raw, line, `line-${number}`), atMs }
      }
    } catch (error) {
      throw new ChorusError('file-missing', `The recording ${this.#file} can’t be read.`, { cause: error })
    } finally {
      input.destroy()
    }
  }

  /** @throws ChorusError `file-missing` */
  async summarize(): Promise<RecordingSummary> {
    const commands = new Map<string, number>()
    const channels = new Set<string>()
    let lines = 0
    let lengthMs = 0
    let peakPerSecond = 0
    let lastSecond: number[] = []
    for await (const { command, channel, atMs } of this.lines()) {
      lines += 1
      commands.set(command, (commands.get(command) ?? 0) + 1)
      if (channel !== undefined) channels.add(channel)
      lengthMs = atMs
      lastSecond = [...lastSecond.filter((earlierMs) => earlierMs > atMs - 1000), atMs]
      peakPerSecond = Math.max(peakPerSecond, lastSecond.length)
    }
    return { lines, commands, channels: [...channels], lengthMs, peakPerSecond }
  }
}

function toRecorded(raw: string, line: IrcLine | undefined, newId: string): Omit<RecordedLine, 'atMs'> {
  const target = targetOf(raw)
  const channel = target !== undefined && CHANNEL.test(target) ? target : undefined
  const command = line && COMMAND.test(line.command) ? line.command : '?'
  const isChat = SPOKEN.has(command) && channel !== undefined && line?.params[1] !== undefined
  if (!isChat) return { raw, command, channel, chat: undefined }
  const { tags } = line
  const id = tags.get('source-id') || tags.get('id')
  const source = tags.get('source-room-id')
  const isCopy = source !== undefined && source !== '' && source !== tags.get('room-id')
  return { raw: id ? raw : withId(raw, newId), command, channel, chat: { id: id || newId, isCopy } }
}

/** At the end of the tags: there it counts, also beside an empty one. */
function withId(raw: string, id: string): string {
  return raw.startsWith('@') ? raw.replace(' ', `;id=${id} `) : `@id=${id} ${raw}`
}
