import { type ComponentChildren, createContext } from 'preact'
import { useCallback, useContext, useMemo, useRef, useState } from 'preact/hooks'
import { Refused } from './ask.js'
import { ended } from './words.js'

interface Notice {
  readonly number: number
  readonly words: ComponentChildren
  readonly isProblem: boolean
}

interface Teller {
  tell(words: ComponentChildren): void
  /** Does something, and tells what went wrong with it. Resolves to whether it went well. */
  act(work: () => Promise<unknown>): Promise<boolean>
}

/** Older ones make room. */
const SHOWN_MAX = 3
const SHOWN_MS = 8_000

const TellerContext = createContext<Teller | undefined>(undefined)

/** Tells the person in front of the page what came of what they did, below the page and to screen readers. */
export function Notices({ children }: { readonly children: ComponentChildren }) {
  const [notices, setNotices] = useState<readonly Notice[]>([])
  const count = useRef(0)
  const show = useCallback((words: ComponentChildren, isProblem: boolean) => {
    const notice = { number: ++count.current, words, isProblem }
    setNotices((shown) => [...shown, notice].slice(-SHOWN_MAX))
    setTimeout(() => setNotices((shown) => shown.filter((other) => other !== notice)), SHOWN_MS)
  }, [])
  const teller = useMemo<Teller>(
    () => ({
      tell: (words) => show(words, false),
      act: async (work) => {
        try {
          await work()
          return true
        } catch (error) {
          show(wordsFor(error), true)
          return false
        }
      },
    }),
    [show],
  )
  return (
    <TellerContext.Provider value={teller}>
      {children}
      <div class="notices" role="status" aria-live="polite">
        {notices.map(({ number, words, isProblem }) => (
          <p key={number} class={isProblem ? 'notice problem' : 'notice'}>
            {isProblem && <span aria-hidden="true">■ </span>}
            {words}
          </p>
        ))}
      </div>
    </TellerContext.Provider>
  )
}

export function useNotices(): Teller {
  const teller = useContext(TellerContext)
  if (!teller) throw new TypeError('there are no notices around this')
  return teller
}

/** What a person should know of something that went wrong. */
export function wordsFor(error: unknown): string {
  if (!(error instanceof Refused)) return `This page has failed: ${error}`
  const message = ended(error.message)
  return `${message.charAt(0).toUpperCase()}${message.slice(1)} ${ended(error.advice)}`
}
