import { SECOND } from './product.mjs'

/** What an account may write, with the margin that Chorus keeps: lines in a window, and the gap between two. */
const WINDOW_MS = 30.5 * SECOND
const NORMAL = { windowLines: 20, gapMs: 1.1 * SECOND }
const MODERATOR = { windowLines: 100, gapMs: 0.1 * SECOND }
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
    limitsMs:
      Math.floor(before / NORMAL.windowLines) * WINDOW_MS + (before % NORMAL.windowLines) * NORMAL.gapMs,
    slotsMs: (mentions * modelMs) / slotsOf(bots),
  }
}

/**
 * The most lines in `spanMs`, whatever the program, where the first one is said as the span begins.
 *
 * - limits: every account says its first line at once and each next one as soon as window and gap let it, up to the
 *   span's last millisecond;
 * - slots: that first line, and what the slots make in the span;
 * - round trips: an account says its first line at once and each next one when Twitch has confirmed the one before.
 *
 * @param {{ bots: number, isModerator: boolean, spanMs: number, modelMs: number, roundTripMs: number }} run
 */
export function lineBound({ bots, isModerator, spanMs, modelMs, roundTripMs }) {
  const { windowLines, gapMs } = isModerator ? MODERATOR : NORMAL
  const windows = Math.floor(spanMs / WINDOW_MS)
  const inLastWindow = Math.min(windowLines, Math.floor((spanMs - windows * WINDOW_MS) / gapMs) + 1)
  const limits = bots * (windows * windowLines + inLastWindow)
  const slots = 1 + (slotsOf(bots) * spanMs) / modelMs
  const roundTrips = bots * (1 + spanMs / roundTripMs)
  return { limits, slots, roundTrips, lines: Math.min(limits, slots, roundTrips) }
}

/** @param {number} bots */
function slotsOf(bots) {
  return Math.min(GLOBAL, bots * PER_BOT)
}
