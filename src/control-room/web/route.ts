import type { Door } from './door.js'
import type { Problem } from './problem.js'

/** Who may ask: whoever passes the checks of `Host` and `Origin`, or only who brings the token of the room, or of the overlay. */
export type Access = 'anyone' | 'room' | 'overlay'

/** What a request says, its body already checked. */
export interface Ask {
  readonly query: Readonly<Record<string, string | undefined>>
  readonly body: unknown
  /** Whether a door is open for who asks. */
  readonly passes: (door: Door) => boolean
  /** Aborted when its connection ends: whoever asked has left, or the control room was stopped. */
  readonly signal: AbortSignal
}

/** What comes back. */
export type Answer =
  | { readonly kind: 'json'; readonly status?: number; readonly body: object }
  | { readonly kind: 'text'; readonly status?: number; readonly type?: string; readonly text: string }
  | { readonly kind: 'file'; readonly type: string; readonly content: Buffer }
  /** To somewhere of ours, with a cookie to take along. */
  | { readonly kind: 'redirect'; readonly to: string; readonly cookie: string }
  | { readonly kind: 'problem'; readonly problem: Problem }

/** The other end of a connection that is written to from time to time. */
export interface Reader {
  /** False: it has not taken what was written before; anything more would be kept for it here. */
  write(text: string): boolean
  readonly writableNeedDrain: boolean
  /** Nothing more is written. */
  end(): unknown
  /** Cuts the connection. */
  destroy(): unknown
  on(event: 'close' | 'error', listener: () => void): unknown
}

interface Place {
  readonly path: string
  readonly access: Access
}

/** Something that is answered once. */
export interface AnsweredRoute extends Place {
  readonly method: 'GET' | 'POST'
  /** The answer may take longer than a connection may be idle, and has a bound of its own. */
  readonly isSlow?: true
  /** What a body must look like, as JSON schema; without it none is looked at. */
  readonly body?: object
  readonly answer: (ask: Ask) => Answer | Promise<Answer>
}

/** Something that goes on until one end has had enough. */
export interface StreamedRoute extends Place {
  readonly method: 'GET'
  /** Why nobody more can be let in now. */
  readonly refuse: () => Problem | undefined
  readonly open: (reader: Reader) => void
}

/** One thing that can be asked for. */
export type Route = AnsweredRoute | StreamedRoute

/** An answer in JSON. */
export function json(body: object, status = 200): Answer {
  return { kind: 'json', status, body }
}
