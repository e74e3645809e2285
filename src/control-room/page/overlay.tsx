import { useEffect, useState } from 'preact/hooks'
import type { OverlayAnswer } from '../snapshot/overlay.js'
import { toNames } from './words.js'

/** Names in one row; more would not fit on a stream. */
const NAMES_MAX = 4

/** Who is being answered now: nothing else, and nothing while nobody is, or while Chorus is away. */
export function Overlay({ address }: { readonly address: string }) {
  const answers = useAnswers(address)
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

function useAnswers(address: string): readonly OverlayAnswer[] {
  const [answers, setAnswers] = useState<readonly OverlayAnswer[]>([])
  useEffect(() => {
    const source = new EventSource(address)
    source.addEventListener('overlay', ({ data }) => setAnswers(JSON.parse(data)))
    source.addEventListener('error', () => setAnswers([]))
    return () => source.close()
  }, [address])
  return answers
}
