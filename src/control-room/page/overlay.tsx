import { Names } from './names.js'
import { useConnection, useSection } from './use-snapshot.js'

/** Names in one row; more would not fit on a stream. */
const NAMES_MAX = 4

/** Who is being answered now: nothing else, and nothing while nobody is, or while Chorus is away. */
export function Overlay() {
  const told = useSection('overlay') ?? []
  const answers = useConnection() === 'live' ? told : []
  return (
    <ul>
      {answers.map(({ id, bot, viewers, isSaid }) => (
        <li key={id}>
          <b>{bot}</b> {isSaid ? 'answered' : 'is answering'} <Names of={viewers} most={NAMES_MAX} />
        </li>
      ))}
    </ul>
  )
}
