import type { BotLogin, ChatMessage, ReplyTask } from './domain.js'
import type { ChorusError } from './errors.js'
import type { ChorusEmitter, ChorusEvents } from './events.js'
import type { Logger } from './logger.js'
import { programName } from './program-name.js'

type Level = 'debug' | 'info' | 'warn' | 'error'
type Payload<E extends keyof ChorusEvents> = Parameters<ChorusEvents[E]>[0]

interface Row<E extends keyof ChorusEvents> {
  readonly level: Level | ((event: Payload<E>) => Level)
  readonly fields: (event: Payload<E>) => object
  /** Words of viewers or bots: only in a log at `debug`. */
  readonly text?: (event: Payload<E>) => string
}

const deadLetters = () =>
  `Replies whose attempts are spent: \`${programName()} dead-letters\` shows them, and has them tried again or discarded.`

/** How each event is logged: at which level, with which fields. */
const TABLE: { readonly [E in keyof ChorusEvents]: Row<E> } = {
  ready: { level: 'info', fields: (event) => ({ ...event }) },
  'message:received': {
    level: 'debug',
    fields: ({ message }) => ofMessage(message),
    text: ({ message }) => message.text,
  },
  'message:decided': {
    level: 'debug',
    fields: ({ message, decisions }) => ({ ...ofMessage(message), decisions }),
  },
  // A raid brings a thousand of them within seconds, and a start finds as many: how each ends is told, and how many were left.
  'reply:accepted': { level: 'debug', fields: ({ task }) => ({ ...ofTask(task), cause: task.cause }) },
  'reply:restored': {
    level: 'debug',
    fields: ({ task, ageMs }) => ({ ...ofTask(task), cause: task.cause, ageMs }),
  },
  'reply:started': {
    level: 'debug',
    fields: ({ task, attempt, waitedMs }) => ({ ...ofTask(task), attempt, waitedMs }),
  },
  'reply:ready': { level: 'debug', fields: ({ task, tookMs }) => ({ ...ofTask(task), tookMs }) },
  'reply:held': {
    // What the model did wrong has been told, as `model:failed`, when it happened.
    level: ({ error }) => (error.scope === 'endpoint' ? 'info' : 'warn'),
    fields: ({ task, error, inMs }) => ({ ...ofTask(task), inMs: Math.round(inMs), ...ofError(error) }),
  },
  'reply:settled': {
    level: ({ outcome }) => (outcome.kind === 'sent' ? 'info' : 'warn'),
    fields: ({ task, outcome, tookMs }) => ({
      ...ofTask(task),
      outcome: outcome.kind,
      ...detailsOf(outcome),
      tookMs,
    }),
  },
  'backlog:raised': { level: 'warn', fields: (event) => ({ ...event }) },
  'backlog:cleared': { level: 'info', fields: (event) => ({ ...event }) },
  'controls:changed': { level: 'info', fields: (event) => ({ ...event }) },
  'bot:joined': { level: 'info', fields: (event) => ({ ...event }) },
  'bot:disconnected': { level: 'warn', fields: (event) => ({ ...event }) },
  'bot:moving': { level: 'info', fields: (event) => ({ ...event }) },
  'bot:parked': { level: 'error', fields: (event) => ({ ...event }) },
  'bot:unparked': { level: 'info', fields: (event) => ({ ...event }) },
  'bot:promoted': { level: 'info', fields: (event) => ({ ...event }) },
  'channel:closed': { level: 'error', fields: (event) => ({ ...event }) },
  'channel:opened': { level: 'info', fields: (event) => ({ ...event }) },
  'chat:cleared': { level: 'info', fields: ({ clearing }) => ({ ...clearing }) },
  'chat:raided': {
    level: 'info',
    fields: ({ id, channel, from, viewers, isMirrored }) => ({
      message: id,
      channel,
      from: from.login,
      viewers,
      isMirrored,
    }),
  },
  'token:refreshed': { level: 'info', fields: (event) => ({ ...event }) },
  'token:replaced': { level: 'info', fields: (event) => ({ ...event }) },
  'token:flawed': { level: 'warn', fields: (event) => ({ ...event }) },
  'token:invalid': { level: 'error', fields: (event) => ({ ...event }) },
  'token:unchecked': { level: 'warn', fields: (event) => ({ ...event }) },
  'line:written': {
    level: 'debug',
    fields: ({ bot, line }) => ({
      bot,
      channel: line.channel,
      ...(line.replyTo && { message: line.replyTo }),
    }),
    text: ({ line }) => line.text,
  },
  'line:sent': {
    level: 'debug',
    fields: ({ bot, line, id }) => ({ bot, channel: line.channel, ...(id && { message: id }) }),
  },
  'line:refused': {
    level: 'warn',
    fields: ({ text, ...event }) => ({ ...event, says: text }),
  },
  'line:unanswered': { level: 'warn', fields: (event) => ({ ...event }) },
  'line:unseen': { level: 'warn', fields: (event) => ({ ...event }) },
  'line:filtered': { level: 'warn', fields: (event) => ({ ...event }) },
  'model:adapted': { level: 'info', fields: (event) => ({ ...event }) },
  'model:answered': { level: 'debug', fields: (event) => ({ ...event }) },
  'model:failed': {
    level: 'warn',
    fields: ({ model, error, tookMs }) => ({ model, tookMs: Math.round(tookMs), ...ofError(error) }),
  },
  'journal:refusing': { level: 'error', fields: (event) => ({ ...event }) },
  'journal:recovered': { level: 'info', fields: (event) => ({ ...event }) },
  'journal:damaged': { level: 'error', fields: (event) => ({ ...event }) },
  'journal:restored': { level: 'info', fields: (event) => ({ ...event }) },
  'dead-letters:counted': {
    level: ({ count }) => (count > 0 ? 'warn' : 'info'),
    fields: ({ count }) => ({ count, ...(count > 0 && { advice: deadLetters() }) }),
  },
  'model:away': {
    level: ({ code }) => (code === 'model-unauthorized' ? 'error' : 'warn'),
    fields: (event) => ({ ...event }),
  },
  'model:back': { level: 'info', fields: (event) => ({ ...event }) },
  'tokens:low': { level: 'warn', fields: (event) => ({ ...event }) },
  'tokens:spent': { level: 'warn', fields: (event) => ({ ...event }) },
  error: { level: 'error', fields: ({ error, where }) => ({ where, err: error }) },
}

