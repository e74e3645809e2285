import type { Chorus } from '../../chorus.js'
import { bodyOf, IDS, post } from '../web/post.js'
import { type Answer, type AnsweredRoute, json } from '../web/route.js'

type DeadLetters = NonNullable<Chorus['deadLetters']>

/** Dead letters shown at once: those that died first. */
const SHOWN_MAX = 200

/** Some of them by their ids, or all. */
interface Which {
  readonly ids?: readonly string[]
  readonly all?: true
}
const WHICH = { ...bodyOf({ ids: IDS, all: { const: true } }, []), minProperties: 1, maxProperties: 1 }

/** Replies whose attempts are spent: what there is, and what is to become of them. */
export function deadLetterRoutes({ deadLetters }: Pick<Chorus, 'deadLetters'>): AnsweredRoute[] {
  const change =
    (act: (letters: DeadLetters, ids: readonly string[]) => object) =>
    ({ ids }: Which): Answer => {
      if (!deadLetters) return NOTHING_KEPT
      return json(act(deadLetters, ids ?? deadLetters.list().map(({ id }) => id)))
    }
  return [
    {
      method: 'GET',
      path: '/api/dead-letters',
      access: 'room',
      answer: () => {
        const all = deadLetters?.list() ?? []
        return json({ deadLetters: all.slice(0, SHOWN_MAX), count: all.length })
      },
    },
    post<Which>(
      '/api/dead-letters/redrive',
      WHICH,
      change((letters, ids) => letters.redrive(ids)),
    ),
    post<Which>(
      '/api/dead-letters/discard',
      WHICH,
      change((letters, ids) => letters.discard(ids)),
    ),
  ]
}

const NOTHING_KEPT: Answer = {
  kind: 'problem',
  problem: {
    status: 409,
    error: 'no-data-folder',
    message: 'Nothing is kept here: there is no data folder, as in the demo.',
    advice: 'Dead letters are kept by a live start, in CHORUS_DATA_DIR.',
  },
}
