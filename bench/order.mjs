import { median } from './median.mjs'
import { startWorker } from './worker.mjs'

const ROUNDS = 3
/** Ten times as many may cost each reply so much more: a heap grows by its logarithm, and caches overflow. */
const GROWTH_MAX = 2

/** @typedef {{ waiting: number, maxViewers: number }} Size */

/** @type {readonly Size[]} */
const SIZES = [
  { waiting: 1000, maxViewers: 1 },
  { waiting: 10_000, maxViewers: 1 },
  { waiting: 100_000, maxViewers: 1 },
  { waiting: 1000, maxViewers: 6 },
  { waiting: 10_000, maxViewers: 6 },
  { waiting: 100_000, maxViewers: 6 },
]

/**
 * What the order of a lane costs, whoever has a head start.
 *
 * @returns {Promise<import('./table.mjs').Table>}
 */
export async function order() {
  const found = /** @type {{ size: Size, eachUs: number, range: readonly number[] }[]} */ ([])
  for (const size of SIZES) {
    const rounds = /** @type {number[]} */ ([])
    while (rounds.length < ROUNDS) rounds.push(await measure(size))
    found.push({ size, eachUs: median(rounds), range: [Math.min(...rounds), Math.max(...rounds)] })
  }
  return {
    name: 'order',
    title: 'Order: what a reply costs in a lane, by how many wait',
    notes: [
      'Processor time of accepting and answering, per reply, in two lanes of the real queue without a journal: all of them accepted before the',
      'first one is answered, at once. A fifth are chance replies, a third have a head start of one of three lengths, by different viewers;',
      'alone, or six viewers a line. Growth: beside the row with a tenth of them. Medians of 3 processes (smallest and largest behind them).',
    ],
    columns: ['waiting', 'viewers a line', 'each µs', '(range)', 'growth', 'bound'],
    rows: found.map(({ size, eachUs, range: [least = 0, most = 0] }, at) => {
      const before = found[at - 1]
      const growth = before?.size.maxViewers === size.maxViewers ? eachUs / before.eachUs : undefined
      return {
        cells: [
          `${size.waiting}`,
          `${size.maxViewers}`,
          eachUs.toFixed(1),
          `(${least.toFixed(1)} to ${most.toFixed(1)})`,
          growth?.toFixed(2) ?? '',
          growth === undefined ? '' : `<= ${GROWTH_MAX}`,
        ],
        ...(growth !== undefined && { isOk: growth <= GROWTH_MAX }),
      }
    }),
  }
}

/** @param {Size} size */
async function measure(size) {
  const orderer = startWorker('orderer')
  try {
    return (await orderer.ask(size)).eachUs
  } finally {
    await orderer.end()
  }
}
