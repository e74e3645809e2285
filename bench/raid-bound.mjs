import { SECOND } from './product.mjs'

/** What an account may write, with the margin that Chorus keeps: lines in a window, and the gap between two. */
const WINDOW_MS = 30.5 * SECOND
const NORMAL = { windowLines: 20, gapMs: 1.1 * SECOND }
const MODERATOR = { windowLines: 100, gapMs: 0.1 * SECOND }
/** The limits of the queue, as they are by default. */
const GLOBAL = 5
const PER_BOT = 2

/**
 * The least time in milliseconds from the first mention of a raid to the last answer, whatever the program: the larger of
 * what the accounts may send, and of what the model's slots can make, each line with as many viewers as go into one.
 * Neither the pause before the first answer nor the last answer's own making is in it.
 *
 * @param {{ mentions: number, bots: number, isModerator: boolean, viewersPerLine: number, modelMs: number }} raid
 *   mentions are spread evenly over the bots
 */
export function raidBound({ mentions, bots, isModerator, viewersPerLine, modelMs }) {
  const { windowLines, gapMs } = isModerator ? MODERATOR : NORMAL
  const before = Math.ceil(Math.ceil(mentions / bots) / viewersPerLine) - 1
  const limitsMs = Math.floor(before / windowLines) * WINDOW_MS + (before % windowLines) * gapMs
  return Math.max(limitsMs, (Math.ceil(mentions / viewersPerLine) * modelMs) / slotsOf(bots))
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
