/** What a lane has to do for viewers of one channel, and how fast it gets on. Milliseconds. */
export interface LaneLoad {
  /** Viewers of the channel who wait: their mentions may share lines. */
  readonly mentions: number
  /** What else is to be said, a line each. */
  readonly others: number
  /** Lines in the making. */
  readonly working: number
  /** What it takes to make a line. */
  readonly madeMs: number
  /** Lines made at once: a share of the slots, and so perhaps no whole number. */
  readonly slots: number
  /** From now until so many further lines could have been said, behind those that are ready. */
  readonly sentMs: (lines: number) => number
}

/** When viewers share lines. */
export interface Sharing {
  /** Viewers a line at this moment; 1 while each has one of his own. */
  readonly now: number
  /** They begin to share when the wait is longer than this, */
  readonly overMs: number
  /** go on until one by one takes no longer than this, with as many a line as bring the wait there, */
  readonly enoughMs: number
  /** and never more than these. */
  readonly maxViewers: number
}

/** Until so many more lines of the lane are said: what takes longer, making them or sending them. */
export function toWaitMs({ madeMs, sentMs, slots, working }: LaneLoad, lines: number): number {
  const toMake = lines + working
  const makingMs = toMake === 0 ? 0 : madeMs * Math.max(1, toMake / slots)
  return Math.max(makingMs, sentMs(toMake))
}

/** How many viewers the lines that start now are to answer, however few wait; 1 where each is to get one of his own. */
export function toSharedBy(load: LaneLoad, { enoughMs, maxViewers, now, overMs }: Sharing): number {
  const waitMs = (viewers: number) => toWaitMs(load, Math.ceil(load.mentions / viewers) + load.others)
  const aloneMs = waitMs(1)
  const isJoining = now > 1 && aloneMs > enoughMs
  if (!isJoining && aloneMs <= overMs) return 1
  let viewers = Math.max(2, isJoining ? now : 1)
  while (viewers < maxViewers && waitMs(viewers) > enoughMs) viewers += 1
  return viewers
}

/**
 * How many lines the load takes, as the lane will decide for each of them: shared ones at first, and those one by one with
 * which it ends as soon as that is quick enough. When that is depends on how many lines are made ahead at that moment, one or
 * two: where it matters the truth is between.
 */
export function toLineCount(load: LaneLoad, sharing: Sharing): number {
  const { mentions, others } = load
  const viewers = Math.min(mentions, sharing.maxViewers, toSharedBy(load, sharing))
  if (viewers <= 1) return mentions + others
  const [few, many] = [2, 1].map((ahead) => toSharedCount({ load, sharing, viewers, ahead }))
  return Math.round(((few ?? 0) + (many ?? 0)) / 2) + others
}

interface Shared {
  readonly load: LaneLoad
  readonly sharing: Sharing
  /** In each shared line. */
  readonly viewers: number
  /** Lines that are made and not said when the lane starts another one. */
  readonly ahead: number
}

/** Lines for all mentions: shared until one by one is quick enough for those that are left. */
function toSharedCount({ load, sharing: { enoughMs }, viewers, ahead }: Shared): number {
  const { madeMs, mentions, slots } = load
  const shared = Math.ceil(mentions / viewers)
  const leftBy = (lines: number) => mentions - Math.round((lines * mentions) / shared)
  // More than could be made in that time, whatever the account may send, are never quick enough: there is nothing to look for.
  const leftMax = madeMs > 0 ? (enoughMs * slots) / madeMs : mentions
  let first = Math.max(0, shared - 1 - Math.ceil(leftMax / viewers))
  let last = shared
  while (first < last) {
    const middle = Math.floor((first + last) / 2)
    if (aloneMs(load, middle, leftBy(middle), ahead) <= enoughMs) last = middle
    else first = middle + 1
  }
  return last + leftBy(last)
}

/** How long those that are left would wait one by one, once so many more lines have been started. */
function aloneMs({ madeMs, sentMs, slots, working }: LaneLoad, started: number, left: number, ahead: number) {
  const before = working + started
  const startsAtMs = Math.max((started * madeMs) / slots, before >= ahead ? sentMs(before - ahead) : 0)
  const makingMs = ((left + Math.ceil(slots) - 1) * madeMs) / slots
  return Math.max(makingMs, sentMs(before + left) - startsAtMs)
}
