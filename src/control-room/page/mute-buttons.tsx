import { useRef } from 'preact/hooks'
import type { ChorusStatus } from '../../chorus.js'
import type { BotLogin } from '../../domain.js'
import { post } from './ask.js'
import { useNotices } from './notices.js'
import { toTime } from './words.js'

interface MuteButtonsProps {
  readonly bot: BotLogin
  readonly mute: ChorusStatus['controls']['muted'][number] | undefined
}

/** Minutes of the short mute. */
const SHORT = 5

/** Has a bot say nothing, for some minutes or until somebody lets it talk again. What it is asked meanwhile waits. */
export function MuteButtons({ bot, mute }: MuteButtonsProps) {
  const { act } = useNotices()
  // It stays, whatever it does: who has pressed the other one, which goes, goes on from here.
  const first = useRef<HTMLButtonElement>(null)
  const muteShortly = async () => {
    if (await act(() => post('/api/mute', { bot, minutes: SHORT }))) first.current?.focus()
  }
  return (
    <p class="row">
      <button
        ref={first}
        type="button"
        class={mute ? 'on' : ''}
        aria-label={`${mute ? 'Unmute' : 'Mute'} ${bot}`}
        onClick={() => void act(() => post(mute ? '/api/unmute' : '/api/mute', { bot }))}
      >
        {mute ? 'Unmute' : 'Mute'}
      </button>
      {mute ? (
        <span class="quiet">{mute.leftMs === undefined ? 'muted' : `muted for ${toTime(mute.leftMs)}`}</span>
      ) : (
        <button type="button" aria-label={`Mute ${bot} for ${SHORT} min`} onClick={() => void muteShortly()}>
          {SHORT} min
        </button>
      )}
    </p>
  )
}

/** All of them at once: for the moment in which something goes wrong on stream. */
export function MuteAll({
  bots,
  muted,
}: {
  readonly bots: readonly BotLogin[]
  readonly muted: readonly BotLogin[]
}) {
  const { act } = useNotices()
  const areAllMuted = bots.every((bot) => muted.includes(bot))
  const turn = areAllMuted ? '/api/unmute' : '/api/mute'
  return (
    <button
      type="button"
      class={areAllMuted ? 'on' : ''}
      onClick={() => void act(() => Promise.all(bots.map((bot) => post(turn, { bot }))))}
    >
      {areAllMuted ? 'Unmute all' : 'Mute all'}
    </button>
  )
}
