/** A source of numbers in [0, 1). `Math.random` is one; a seeded one makes a run repeatable. */
export type Random = () => number

/** mulberry32: small, fast and good enough for draws and delays; the same seed gives the same numbers. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A number drawn evenly from [low, high). */
export function between(random: Random, [low, high]: readonly [number, number]): number {
  return low + random() * (high - low)
}

/** One of `items`, each as likely as the others. Throws a RangeError for an empty list. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('pick() needs at least one item')
  return item
}
