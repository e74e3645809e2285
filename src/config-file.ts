import { Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import { type ConfigProblem, HASH_ADVICE, toConfigProblems } from './config-problem.js'
import { type Config, configSchema } from './config-schema.js'

/** A configuration, or every mistake in it: one line of text each, with the line of the file where it is known. */
export type ParsedConfig =
  | { readonly isValid: true; readonly config: Config }
  | { readonly isValid: false; readonly problems: readonly string[] }

/** Reads the text of a configuration file. A key without a value counts as not written. Never throws. */
export function parseConfigFile(text: string): ParsedConfig {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0) {
    const errors = document.errors.map((error) => `${place(lines, error.pos[0])}: ${error.message}`)
    return invalid(hashProblem(text, errors) ?? errors)
  }
  const input = toPlainData(document)
  if (input instanceof Error) return invalid([input.message])
  const result = configSchema.safeParse(input)
  if (result.success) return { isValid: true, config: result.data }
  const problems = result.error.issues.flatMap((issue) => toConfigProblems(issue, input))
  return invalid(
    problems.map((problem) => withLine(problem, offsetOf(document.contents, problem.path), lines)),
  )
}

/** The configuration as YAML, every default written out. */
export function formatConfig(config: Config): string {
  const document = new Document(config)
  visit(document, {
    Seq: (_key, list) => {
      list.flow = list.items.length <= 3 && list.items.every(isScalar)
    },
  })
  return document.toString({ lineWidth: 100, blockQuote: 'literal', singleQuote: true })
}

const invalid = (problems: readonly string[]): ParsedConfig => ({ isValid: false, problems })

/** A list such as `[#mychannel]` never ends in YAML, whose own words about that help nobody. */
function hashProblem(text: string, errors: readonly string[]): string[] | undefined {
  const line = text.split('\n').findIndex((words) => /^[^'"#]*[[,]\s*#\w/.test(words))
  if (line < 0) return undefined
  return [`line ${line + 1}: the list does not end. ${HASH_ADVICE} (${errors.join('; ')})`]
}

/** The document as data; an error where it can't be: aliases may multiply without end. */
function toPlainData(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return withoutEmptyKeys(document.toJS() ?? {})
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** `replies:` with everything under it commented out is null in YAML; people mean "as it is by default". */
function withoutEmptyKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([key, part]) => [key, withoutEmptyKeys(part)]),
  )
}

function withLine({ text }: ConfigProblem, offset: number | undefined, lines: LineCounter): string {
  return offset === undefined ? text : `line ${lines.linePos(offset).line}: ${text}`
}

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset)
  return `line ${line}, column ${col}`
}

/** Where the deepest part of `path` that the file holds begins; undefined when not even its first part is there. */
function offsetOf(contents: unknown, path: ConfigProblem['path']): number | undefined {
  let node = contents
  let offset: number | undefined
  for (const part of path) {
    const child = childOf(node, part)
    if (!child) return offset
    offset = child.offset ?? offset
    node = child.value
  }
  return offset
}

function childOf(
  node: unknown,
  part: string | number,
): { value: unknown; offset: number | undefined } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(part)]
    return value === undefined ? undefined : { value, offset: startOf(value) }
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
  return pair && { value: pair.value, offset: startOf(pair.key) }
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)
