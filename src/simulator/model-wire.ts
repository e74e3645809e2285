import type { ServerResponse } from 'node:http'
import type { Cancel, Clock } from '../clock.js'
import { assertNever } from '../domain.js'

/** What goes over the wire, and how. */
export type WireAnswer =
  | WholeAnswer
  /** Half of the body, then a reset. */
  | { readonly kind: 'reset'; readonly body: string }
  | { readonly kind: 'hang'; readonly afterHeaders: boolean }
  | { readonly kind: 'drip'; readonly body: string; readonly everyMs: number }
  /** `head`, then `bytes` of filler, then `tail`; the length is not declared. */
  | { readonly kind: 'huge'; readonly bytes: number; readonly head: string; readonly tail: string }

/** An ordinary HTTP answer. */
export interface WholeAnswer {
  readonly kind: 'whole'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** What the model says in it, for the record. */
  readonly said?: string
}

/** How the writing of an answer ended on our side. */
export type WireEnd = 'answered' | 'cut'

const JSON_HEADERS = { 'content-type': 'application/json' }
const FILLER = Buffer.alloc(64 * 1024, 'blah ')

/** Any JSON. */
export function jsonAnswer(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): WholeAnswer {
  return { kind: 'whole', status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(body) }
}

/**
 * Writes an answer. `ended` is called just before the client can see the end, and never for a hang.
 *
 * @returns takes the timers back; call it when the client has gone.
 */
export function writeAnswer(
  answer: WireAnswer,
  to: { readonly response: ServerResponse; readonly clock: Clock; readonly ended: (end: WireEnd) => void },
): Cancel {
  const { response, clock, ended } = to
  switch (answer.kind) {
    case 'whole':
      ended('answered')
      response.writeHead(answer.status, { ...answer.headers, 'content-length': byteLength(answer.body) })
      response.end(answer.body)
      return () => {}
    case 'reset':
      writeHalf(response, answer.body, () => ended('cut'))
      return () => {}
    case 'hang':
      if (answer.afterHeaders) response.writeHead(200, JSON_HEADERS).flushHeaders()
      return () => {}
    case 'drip':
      return writeDrops(response, { ...answer, clock, ended: () => ended('answered') })
    case 'huge':
      writeFiller(response, answer, () => ended('answered'))
      return () => {}
    default:
      return assertNever(answer)
  }
}

/** The reset follows the half once it has left this process, so that the client is really in mid-body. */
function writeHalf(response: ServerResponse, body: string, ended: () => void): void {
  const bytes = Buffer.from(body)
  response.writeHead(200, { ...JSON_HEADERS, 'content-length': bytes.length })
  response.write(bytes.subarray(0, bytes.length / 2), () => {
    ended()
    response.socket?.resetAndDestroy()
  })
}

function writeDrops(
  response: ServerResponse,
  drops: {
    readonly body: string
    readonly everyMs: number
    readonly clock: Clock
    readonly ended: () => void
  },
): Cancel {
  const bytes = Buffer.from(drops.body)
  response.writeHead(200, { ...JSON_HEADERS, 'content-length': bytes.length })
  let at = 0
  const writeNext = (): Cancel => {
    const byte = bytes.subarray(at, ++at)
    if (at < bytes.length) {
      response.write(byte)
      return drops.clock.after(drops.everyMs, () => {
        cancel = writeNext()
      })
    }
    drops.ended()
    response.end(byte)
    return () => {}
  }
  let cancel = writeNext()
  return () => cancel()
}

/** Waits for the client to take what was written: a client that stops reading must not fill our memory. */
function writeFiller(
  response: ServerResponse,
  answer: { readonly bytes: number; readonly head: string; readonly tail: string },
  ended: () => void,
): void {
  let left = answer.bytes
  const writeOn = (): void => {
    while (left > 0) {
      const chunk = FILLER.subarray(0, left)
      left -= chunk.length
      if (!response.write(chunk)) return void response.once('drain', writeOn)
    }
    ended()
    response.end(answer.tail)
  }
  response.writeHead(200, JSON_HEADERS).write(answer.head)
  writeOn()
}

function byteLength(text: string): number {
  return Buffer.byteLength(text)
}
