import { SECOND } from './product.mjs'

/** What a normal account may write, with the margin that Chorus keeps: lines in a window, and the gap between two. */
const WINDOW_LINES = 20
const WINDOW_MS = 30.5 * SECOND
const GAP_MS = 1.1 * SECOND
/** The limits of the queue, as they are by default. */
const GLOBAL = 5
const PER_BOT = 2

/**
 * The least time in milliseconds from the first mention of a raid to the last answer, whatever the program: what the
 * accounts may send, and what the model's slots can make. Neither the pause before the first answer nor the last
 * answer's own making is in it.
 *
 * @param {{ mentions: number, bots: number, modelMs: number }} raid mentions are spread evenly over the bots
 */
export function raidBound({ mentions, bots, modelMs }) {
  const before = Math.ceil(mentions / bots) - 1
  return {
    limitsMs: Math.floor(before / WINDOW_LINES) * WINDOW_MS + (before % WINDOW_LINES) * GAP_MS,
    slotsMs: (mentions * modelMs) / Math.min(GLOBAL, bots * PER_BOT),
  }
}
