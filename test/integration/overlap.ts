import type { ModelRecord } from '../../src/simulator/model-ledger.js'

/** The most chat completions for one bot that the model worked on at once, told by the name in the prompt. */
export function mostAtOnce(records: readonly ModelRecord[], bot: string): number {
  const ofBot = records.filter(
    ({ path, body }) =>
      path.endsWith('/chat/completions') && JSON.stringify(body).includes(`Your name in chat is ${bot}.`),
  )
  const edges = ofBot.flatMap(({ atMs, endedAtMs = Number.POSITIVE_INFINITY }) => [
    { atMs, by: 1 },
    { atMs: endedAtMs, by: -1 },
  ])
  // An end and a beginning at the same moment do not overlap.
  edges.sort((a, b) => a.atMs - b.atMs || a.by - b.by)
  let now = 0
  return edges.reduce((most, { by }) => {
    now += by
    return Math.max(most, now)
  }, 0)
}
