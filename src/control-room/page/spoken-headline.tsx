import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** In a raid the sentence changes every second: nobody could listen to that. */
const SAY_EVERY_MS = 10_000

interface SpokenHeadlineProps {
  /** Of the light. */
  readonly word: string
  readonly sentence: string
}

/** What a screen reader says of the headline by itself: at once when the light changes, and else now and then. */
export function SpokenHeadline({ word, sentence }: SpokenHeadlineProps) {
  const [said, setSaid] = useState('')
  const last = useRef({ word: '', atMs: 0 })
  useLayoutEffect(() => {
    const say = () => {
      last.current = { word, atMs: performance.now() }
      setSaid(`${word}: ${sentence}`)
    }
    if (word !== last.current.word) return say()
    const timer = setTimeout(say, last.current.atMs + SAY_EVERY_MS - performance.now())
    return () => clearTimeout(timer)
  }, [word, sentence])
  return (
    <p class="spoken" aria-live="polite" aria-atomic="true">
      {said}
    </p>
  )
}
