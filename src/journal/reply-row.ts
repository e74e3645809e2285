import type { Clock } from '../clock.js'
import {
  type ChatMessage,
  type Outcome,
  type ReplyCause,
  type ReplyTask,
  toBotLogin,
  toMessageId,
  toTaskId,
} from '../domain.js'
import { isRecord } from '../json-record.js'
import type { Progress, ReplyRecord } from '../reply-journal.js'
import type { Row, Value } from './database.js'
import { type JournalTime, writtenAgoMs } from './journal-time.js'

/** The clocks by which rows are written and read. */
export interface RowClocks {
  readonly clock: Clock
  readonly time: JournalTime
}

/** The columns that a reply has in both tables, in the order of {@link toTaskValues}. */
export const TASK_COLUMNS = [
  'number',
  'id',
  'bot',
  'cause',
  'channel',
  'viewer',
  'delay_ms',
  'arrived_ms',
  'attempts',
  'crashes',
  'message',
]
/** In the order of {@link toOpenValues}. */
export const OPEN_COLUMNS = [
  ...TASK_COLUMNS,
  'state',
  'line',
  'written_clock_ms',
  'written_wall_ms',
  'unserved_ms',
  'joint',
]
/** In the order of {@link toSettledValues}. */
export const SETTLED_COLUMNS = [...TASK_COLUMNS, 'settled_ms', 'outcome', 'details']

/** The row of an open reply. */
export function toOpenValues(number: number, record: ReplyRecord, { clock, time }: RowClocks): Value[] {
  const { joint = null, progress, task, unservedSinceMs } = record
  const writtenMs = progress.kind === 'sending' ? progress.writtenAtMs : null
  return [
    ...toTaskValues(number, record, time),
    toMessageColumn(task),
    progress.kind,
    'line' in progress ? JSON.stringify(progress.line) : null,
    writtenMs,
    writtenMs === null ? null : clock.wall() - (clock.now() - writtenMs),
    unservedSinceMs === undefined ? null : time.toJournal(unservedSinceMs),
    joint,
  ]
}

/** The row of a reply that has its outcome. The words of a viewer stay only where it may be tried again. */
export function toSettledValues(
  number: number,
  record: ReplyRecord,
  { kind, ...details }: Outcome,
  { clock, time }: RowClocks,
): Value[] {
  return [
    ...toTaskValues(number, record, time),
    kind === 'dead' ? toMessageColumn(record.task) : null,
    time.toJournal(clock.now()),
    kind,
    JSON.stringify(details),
  ]
}

/** All but the message. */
function toTaskValues(number: number, { task, attempts, crashes }: ReplyRecord, time: JournalTime): Value[] {
  const { id, bot, cause, delayMs, message } = task
  const { channel, login, arrivedAtMs } = message
  return [number, id, bot, cause, channel, login, delayMs, time.toJournal(arrivedAtMs), attempts, crashes]
}

/** What is unset is left out: the time of arrival has a column of its own. */
function toMessageColumn({ message }: ReplyTask): string {
  return JSON.stringify({ ...message, arrivedAtMs: undefined })
}

/** Reads a row of open replies in this run's time; `undefined` where it is none that could be answered. */
export function parseOpenRow(row: Row, { clock, time }: RowClocks): ReplyRecord | undefined {
  const { bot, cause, delay_ms: delayMs, arrived_ms: arrived, attempts, crashes, unserved_ms: unserved } = row
  if (typeof bot !== 'string' || !isCause(cause)) return undefined
  if (![delayMs, arrived, attempts, crashes].every((number) => Number.isFinite(number))) return undefined
  const message = parseMessage(row.message, time.toClock(Number(arrived)))
  if (!message) return undefined
  const login = toBotLogin(bot)
  const id = toTaskId(login, message.id)
  return {
    task: { id, bot: login, cause, message, delayMs: Number(delayMs) },
    progress: parseProgress(row, clock),
    joint: typeof row.joint === 'string' ? row.joint : undefined,
    attempts: Number(attempts),
    crashes: Number(crashes),
    unservedSinceMs: typeof unserved === 'number' ? time.toClock(unserved) : undefined,
  }
}

function parseProgress(row: Row, clock: Clock): Progress {
  const line = parseJson(row.line)
  switch (row.state) {
    case 'working':
      return { kind: 'working' }
    case 'ready':
      return line === undefined ? { kind: 'accepted' } : { kind: 'ready', line }
    case 'sending': {
      const written = { clockMs: Number(row.written_clock_ms), wallMs: Number(row.written_wall_ms) }
      return { kind: 'sending', line, writtenAtMs: clock.now() - writtenAgoMs(clock, written) }
    }
    default:
      return { kind: 'accepted' }
  }
}

/** What this process's forerunners wrote, but a file is a file: without these fields nothing could be answered. */
function parseMessage(text: unknown, arrivedAtMs: number): ChatMessage | undefined {
  const message = parseJson(text)
  if (!isRecord(message)) return undefined
  const { id, channel, userId, login, displayName, text: words, roles } = message
  const isWhole =
    [id, channel, userId, login, displayName, words].every((field) => typeof field === 'string') &&
    isRecord(roles)
  if (!isWhole) return undefined
  return { ...(message as unknown as ChatMessage), id: toMessageId(String(id)), arrivedAtMs }
}

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isCause(value: unknown): value is ReplyCause {
  return value === 'mention' || value === 'chance' || value === 'low'
}
