import { useState } from 'preact/hooks'
import type { TriedLine } from '../../try-out.js'
import { post } from './ask.js'
import { wordsFor } from './notices.js'
import { useSection } from './use-snapshot.js'
import { toTime } from './words.js'

const MAKERS: Readonly<Record<TriedLine['by'] | 'stand-in', string>> = {
  model: 'by the model',
  'stand-in': 'by the built-in stand-in',
  fallback: 'by the fallback model',
  template: 'a template line',
}

/** What a bot would say to a line, with its own persona or with another one. Nothing of it is sent. */
export function TryOut() {
  const bots = useSection('about')?.bots ?? []
  const isStandIn = useSection('demo')?.canModelBeAway === true
  const [bot, setBot] = useState<string>()
  const [text, setText] = useState('')
  const [persona, setPersona] = useState('')
  const [tried, setTried] = useState<TriedLine & { readonly bot: string }>()
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const chosen = bot ?? bots[0] ?? ''
  const ask = async () => {
    setBusy(true)
    const body = { bot: chosen, text, ...(persona.trim() !== '' && { persona }) }
    setProblem(undefined)
    try {
      setTried({ ...(await post<TriedLine>('/api/try', body)), bot: chosen })
    } catch (error) {
      setTried(undefined)
      setProblem(wordsFor(error))
    }
    setBusy(false)
  }
  return (
    <section class="panel" aria-labelledby="try-title">
      <h2 id="try-title">Try a persona</h2>
      <form
        class="try"
        onSubmit={(event) => {
          event.preventDefault()
          void ask()
        }}
      >
        <label>
          Bot
          <select value={chosen} onChange={({ currentTarget }) => setBot(currentTarget.value)}>
            {bots.map((login) => (
              <option key={login} value={login}>
                {login}
              </option>
            ))}
          </select>
        </label>
        <label>
          What a viewer says
          <input
            value={text}
            maxLength={500}
            required
            placeholder="what do you think of glue?"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <details>
          <summary>With another persona</summary>
          <label>
            Who the bot is, for this try alone
            <textarea
              rows={4}
              value={persona}
              onInput={({ currentTarget }) => setPersona(currentTarget.value)}
            />
          </label>
        </details>
        <button type="submit" disabled={isBusy || chosen === ''}>
          {isBusy ? 'Thinking …' : 'See what it would say'}
        </button>
      </form>
      <div aria-live="polite">
        {tried && <Result tried={tried} isStandIn={isStandIn} />}
        {problem && <p class="reason">{problem}</p>}
      </div>
      <p class="quiet">
        {isStandIn
          ? 'Nothing is sent to chat. The built-in stand-in has canned lines of its own: plug in a model to hear your persona.'
          : 'Nothing is sent to chat. The tokens count.'}
      </p>
    </section>
  )
}

interface ResultProps {
  readonly tried: TriedLine & { readonly bot: string }
  readonly isStandIn: boolean
}

function Result({ tried: { bot, by, filtered, text, tookMs }, isStandIn }: ResultProps) {
  return (
    <div class="tried">
      <p class="said">
        <b>{bot}:</b> {text}
      </p>
      <p class="quiet">
        {MAKERS[isStandIn && by === 'model' ? 'stand-in' : by]}, after {toTime(tookMs)}
        {filtered.length > 0 && `; thrown away before: ${filtered.join(', ')}`}
      </p>
    </div>
  )
}
