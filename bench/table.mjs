import { availableParallelism, cpus } from 'node:os'

/**
 * @typedef {object} Row
 * @property {readonly string[]} cells as many as the table has columns
 * @property {boolean} [isOk] whether the bound holds; left out where a row is only there to compare with
 */

/**
 * What a benchmark found.
 *
 * @typedef {object} Table
 * @property {string} name as on the command line
 * @property {string} [command] by which it is made; by default that of a benchmark
 * @property {string} title
 * @property {readonly string[]} notes what was done, and how to read it: one line each
 * @property {readonly string[]} columns the verdict's is added
 * @property {readonly Row[]} rows
 */

/**
 * The table as plain text, with what a reader needs to judge the numbers: when, where, by which command.
 *
 * @param {Table} table
 */
export function formatTable({ name, command = `npm run bench -- ${name}`, title, notes, columns, rows }) {
  const head = [...columns, 'verdict']
  const lines = rows.map(({ cells, isOk }) => [...cells, toVerdict(isOk)])
  const widths = head.map((_, at) => Math.max(...[head, ...lines].map((line) => line[at]?.length ?? 0)))
  return [
    `== ${title}`,
    `${new Date().toISOString().slice(0, 10)} · ${describeMachine()} · ${command}`,
    ...notes,
    '',
    ...[head, widths.map((width) => '-'.repeat(width)), ...lines].map((line) => toLine(line, widths)),
    '',
  ].join('\n')
}

/** @param {Table} table */
export const isMissed = ({ rows }) => rows.some(({ isOk }) => isOk === false)

function describeMachine() {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${availableParallelism()} cores (${model}), ${process.platform} ${process.arch}, Node ${process.version}`
}

/** @param {boolean | undefined} isOk */
function toVerdict(isOk) {
  if (isOk === undefined) return ''
  return isOk ? 'ok' : 'MISSED'
}

/**
 * The first column to the left, as it is a name; the others to the right, as they are numbers.
 *
 * @param {readonly string[]} cells
 * @param {readonly number[]} widths
 */
function toLine(cells, widths) {
  const padded = cells.map((cell, at) =>
    at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0),
  )
  return padded.join('  ').trimEnd()
}
