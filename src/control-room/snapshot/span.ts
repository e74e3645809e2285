import { MINUTE, SECOND } from '../../clock.js'

const HOUR = 60 * MINUTE
/** Up to here a span is told in the smaller unit: "80 s" says more than "1 min". */
const LIMITS = { seconds: 90 * SECOND, minutes: 90 * MINUTE }
/** Steps of what is foreseen, from which span on: what is far away nobody knows to the second, and it is to be read in peace. */
const STEPS = [
  { overMs: MINUTE, stepMs: 10 * SECOND },
  { overMs: 20 * SECOND, stepMs: 5 * SECOND },
]
/** Up to here what is foreseen is told in seconds: between one minute and two lies all the difference. */
const FORESEEN_SECONDS_MS = 2 * MINUTE

/** How long, as people say it: `9 s`, `80 s`, `2 min`, `3 h`. Never less than a second. */
export function toSpan(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / SECOND))
  if (seconds * SECOND < LIMITS.seconds) return `${seconds} s`
  const minutes = Math.round((seconds * SECOND) / MINUTE)
  return ms < LIMITS.minutes ? `${minutes} min` : `${Math.round(ms / HOUR)} h`
}

/** How long something will take, as far as can be foreseen: `9 s`, `25 s`, `100 s`, `3 min`. Beyond twenty seconds in steps. */
export function toForeseen(ms: number): string {
  const stepMs = STEPS.find(({ overMs }) => ms > overMs)?.stepMs
  const roundMs = stepMs === undefined ? ms : Math.round(ms / stepMs) * stepMs
  const isSeconds = roundMs >= LIMITS.seconds && roundMs < FORESEEN_SECONDS_MS
  return isSeconds ? `${roundMs / SECOND} s` : toSpan(roundMs)
}
