import type { Guard } from './guard.js'
import { DOCS } from './problem.js'
import type { Answer, Route } from './route.js'

/**
 * `/`: the link of the start leads here. Its token becomes a cookie, and the address is left without it: it would stay in the
 * browser’s history.
 */
export function entrance(guard: Pick<Guard, 'cookieFor'>): Route {
  return {
    method: 'GET',
    path: '/',
    access: 'anyone',
    answer: ({ query: { token }, isKnown }) => {
      const cookie = typeof token === 'string' ? guard.cookieFor(token) : undefined
      if (cookie !== undefined) return { kind: 'redirect', to: '/', cookie }
      return token === undefined && isKnown ? WELCOME : KEEP_OUT
    },
  }
}

const WELCOME: Answer = {
  kind: 'text',
  text: `You are in. What this Chorus can be asked is in ${DOCS}: /healthz, /readyz, /metrics, /api/status and more below /api.\n`,
}
const KEEP_OUT: Answer = {
  kind: 'text',
  status: 401,
  text: 'Open the link that Chorus has printed at its start: it has the token. With CHORUS_CONTROL_TOKEN set, add ?token= and its value to this address.\n',
}
