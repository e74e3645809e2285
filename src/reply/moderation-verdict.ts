import { ChorusError } from '../errors.js'
import { isRecord } from '../json-record.js'

/**
 * Reads the answer of a moderation endpoint.
 *
 * @throws ChorusError `model-bad-answer` where it holds no verdict: some servers answer 200 on paths they don't have.
 */
export function parseFlagged(answer: unknown): boolean {
  const results = isRecord(answer) ? answer.results : undefined
  const verdicts = Array.isArray(results) ? results.map(flagOf) : []
  if (verdicts.length === 0 || verdicts.includes(undefined)) {
    throw new ChorusError('model-bad-answer', 'not a moderation verdict')
  }
  return verdicts.includes(true)
}

function flagOf(result: unknown): boolean | undefined {
  const flagged = isRecord(result) ? result.flagged : undefined
  return typeof flagged === 'boolean' ? flagged : undefined
}
