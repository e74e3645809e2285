/** @import { JournalRows, SettledRow } from './read-journal.mjs' */

/*
 * Lines as the journal knows them. It has a row for each reply: those that one line answers are found by what they share.
 */

/**
 * Lines that were in a state at a kill, each by one of its replies.
 *
 * @param {readonly JournalRows[]} deaths
 * @param {string} wanted
 */
export function linesInState(deaths, wanted) {
  const lines = deaths.flatMap(({ open }) => {
    const rows = open.filter(({ state }) => state === wanted)
    return [...new Map(rows.map(({ id, joint }) => [joint ?? id, id])).values()]
  })
  return [...new Set(lines)]
}

/**
 * How many lines these replies of one account have in doubt. A line for several viewers tells in each of its replies how
 * many there are.
 *
 * @param {readonly SettledRow[]} rows
 * @param {ReadonlyMap<string, string>} viewers who asked, by the reply's id
 */
export function linesInDoubt(rows, viewers) {
  const shares = new Map(
    rows.map(({ details, id }) => {
      const { viewers: count = 1 } = JSON.parse(details)
      return [`${viewers.get(id) ?? id} ${count}`, count]
    }),
  )
  return Math.ceil([...shares.values()].reduce((sum, count) => sum + 1 / count, 0) - 1e-6)
}
