/** The candidate that `word` was most likely meant to be; undefined when none is close. Case and `_ -` don't count. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const plain = simplify(word)
  let best: string | undefined
  // A third of the letters may be wrong: `temprature` is a slip, `colour` for `channels` is not.
  let bestDistance = Math.max(1, Math.floor(plain.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(plain, simplify(candidate))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

const simplify = (word: string) => word.toLowerCase().replace(/[_-]/g, '')

/** Levenshtein: letters to insert, remove or replace to make `b` of `a`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
