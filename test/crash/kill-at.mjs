/** @import { ChorusChild } from './chorus-child.mjs' */
/** @import { CrashWorld } from './crash-world.mjs' */
/** @import { Moment } from './round-plan.mjs' */

/**
 * Kills the process as soon as its moment has come; at a `step` or of a `viewer` it dies by itself.
 *
 * @param {Moment} moment
 * @param {ChorusChild} child
 * @param {Pick<CrashWorld, 'clock' | 'twitch'>} world
 * @returns {() => void} the way to let it live on
 */
export function killAt(moment, child, { clock, twitch }) {
  const killAfter = (/** @type {number} */ ms) => clock.after(ms, () => child.kill())
  switch (moment.kind) {
    case 'time':
      return moment.after === 'go' ? killAfter(moment.ms) : whenJoined(child, () => killAfter(moment.ms))
    case 'news':
      return child.onNews(countTo(moment.count, ({ event }) => event === moment.event, child))
    case 'line':
      // Called before Twitch has answered: the process never reads that answer.
      return twitch.ledger.onEntry(countTo(moment.count, ({ type }) => type === 'attempt', child))
    case 'step':
    case 'viewer':
      return () => {}
  }
}

/**
 * @param {ChorusChild} child
 * @param {() => () => void} begin called once; returns the way to take it back
 * @returns {() => void} the same, whether it has begun or not
 */
function whenJoined(child, begin) {
  let cancel = child.onNews(({ event }) => {
    if (event !== 'joined') return
    cancel()
    cancel = begin()
  })
  return () => cancel()
}

/**
 * @template T
 * @param {number} count
 * @param {(entry: T) => boolean} counts
 * @param {ChorusChild} child
 * @returns {(entry: T) => void}
 */
function countTo(count, counts, child) {
  let left = count
  return (entry) => {
    if (counts(entry)) left -= 1
    if (left === 0) child.kill()
  }
}
