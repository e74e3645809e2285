/**
 * Runs tasks, so many at a time and the longest first, so that none is left to run alone in the end. Resolves to what they
 * resolve to, in the order they were given; rejects with the first that fails.
 *
 * @template T
 * @param {readonly { costMs: number, run: () => Promise<T> }[]} tasks
 * @param {number} atOnce
 * @returns {Promise<T[]>}
 */
export async function inPool(tasks, atOnce) {
  /** @type {T[]} */
  const results = []
  const queue = tasks.map((task, place) => ({ ...task, place })).sort((a, b) => b.costMs - a.costMs)
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next.place] = await next.run()
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}
