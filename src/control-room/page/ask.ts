/** An answer of Chorus that is none: what was wrong, and what to do. */
export class Refused extends Error {
  readonly advice: string

  constructor({ message, advice }: { readonly message: string; readonly advice: string }) {
    super(message)
    this.advice = advice
  }
}

/** What came of ids that were sent along. */
export interface Change {
  readonly changed: readonly string[]
}

/** Has Chorus do something. @throws Refused with words for the person in front of the page */
export function post<T = unknown>(path: string, body: object = {}): Promise<T> {
  return ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** @throws Refused */
export function get<T>(path: string): Promise<T> {
  return ask(path)
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init).catch(() => undefined)
  if (!response) throw new Refused(NOBODY)
  const answer: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw new Refused(isProblem(answer) ? answer : UNREADABLE)
  return answer as T
}

function isProblem(answer: unknown): answer is { message: string; advice: string } {
  return typeof answer === 'object' && answer !== null && 'message' in answer && 'advice' in answer
}

const NOBODY = { message: 'Chorus does not answer.', advice: 'Is it still running? Look at its terminal.' }
const UNREADABLE = { message: 'Chorus has answered with something else.', advice: 'Its log may say why.' }
