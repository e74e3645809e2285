import { ChorusError } from '../errors.js'

/** What one check has found; `advice` says what to do. `note`: it works, and could be better, or can't be told. */
export interface Finding {
  readonly state: 'ok' | 'note' | 'failed'
  readonly text: string
  readonly advice?: string
}

export const ok = (text: string): Finding => ({ state: 'ok', text })
export const note = (text: string, advice?: string): Finding => ({
  state: 'note',
  text,
  ...(advice !== undefined && { advice }),
})
export const failed = (text: string, advice: string): Finding => ({ state: 'failed', text, advice })

/** What was thrown, as a finding: a message of ours has its advice with it. */
export function toFailure(what: string, thrown: unknown): Finding {
  const advice = thrown instanceof ChorusError ? thrown.advice : 'Mend that, then ask again.'
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return failed(`${what}: ${why}`, advice)
}

const MARKS: Readonly<Record<Finding['state'], string>> = { ok: 'ok    ', note: 'note  ', failed: 'FAILED' }

/** One line for one finding, whatever a stranger's message holds. */
export function formatFinding({ state, text, advice }: Finding): string {
  const line = `${MARKS[state]}  ${text}${advice === undefined ? '' : ` → ${advice}`}`
  return line.replaceAll(/\s*\n\s*/g, ' ')
}
