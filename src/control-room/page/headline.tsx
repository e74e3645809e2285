import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { ChorusStatus } from '../../chorus.js'
import type { Glance } from '../snapshot/snapshot.js'
import type { Connection } from './snapshot-store.js'
import { SpokenHeadline } from './spoken-headline.js'
import { useConnection, useSection } from './use-snapshot.js'

/** A light is a shape and a word, too: nobody has to tell colours apart. */
const LIGHTS: Readonly<Record<Glance['light'] | 'away', { readonly sign: string; readonly word: string }>> = {
  well: { sign: '●', word: 'All well' },
  busy: { sign: '▲', word: 'Busy' },
  trouble: { sign: '■', word: 'Look here' },
  away: { sign: '○', word: 'Not connected' },
}

/** What is said in place of the sentence while nothing new comes. */
const AWAY: Readonly<Record<Exclude<Connection, 'live' | 'stopped'>, string>> = {
  opening: 'Asking Chorus how it goes …',
  resting: 'Not followed while nobody looks',
  lost: 'Chorus does not answer. What is shown below is old; this page tries again by itself.',
  refused: 'Chorus does not know this page: it was started anew. Open the link that it has printed.',
}

/** What is said after the end: with what was left, where Chorus has told it before it went. */
function toFarewell(glance: Glance | undefined, state: ChorusStatus['state'] | undefined): string {
  const told = state === 'stopped' ? glance?.sentence : undefined
  return `${told ?? 'Chorus has stopped'}. When it is started again, open the link that it prints.`
}

function useSentence(): string {
  const glance = useSection('glance')
  const state = useSection('status')?.state
  const connection = useConnection()
  if (connection === 'stopped') return toFarewell(glance, state)
  return connection === 'live' ? (glance?.sentence ?? AWAY.opening) : AWAY[connection]
}

/** One sentence with a light: what a streamer reads in passing. */
export function Headline() {
  const glance = useSection('glance')
  const connection = useConnection()
  const isLive = connection === 'live' && glance !== undefined
  const light = isLive ? glance.light : 'away'
  const sentence = useSentence()
  // With the sentence, not a moment after it.
  useLayoutEffect(() => {
    document.title = `${LIGHTS[light].sign} ${sentence} – Chorus`
    document.documentElement.classList.toggle('is-stale', ['lost', 'stopped', 'refused'].includes(connection))
  }, [light, sentence, connection])
  const header = useRef<HTMLElement>(null)
  useEffect(() => {
    // What stays in sight below it has to know how much of the height is left.
    const measured = new ResizeObserver(() => {
      const height = header.current?.offsetHeight ?? 0
      document.documentElement.style.setProperty('--headline', `${height}px`)
    })
    if (header.current) measured.observe(header.current)
    return () => measured.disconnect()
  }, [])
  return (
    <header ref={header} class={`headline ${light}`}>
      <p class="light">
        <span class="sign" aria-hidden="true">
          {LIGHTS[light].sign}
        </span>
        {LIGHTS[light].word}
      </p>
      <h1>{sentence}</h1>
      <SpokenHeadline word={LIGHTS[light].word} sentence={sentence} />
      {isLive && glance.notes.length > 0 && (
        <ul class="notes">
          {glance.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </header>
  )
}
