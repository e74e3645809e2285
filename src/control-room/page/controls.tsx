import { useRef } from 'preact/hooks'
import { post } from './ask.js'
import { useNotices } from './notices.js'
import { useSection } from './use-snapshot.js'

/** The big buttons: what a streamer presses in a raid without looking for it. */
export function Controls() {
  const status = useSection('status')
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
      <StopButton isStopping={status.state !== 'running'} />
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

/** Ends the process: it is asked for twice. */
function StopButton({ isStopping }: { readonly isStopping: boolean }) {
  const { act, tell } = useNotices()
  const dialog = useRef<HTMLDialogElement>(null)
  const stop = async () => {
    dialog.current?.close()
    if (await act(() => post('/api/stop'))) tell('Chorus is stopping.')
  }
  return (
    <>
      <button
        type="button"
        class="big stop"
        disabled={isStopping}
        onClick={() => dialog.current?.showModal()}
      >
        <strong>{isStopping ? 'Stopping …' : 'Stop'}</strong>
        <small>Answers what was asked, then leaves chat.</small>
      </button>
      <dialog ref={dialog} aria-labelledby="stop-title">
        <h2 id="stop-title">Stop Chorus?</h2>
        <p>
          Nothing new is taken, what was asked gets its answer within a few seconds, then the bots leave and
          the program ends. What is left waits for the next start where there is a data folder.
        </p>
        <p class="row">
          <button type="button" class="stop" onClick={() => void stop()}>
            Stop it
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Go on
          </button>
        </p>
      </dialog>
    </>
  )
}