/** Logs every event of Chorus as one line: `event` names it, the fields carry its ids. */
export function logEvents(events: ChorusEmitter, logger: Logger): void {
  for (const event of Object.keys(TABLE) as (keyof ChorusEvents)[]) logEvent(event, events, logger)
}

function logEvent<E extends keyof ChorusEvents>(event: E, events: ChorusEmitter, logger: Logger): void {
  const row: Row<E> = TABLE[event]
  const message = event.replace(':', ' ')
  const listener = (payload: Payload<E>) => {
    const level = typeof row.level === 'function' ? row.level(payload) : row.level
    if (!logger.isLevelEnabled(level)) return
    const text = row.text && logger.isLevelEnabled('debug') ? { text: row.text(payload) } : {}
    logger[level]({ event, ...inWholeMs(row.fields(payload)), ...text }, message)
  }
  events.on(event, listener as ChorusEvents[E])
}

/** Nobody reads a millionth of a millisecond. */
function inWholeMs(fields: object): object {
  const isMs = (name: string, value: unknown): value is number =>
    name.endsWith('Ms') && typeof value === 'number'
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isMs(name, value) ? Math.round(value) : value]),
  )
}

function ofMessage({ id, channel, login }: ChatMessage): object {
  return { message: id, channel, login }
}

function ofTask({ id, bot, message }: ReplyTask): { task: string; bot: BotLogin; channel: string } {
  return { task: id, bot, channel: message.channel }
}

/** What was foreseen is told in one line, with what to do; only of the rest a reader needs the stack. */
function ofError(error: ChorusError): object {
  const { code, message, advice } = error
  return code === 'reply-failed' ? { code, err: error } : { code, problem: message, advice }
}

/** What is to be told of an outcome beside its kind. */
function detailsOf({ kind: _, ...details }: Payload<'reply:settled'>['outcome']): object {
  return details
}
