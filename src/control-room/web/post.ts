import type { Answer, AnsweredRoute, Ask } from './route.js'

/** Ids in one request. */
const IDS_MAX = 200
/** Logins, and ids of replies, are far shorter. */
const NAME_UNITS_MAX = 300

/** A login or an id, in a body. */
export const NAME = { type: 'string', maxLength: NAME_UNITS_MAX }

/** Several ids, in a body. */
export const IDS = { type: 'array', items: NAME, minItems: 1, maxItems: IDS_MAX }

/** A body with these properties and no others, as JSON schema. */
export function bodyOf(properties: object, required: readonly string[] = Object.keys(properties)): object {
  return { type: 'object', properties, required, additionalProperties: false }
}

/**
 * Something that only who brings the token may do, at once or in a while: then the signal says when nobody waits for it any
 * more. The schema makes sure that the body is what `act` takes.
 */
export function post<Body>(
  path: string,
  body: object,
  act: (body: Body, ask: Pick<Ask, 'signal'>) => Answer | Promise<Answer>,
): AnsweredRoute {
  return { method: 'POST', path, access: 'room', body, answer: (ask) => act(ask.body as Body, ask) }
}
