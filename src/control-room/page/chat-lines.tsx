import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { DemoLine } from '../snapshot/snapshot.js'

/** Closer to the end than this, and the reader follows it. */
const FOLLOW_PX = 40

/** Chat as Twitch shows it. It stays at its end, unless somebody has scrolled back to read. */
export function ChatLines({ lines }: { readonly lines: readonly DemoLine[] }) {
  const list = useRef<HTMLOListElement>(null)
  const follows = useRef(true)
  const follow = () => {
    if (list.current && follows.current) list.current.scrollTop = list.current.scrollHeight
  }
  useLayoutEffect(follow, [lines])
  useEffect(() => {
    // What stands above may take some of its height.
    const resized = new ResizeObserver(follow)
    if (list.current) resized.observe(list.current)
    return () => resized.disconnect()
  }, [])
  return (
    <ol
      ref={list}
      class="chat-lines"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard.
      tabIndex={0}
      aria-label="Chat"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < FOLLOW_PX
      }}
    >
      {lines.map(({ id, kind, name, color, text }) => (
        <li key={id} class={kind}>
          {kind === 'system' ? (
            <i>{text}</i>
          ) : (
            <>
              <b style={{ '--name': color }}>{name}</b>
              {kind === 'bot' && <span class="badge">bot</span>}: {text}
            </>
          )}
        </li>
      ))}
    </ol>
  )
}
