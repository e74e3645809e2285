import type { Door } from './door.js'
import type { Answer, Route } from './route.js'

export interface EntranceOptions {
  readonly door: Door
  /** What is shown to those whom the door lets in. */
  readonly page: Answer
}

/**
 * Where a link with a token leads. Its token becomes a cookie, and the address is left without it: it would stay in the browser’s
 * history.
 */
export function entrance({ door, page }: EntranceOptions): Route {
  const { advice, path } = door
  return {
    method: 'GET',
    path,
    access: 'anyone',
    answer: ({ query: { token }, passes }) => {
      const cookie = typeof token === 'string' ? door.cookieFor(token) : undefined
      if (cookie !== undefined) return { kind: 'redirect', to: path, cookie }
      if (token === undefined && passes(door)) return page
      return { kind: 'text', status: 401, text: `${advice}\n` }
    },
  }
}
