import { configKeysModule, environmentModule } from './built.mjs'
import { Problem } from './problem.mjs'

/** A longer default is cut in the table; the JSON schema has it whole. */
const DEFAULT_MAX_LENGTH = 60

/** The README's tables by the name of their markers, made of the built sources. */
export async function generatedTables() {
  const { configKeys } = await configKeysModule()
  const { ENVIRONMENT_VARIABLES } = await environmentModule()
  const keys = configKeys().filter(({ description }) => description !== '')
  return {
    config: table(
      ['Key', 'Meaning', 'Default'],
      keys.map((key) => [`\`${key.path}\``, key.description, defaultText(key)]),
    ),
    environment: table(
      ['Variable', 'Meaning', 'Default'],
      ENVIRONMENT_VARIABLES.map(({ name, meaning, fallback }) => [`\`${name}\``, meaning, fallback]),
    ),
  }
}

/**
 * The text with what stands between `<!-- name:begin -->` and `<!-- name:end -->` replaced, for every name.
 *
 * @param {string} text
 * @param {Readonly<Record<string, string>>} parts by name
 */
export function fillMarkers(text, parts) {
  let filled = text
  for (const [name, part] of Object.entries(parts)) {
    const begin = `<!-- ${name}:begin -->`
    const end = `<!-- ${name}:end -->`
    const from = filled.indexOf(begin)
    const to = filled.indexOf(end, from)
    if (from < 0 || to < 0) throw new Problem(`README.md lacks the markers ${begin} and ${end}.`)
    filled = `${filled.slice(0, from + begin.length)}\n\n${part}\n\n${filled.slice(to)}`
  }
  return filled
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
}

/** @param {import('../src/config-keys.js').ConfigKey} key */
function defaultText({ path, default: value }) {
  if (value === undefined) return path.includes('[]') || REQUIRED.has(path) ? 'required' : ''
  const text = Array.isArray(value) && value.length > 3 ? value.join(', ') : JSON.stringify(value)
  if (text === '[]') return 'none'
  if (text.length <= DEFAULT_MAX_LENGTH) return `\`${text}\``
  // Cut between two words; what is in front of an ellipsis is no code any more.
  return `${text.slice(0, text.lastIndexOf(' ', DEFAULT_MAX_LENGTH)).replace(/^"|,$/g, '')} …`
}

const REQUIRED = new Set(['channels', 'bots'])
