import { assertNever } from '../domain.js'
import { type JointRow, writeRows } from './persona-joint.js'

/** What a model may make of the answers to several viewers. */
export type JointFault =
  /** Every second viewer is left out. */
  | 'missing'
  /** The first viewer is answered a second time, in other words. */
  | 'doubled'
  /** Somebody who asked nothing is answered, too. */
  | 'invented'
  /** Right, but from the last to the first. */
  | 'shuffled'
  /** Right, but as an object in a fence. */
  | 'json'
  /** Right, but in one line of prose. */
  | 'prose'
  /** Nobody is answered. */
  | 'garbage'

/** The one who is invented. */
const STRANGER = 'nobody_asked'

/** The answer of a model that gets it wrong in this way. */
export function writeWrongRows(how: JointFault, rows: readonly JointRow[]): string {
  switch (how) {
    case 'missing':
      return writeRows(rows.filter((_, at) => at % 2 === 0))
    case 'doubled':
      return writeRows([
        ...rows,
        ...rows.slice(0, 1).map(({ name }) => ({ name, text: 'Once more for you.' })),
      ])
    case 'invented':
      return writeRows([...rows.slice(0, 1), { name: STRANGER, text: 'And you, too.' }, ...rows.slice(1)])
    case 'shuffled':
      return writeRows(rows.toReversed())
    case 'json':
      return `\`\`\`json\n${JSON.stringify(Object.fromEntries(rows.map(({ name, text }) => [name, text])), null, 2)}\n\`\`\``
    case 'prose':
      return `Oh, so many at once! ${rows.map(({ name, text }) => `@${name} ${text}`).join(' ')}`
    case 'garbage':
      return 'So many people at once.\nWhere does one even begin?'
    default:
      return assertNever(how)
  }
}
