import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { LogLevel } from './environment.js'
import { ChorusError } from './errors.js'
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
  readonly secrets: readonly string[]
}

const SECRET_NAMES = ['token', 'apiKey', 'password', 'pass', 'secret', 'authorization', 'Authorization']
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
/** Deeper causes are left out: they say nothing new, and a chain may be a circle. */
const CAUSES_MAX = 5
/** The rest of a stack would be the depths of Node. */
const STACK_MAX_LENGTH = 4_000

/**
 * A logger that can't tell a secret: fields with telling names are redacted, and every line is searched for the
 * known secrets before it leaves, because errors of strangers quote headers and addresses.
 */
export function createLogger({ level, pretty, destination = process.stdout, secrets }: LoggerOptions): Logger {
  const mask = maskSecrets(secrets)
  // In this thread, not in a worker: what was logged before a crash is there. Masked before it is made pretty,
  // while a line is one piece without colours.
  const format = pretty ? prettyFactory({ ignore: 'event', translateTime: 'SYS:HH:MM:ss', singleLine: true }) : String
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

/**
 * What is logged of an error. Its other fields are left out: the errors of SDKs carry requests and answers, and
 * with them headers, prompts and chat.
 */
function errorFields(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { message: plain(String(thrown)) }
  const known = thrown instanceof ChorusError ? { code: thrown.code, advice: thrown.advice } : {}
  const causes = causesOf(thrown)
  return {
    type: thrown.name,
    ...known,
    message: plain(thrown.message),
    ...(causes.length > 0 && { causes }),
    stack: plain(thrown.stack ?? '').slice(0, STACK_MAX_LENGTH),
  }
}

function causesOf(error: Error): string[] {
  const causes: string[] = []
  for (let cause = error.cause; cause !== undefined && causes.length < CAUSES_MAX; ) {
    causes.push(plain(String(cause)))
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

/** Without control characters: a server's text must not steer the terminal that shows the log. */
const plain = (text: string) => text.replace(/(?!\n)\p{Cc}/gu, ' ')
