import { SECOND } from '../clock.js'
import { between, type Random } from '../random.js'

const BASE_MS = SECOND
const MAX_MS = 30 * SECOND
const DOUBLINGS_MAX = 5

/**
 * Milliseconds before the next attempt after `failures` failed ones (0 or more): doubled each time, capped, and spread
 * downwards by up to a quarter, so that bots which lost Twitch together do not come back together.
 */
export function reconnectDelayMs(failures: number, random: Random): number {
  const fullMs = Math.min(MAX_MS, BASE_MS * 2 ** Math.min(failures, DOUBLINGS_MAX))
  return fullMs * between(random, [0.75, 1])
}
