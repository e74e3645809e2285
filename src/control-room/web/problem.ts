/** An answer that is none: what was wrong, and what to do. */
export interface Problem {
  readonly status: number
  /** For programs; it stays the same. */
  readonly error: string
  readonly message: string
  readonly advice: string
}

/** What goes over the wire of it. */
export function toProblemBody({ error, message, advice }: Problem): Omit<Problem, 'status'> {
  return { error, message, advice }
}

/** Where it says what there is to be asked for. */
const DOCS = 'docs/control-room.md'

export const READ_DOCS = `${DOCS} says what can be asked for, and how.`
