import type { WaitingReply } from '../snapshot/snapshot.js'
import { post } from './ask.js'
import { useNotices } from './notices.js'
import { useNow, useSection } from './use-snapshot.js'
import { grouped, STATES, toTime } from './words.js'

/** Who waits, longest first, and the way to leave somebody out. */
export function WaitingList() {
  const waiting = useSection('waiting')
  const nowMs = useNow()
  if (!waiting) return null
  const { replies, count } = waiting
  return (
    <section class="panel" aria-labelledby="waiting-title">
      <h2 id="waiting-title">
        Who waits <span class="count">{grouped(count)}</span>
      </h2>
      {count > replies.length && <p class="quiet">The {replies.length} who have waited longest.</p>}
      {count === 0 && <p class="quiet">Nobody.</p>}
      <ol class="rows">
        {replies.map((reply) => (
          <WaitingRow key={reply.id} reply={reply} nowMs={nowMs} />
        ))}
      </ol>
    </section>
  )
}

function WaitingRow({ reply, nowMs }: { readonly reply: WaitingReply; readonly nowMs: number }) {
  const { act, tell } = useNotices()
  const { bot, cause, id, state, text, viewer, askedAtMs } = reply
  const skip = async () => {
    const isDone = await act(() => post('/api/skip', { ids: [id] }))
    if (!isDone) return
    tell(
      <>
        <bdi>{viewer}</bdi> gets no answer from {bot}.
      </>,
    )
  }
  return (
    <li class={`entry ${state}`}>
      <time class="age">{toTime(nowMs - askedAtMs)}</time>
      <div class="what">
        <p>
          <b>{viewer}</b>{' '}
          <span class="quiet">
            → {bot}, {STATES[state]}
            {cause !== 'mention' && ', unasked'}
          </span>
        </p>
        <p class="said">{text}</p>
      </div>
      <button type="button" aria-label={`Skip the answer of ${bot} to ${viewer}`} onClick={() => void skip()}>
        Skip
      </button>
    </li>
  )
}
