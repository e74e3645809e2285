import { MINUTE, SECOND } from '../../clock.js'

const HOUR = 60 * MINUTE
/** Up to here a span is told in the smaller unit: "80 s" says more than "1 min". */
const LIMITS = { seconds: 90 * SECOND, minutes: 90 * MINUTE }

/** How long, as people say it: `9 s`, `80 s`, `2 min`, `3 h`. Never less than a second. */
export function toSpan(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / SECOND))
  if (seconds * SECOND < LIMITS.seconds) return `${seconds} s`
  const minutes = Math.round((seconds * SECOND) / MINUTE)
  return ms < LIMITS.minutes ? `${minutes} min` : `${Math.round(ms / HOUR)} h`
}
