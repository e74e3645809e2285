import { useRef, useState } from 'preact/hooks'
import { post } from './ask.js'
import { useNotices } from './notices.js'
import { useSection } from './use-snapshot.js'

/** A line of chat by whichever viewer one wants to be. */
export function ChatForm() {
  const bots = useSection('about')?.bots ?? []
  const { act } = useNotices()
  const [viewer, setViewer] = useState('Curious_Cat')
  const [text, setText] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const say = async () => {
    // The next line may be typed while this one is on its way.
    setText('')
    field.current?.focus()
    if (await act(() => post('/api/demo/say', { viewer: viewer.trim(), text }))) return
    setText((typed) => (typed === '' ? text : typed))
  }
  return (
    <form
      class="say"
      aria-label="Say something in chat"
      onSubmit={(event) => {
        event.preventDefault()
        void say()
      }}
    >
      <p class="row">
        {bots.map((bot) => (
          <button
            key={bot}
            type="button"
            class="chip"
            onClick={() => {
              setText((before) => `@${bot} ${before}`)
              field.current?.focus()
            }}
          >
            @{bot}
          </button>
        ))}
      </p>
      <label>
        You are
        <input
          value={viewer}
          maxLength={25}
          pattern="[A-Za-z0-9_]+"
          title="Letters, digits and _, as names on Twitch are"
          required
          onInput={({ currentTarget }) => setViewer(currentTarget.value)}
        />
      </label>
      <label>
        and say
        <input
          ref={field}
          value={text}
          maxLength={500}
          required
          placeholder={`@${bots[0] ?? 'bot'} what do you think?`}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit">Say it</button>
    </form>
  )
}
