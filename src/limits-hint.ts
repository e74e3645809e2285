import type { Config } from './config-schema.js'

type Limits = Pick<Config['queue'], 'global' | 'perBot'>

/** Measured to keep a channel lively without one bot holding up the others. */
function recommendedLimits(bots: number): Limits {
  if (bots <= 2) return { global: 5, perBot: 2 }
  if (bots <= 5) return { global: 8, perBot: 2 }
  return { global: 10, perBot: 1 }
}

/** A sentence for the start when other limits suit this number of bots better; undefined when they are right. */
export function limitsHint(bots: number, queue: Limits): string | undefined {
  const wanted = recommendedLimits(bots)
  if (queue.global === wanted.global && queue.perBot === wanted.perBot) return undefined
  const who = bots === 1 ? 'one bot' : `${bots} bots`
  return (
    `For ${who}, queue.global ${wanted.global} and queue.perBot ${wanted.perBot} work best; ` +
    `here they are ${queue.global} and ${queue.perBot}.`
  )
}
