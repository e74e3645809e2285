/** Who may ask: whoever passes the checks of `Host` and `Origin`, or only who brings the token. */
export type Access = 'anyone' | 'token'

/** What a request says, its body already checked. */
export interface Ask {
  readonly query: Readonly<Record<string, string | undefined>>
  readonly body: unknown
  /** Whether it brought the token. */
  readonly isKnown: boolean
}

/** What comes back. */
export type Answer =
  | { readonly kind: 'json'; readonly status?: number; readonly body: object }
  | { readonly kind: 'text'; readonly status?: number; readonly type?: string; readonly text: string }
  /** To somewhere of ours, with a cookie to take along. */
  | { readonly kind: 'redirect'; readonly to: string; readonly cookie: string }

/** One thing that can be asked for. */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly access: Access
  /** What a body must look like, as JSON schema; without it none is looked at. */
  readonly body?: object
  readonly answer: (ask: Ask) => Answer | Promise<Answer>
}

/** An answer in JSON. */
export function json(body: object, status = 200): Answer {
  return { kind: 'json', status, body }
}
