import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Clock, SECOND } from '../clock.js'
import { type BotLogin, toChannelName } from '../domain.js'
import { replaceFile } from '../replace-file.js'
import type { Written } from './send-budget.js'

/** A line in the file: when it had arrived by the monotonic clock and by the one on the wall, both in milliseconds. */
interface Row {
  readonly atMs: number
  readonly wallMs: number
  readonly channel: string
  readonly key: string
}

/** What takes longer to arrive does so on a link that is dead by then. */
const ARRIVES_WITHIN_MS = 20 * SECOND

/**
 * What an account has written lately, kept in a file of its own, so that a restart does not spend a window twice.
 *
 * The age of a line after a restart is the smaller one of what the two clocks say, and never negative. The monotonic
 * clock begins anew with the machine, so it never says too much; the wall clock guards against a file that comes from
 * another machine. Whatever is wrong with either can only make Chorus wait, for one window at most.
 */
export class BudgetFile {
  readonly #file: string
  readonly #clock: Clock

  constructor({ folder, bot, clock }: { folder: string; bot: BotLogin; clock: Clock }) {
    this.#file = path.join(folder, 'send-budget', `${bot.toLowerCase()}.json`)
    this.#clock = clock
  }

  /**
   * The lines of earlier runs, in this run's time, oldest first; none where there is no file.
   *
   * @throws what the file system throws, and a SyntaxError for a damaged file
   */
  read(): Written[] {
    const text = readIfThere(this.#file)
    if (text === undefined) return []
    const now = this.#clock.now()
    const wall = this.#clock.wall()
    const rows = parseRows(JSON.parse(text))
    const lines = rows
      .map(({ channel, key, ...row }) => {
        const atMs = now - Math.max(0, Math.min(now - row.atMs, wall - row.wallMs))
        return { atMs, writtenMs: atMs, channel: toChannelName(channel), key }
      })
      .sort((a, b) => a.atMs - b.atMs)
    return lines
      .map((line) => (isLastOfChannel(line, lines) ? arrivedLate(line, now) : line))
      .sort((a, b) => a.atMs - b.atMs)
  }

  /** Keeps the lines; returns when a crash of the process can't lose them. Throws what the file system throws. */
  write(lines: readonly Written[]): void {
    const aheadMs = this.#clock.wall() - this.#clock.now()
    const rows: Row[] = lines.map(({ atMs, channel, key }) => ({
      atMs,
      wallMs: atMs + aheadMs,
      channel,
      key,
    }))
    mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 })
    replaceFile(this.#file, JSON.stringify({ version: 1, written: rows }), 'process')
  }
}

/** Twitch had answered the lines before it, for there is one at a time in a channel. */
function isLastOfChannel(line: Written, lines: readonly Written[]): boolean {
  return lines.findLast(({ channel }) => channel === line.channel) === line
}

/** A run that died may not have read the answer to its last line: when that arrived nobody knows. */
function arrivedLate(line: Written, nowMs: number): Written {
  return { ...line, atMs: Math.min(nowMs, line.atMs + ARRIVES_WITHIN_MS) }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function parseRows(value: unknown): Row[] {
  const written =
    typeof value === 'object' && value !== null && 'written' in value ? value.written : undefined
  if (!Array.isArray(written) || !written.every(isRow)) throw new SyntaxError('it is not a send budget')
  return written
}

function isRow(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false
  const { atMs, wallMs, channel, key } = value as Record<string, unknown>
  return [atMs, wallMs].every(Number.isFinite) && [channel, key].every((text) => typeof text === 'string')
}
