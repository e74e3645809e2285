import { post } from './ask.js'
import { ConfirmButton } from './confirm-button.js'
import { useNotices } from './notices.js'
import { useSection } from './use-snapshot.js'

/** The big buttons: what a streamer presses in a raid without looking for it. */
export function Controls() {
  const status = useSection('status')
  const isDemo = useSection('about')?.isDemo === true
  if (!status) return null
  const { isCalm, isChancePaused } = status.controls
  return (
    <section class="controls" aria-label="Controls">
      <Switch path="/api/calm" isOn={isCalm} name="Calm">
        Nobody talks unasked, and viewers share lines.
      </Switch>
      <Switch path="/api/pause-chance" isOn={isChancePaused} name="Pause chance replies">
        Only who calls a bot gets an answer.
      </Switch>
      <StopButton isStopping={status.state !== 'running'} left={toLeft(isDemo, status.isDurable)} />
    </section>
  )
}

interface SwitchProps {
  readonly path: string
  readonly isOn: boolean
  readonly name: string
  readonly children: string
}

function Switch({ path, isOn, name, children }: SwitchProps) {
  const { act } = useNotices()
  return (
    <button
      type="button"
      class="big"
      aria-pressed={isOn}
      onClick={() => void act(() => post(path, { on: !isOn }))}
    >
      <strong>{name}</strong>
      <small>{isOn ? `On. ${children}` : children}</small>
    </button>
  )
}

/** Ends the process. */
function StopButton({ isStopping, left }: { readonly isStopping: boolean; readonly left: string }) {
  const { act, tell } = useNotices()
  const stop = async () => {
    if (await act(() => post('/api/stop'))) tell('Chorus is stopping.')
  }
  return (
    <ConfirmButton
      class="big stop"
      isDisabled={isStopping}
      title="Stop Chorus?"
      consequence={`Nothing new is taken, what was asked is answered as far as a few seconds reach, then the bots leave chat and the program ends. ${left}`}
      yes="Stop it"
      no="Go on"
      onYes={() => void stop()}
    >
      <strong>{isStopping ? 'Stopping …' : 'Stop'}</strong>
      <small>Answers what it can in a few seconds, then leaves chat.</small>
    </ConfirmButton>
  )
}

/** What becomes of the rest. */
function toLeft(isDemo: boolean, isDurable: boolean): string {
  if (isDurable) return 'What is left waits for the next start.'
  return isDemo
    ? 'What is left is dropped: the demo keeps nothing.'
    : 'What is left is lost: nothing is kept.'
}
