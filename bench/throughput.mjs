import { feed } from './feeding.mjs'
import { median } from './median.mjs'
import { startWorker } from './worker.mjs'

/** @import { Worker } from './worker.mjs' */

const RATIO_MIN = 0.8
const PAIRS = 11
const WARM_UP_PAIRS = 3
const MENTION_SHARE = 0.03
/** Fewer lines for more bots: every connection hears all of them. */
const SIZES = [
  { bots: 1, lines: 30_000 },
  { bots: 5, lines: 8_000 },
]

/**
 * One side of a pair: a process that reads a channel of its own.
 *
 * @typedef {{ reader: Worker, channel: string }} Side
 */

/**
 * @typedef {object} Reading
 * @property {number} wallMs
 * @property {number} cpuMs
 * @property {number} decided
 */

/**
 * Lines of chat a second through tmi.js, router and decision, beside as many bare tmi.js clients.
 *
 * @returns {Promise<import('./table.mjs').Table>}
 */
export async function throughput() {
  const rows = []
  for (const size of SIZES) rows.push(...(await measureSize(size)))
  return {
    name: 'throughput',
    title: 'Chat throughput: tmi.js, router and decision beside tmi.js alone with an empty handler',
    notes: [
      'Raw lines of about 400 units over real sockets, 20 to a frame, from the built-in Twitch in a process of its own;',
      `${MENTION_SHARE * 100} % mention a bot, a quarter of the others draws a reply; the replies go to a queue that makes none of them.`,
      'Real time (clock 1x). Both sides read in turns, each in a process of its own. The ratio is the median of the',
      `ratios of ${PAIRS} pairs after ${WARM_UP_PAIRS} to warm up (smallest and largest behind it); "by CPU" divides by processor`,
      'time, which other programs disturb less. Busy: processor time over time, of the slower side; below 0.9 the reader was',
      'not the bottleneck, or the machine was taken by others.',
    ],
    columns: ['bots, measure', 'clock', 'alone /s', 'Chorus /s', 'ratio', '(range)', 'bound', 'busy'],
    rows,
  }
}

/** @param {(typeof SIZES)[number]} size */
async function measureSize({ bots, lines }) {
  const logins = Array.from({ length: bots }, (_, at) => `bench_bot${at + 1}`)
  const feeder = startWorker('feeder')
  const bare = { reader: startWorker('reader'), channel: 'bare_channel' }
  const ours = { reader: startWorker('reader'), channel: 'our_channel_' }
  try {
    const { url } = await feeder.ask({ kind: 'url' })
    await bare.reader.ask({ kind: 'bare', url, channel: bare.channel, logins })
    await ours.reader.ask({ kind: 'chorus', url, channel: ours.channel, logins })
    const pairs = []
    for (let pair = 0; pair < WARM_UP_PAIRS + PAIRS; pair++) {
      const mix = { bots: logins, mentionShare: MENTION_SHARE, seed: pair, count: lines }
      // Who goes first changes: what the first leaves behind in caches must not help the other.
      const order = pair % 2 === 0 ? [bare, ours] : [ours, bare]
      /** @type {Map<Side, Reading>} */
      const found = new Map()
      for (const side of order)
        found.set(side, await feed(feeder, side.reader, { ...mix, channel: side.channel }))
      pairs.push({ bare: reading(found, bare), ours: reading(found, ours) })
    }
    return toRows({ bots, lines, pairs: pairs.slice(WARM_UP_PAIRS) })
  } finally {
    await Promise.all([feeder.end(), bare.reader.end(), ours.reader.end()])
  }
}

/**
 * @param {ReadonlyMap<Side, Reading>} found
 * @param {Side} side
 */
function reading(found, side) {
  const one = found.get(side)
  if (!one) throw new Error('a side was not read')
  return one
}

/** @param {{ bots: number, lines: number, pairs: readonly { bare: Reading, ours: Reading }[] }} found */
function toRows({ bots, lines, pairs }) {
  if (pairs.some(({ ours }) => ours.decided !== lines))
    throw new Error('Chorus has not decided about every line')
  return /** @type {const} */ ([
    ['by clock', 'wallMs'],
    ['by CPU', 'cpuMs'],
  ]).map(([name, key]) => {
    const ratios = pairs.map(({ bare, ours }) => bare[key] / ours[key])
    const ratio = median(ratios)
    /** @param {'bare' | 'ours'} side */
    const rate = (side) =>
      Math.round((lines / median(pairs.map((pair) => pair[side][key]))) * 1000).toString()
    /** @param {'bare' | 'ours'} side */
    const busy = (side) => median(pairs.map((pair) => pair[side].cpuMs / pair[side].wallMs))
    return {
      cells: [
        `${bots} ${bots === 1 ? 'bot' : 'bots'}, ${name}`,
        '1x',
        rate('bare'),
        rate('ours'),
        ratio.toFixed(2),
        `(${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
        `>= ${RATIO_MIN.toFixed(2)}`,
        Math.min(busy('bare'), busy('ours')).toFixed(2),
      ],
      isOk: ratio >= RATIO_MIN,
    }
  })
}
