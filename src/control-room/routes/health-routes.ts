import type { ChorusStatus } from '../../chorus.js'
import { findUnready } from '../snapshot/readiness.js'
import { json, type Route } from '../web/route.js'

export interface HealthRoutesOptions {
  readonly status: () => ChorusStatus
  /** Whether there is a data folder: without one nothing is to be written, as in the demo. */
  readonly hasJournal: boolean
}

/** What `/healthz` answers: by it a control room is known among other servers. */
export const ALIVE = { status: 'alive' } as const

/** Whether the process is alive, and whether viewers are answered: for whoever watches over it. */
export function healthRoutes({ status, hasJournal }: HealthRoutesOptions): Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      access: 'anyone',
      answer: () => json(ALIVE),
    },
    {
      method: 'GET',
      path: '/readyz',
      access: 'anyone',
      answer: () => {
        const reasons = findUnready(status(), { hasJournal })
        return reasons.length === 0 ? json({ status: 'ready' }) : json({ status: 'not-ready', reasons }, 503)
      },
    },
  ]
}
