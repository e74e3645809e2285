import { useConnection, useSection } from './use-snapshot.js'
import { toNames } from './words.js'

/** Names in one row; more would not fit on a stream. */
const NAMES_MAX = 4

/** Who is being answered now: nothing else, and nothing while nobody is, or while Chorus is away. */
export function Overlay() {
  const told = useSection('overlay') ?? []
  const answers = useConnection() === 'live' ? told : []
  return (
    <ul aria-live="polite">
      {answers.map(({ id, bot, viewers, isSaid }) => (
        <li key={id}>
          <b>{bot}</b> {isSaid ? 'answered' : 'is answering'} <bdi>{toNames(viewers, NAMES_MAX)}</bdi>
        </li>
      ))}
    </ul>
  )
}
