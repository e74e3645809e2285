import type { Random } from '../random.js'

/** How long the model thinks: always the same number of milliseconds, or a log-normal draw with these two points. */
export type Latency = number | { readonly medianMs: number; readonly p95Ms: number }

/** What small hosted models showed in practice. */
export const USUAL_LATENCY: Latency = { medianMs: 1200, p95Ms: 3000 }

/** The point of the standard normal distribution that 95 % of the draws stay below. */
const NORMAL_P95 = 1.6448536269514722

/** One latency in milliseconds. */
export function drawLatencyMs(random: Random, latency: Latency): number {
  if (typeof latency === 'number') return latency
  const spread = Math.log(latency.p95Ms / latency.medianMs) / NORMAL_P95
  return latency.medianMs * Math.exp(spread * normal(random))
}

/** Box and Muller's draw; `1 - random()` keeps the logarithm away from zero. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
