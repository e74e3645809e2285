import type { DemoState } from '../snapshot/snapshot.js'
import { post } from './ask.js'
import { useNotices } from './notices.js'

const SCENES = [
  { scene: 'raid', name: 'Raid!' },
  { scene: 'questions', name: 'Five questions' },
  { scene: 'everyone', name: 'Everyone respond' },
] as const

/** Lines of chat per second, from silence to more than anybody can read. */
const PACES = [
  { linesPerSecond: 0, name: 'silent' },
  { linesPerSecond: 0.5, name: 'easy' },
  { linesPerSecond: 2, name: 'lively' },
  { linesPerSecond: 10, name: 'wild' },
] as const

/** What can befall a channel, at the press of a button. */
export function DemoButtons({ demo }: { readonly demo: DemoState }) {
  const { act, tell } = useNotices()
  const { canModelBeAway, isModelAway, linesPerSecond } = demo
  // A program may have set a pace that has no name here.
  const hasName = PACES.some((pace) => pace.linesPerSecond === linesPerSecond)
  const cut = async () => {
    if (await act(() => post('/api/demo/cut'))) tell('Every bot has lost its connection.')
  }
  return (
    <div class="row">
      {SCENES.map(({ scene, name }) => (
        <button key={scene} type="button" onClick={() => void act(() => post('/api/demo/scene', { scene }))}>
          {name}
        </button>
      ))}
      {canModelBeAway && (
        <button
          type="button"
          aria-pressed={isModelAway}
          onClick={() => void act(() => post('/api/demo/model', { away: !isModelAway }))}
        >
          Model outage
        </button>
      )}
      <button type="button" onClick={() => void cut()}>
        Cut the connection
      </button>
      <label class="pace">
        Chat speed
        <select
          value={String(linesPerSecond)}
          onChange={({ currentTarget }) =>
            void act(() => post('/api/demo/pace', { linesPerSecond: Number(currentTarget.value) }))
          }
        >
          {PACES.map((pace) => (
            <option key={pace.name} value={String(pace.linesPerSecond)}>
              {pace.name}
            </option>
          ))}
          {!hasName && <option value={String(linesPerSecond)}>{linesPerSecond} lines a second</option>}
        </select>
      </label>
    </div>
  )
}
