/** @import { JournalRows } from './read-journal.mjs' */

/**
 * Lines that were in a state at a kill, each by one of its replies: the journal has a row for every reply, and those that one
 * line is to answer tell what they share.
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
