/**
 * The number below which a share of some numbers lies. NaN of none.
 *
 * @param {readonly number[]} numbers
 * @param {number} share in [0, 1]
 */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
