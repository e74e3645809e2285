import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { LogLevel } from './environment.js'
import { ChorusError } from './errors.js'
import type { KnownSecrets } from './known-secrets.js'
import { maskSecrets } from './mask-secrets.js'

/** A log of events: fields first, then a constant message. */
export type Logger = PinoLogger

export interface LoggerOptions {
  readonly level: LogLevel
  /** Lines for people, coloured, instead of JSON. */
  readonly pretty: boolean
  /** Where lines go; stdout by default. */
  readonly destination?: DestinationStream
  /** Plain values that must never come out, in whichever field somebody put them. */
  readonly secrets: readonly string[] | KnownSecrets
}

const SECRET_NAMES = ['token', 'apiKey', 'password', 'pass', 'secret', 'authorization', 'Authorization']
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
/** Deeper causes are left out: they say nothing new, and a chain may be a circle. */
const CAUSES_MAX = 5
/** Of a message or a stack; the rest would be a server's page, or the depths of Node. */
const TEXT_MAX_LENGTH = 4_000

/**
 * A logger that can't tell a secret: fields with telling names are redacted, and every line is searched for the
 * known secrets before it leaves, because errors of strangers quote headers and addresses.
 */
export function createLogger({
  level,
  pretty,
  destination = process.stdout,
  secrets,
}: LoggerOptions): Logger {
  const mask = maskSecrets(secrets)
  // In this thread, not in a worker: what was logged before a crash is there. Masked before it is made pretty,
  // while a line is one piece without colours.
  const format = pretty ? prettyPrinter() : String
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: REDACTED, censor: '[secret]' },
      serializers: { err: errorFields },
    },
    { write: (line) => void destination.write(format(mask(line))) },
  )
}

/** Lines for a terminal, which a server's text must not steer: the printer itself lets some control characters by. */
function prettyPrinter(): (line: string) => string {
  const print = prettyFactory({ ignore: 'event', translateTime: 'SYS:HH:MM:ss', singleLine: true })
  return (line) => print(line.replace(/(?!\n)\p{Cc}/gu, ''))
}

/**
 * What is logged of an error. Its other fields are left out: the errors of SDKs carry requests and answers, and
 * with them headers, prompts and chat.
 */
function errorFields(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { message: textOf(thrown) }
  const known = thrown instanceof ChorusError ? { code: thrown.code, advice: thrown.advice } : {}
  const causes = causesOf(thrown)
  return {
    type: thrown.name,
    ...known,
    message: short(thrown.message),
    ...(causes.length > 0 && { causes }),
    stack: short(thrown.stack ?? ''),
  }
}

function causesOf(error: Error): string[] {
  const causes: string[] = []
  for (let cause = error.cause; cause !== undefined && causes.length < CAUSES_MAX; ) {
    causes.push(textOf(cause))
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

/** Anything can be thrown. What is no error is named only if it is plain: an object may hold anything. */
function textOf(thrown: unknown): string {
  if (thrown instanceof Error) return short(`${thrown.name}: ${thrown.message}`)
  return typeof thrown === 'object' ? 'an object that is no error' : short(String(thrown))
}

const short = (text: string) => text.slice(0, TEXT_MAX_LENGTH)
