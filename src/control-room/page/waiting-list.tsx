import type { ComponentChildren } from 'preact'
import type { ChorusStatus } from '../../chorus.js'
import type { WaitingReply } from '../snapshot/snapshot.js'
import { type Change, post } from './ask.js'
import { useKeptFocus } from './kept-focus.js'
import { useNotices } from './notices.js'
import { OBSTACLES, toObstacle } from './obstacle.js'
import { Rows } from './rows.js'
import { useNow, useSection } from './use-snapshot.js'
import { grouped, STATES, toTime } from './words.js'

/** What is to be answered, asked or unasked, oldest first, and the way to leave somebody out. */
export function WaitingList() {
  const waiting = useSection('waiting')
  const nowMs = useNow()
  const { heading, letGo, list } = useKeptFocus()
  if (!waiting) return null
  const { replies, count } = waiting
  return (
    <section ref={list} class="panel" aria-labelledby="waiting-title">
      <h2 ref={heading} id="waiting-title" tabIndex={-1}>
        To be answered <span class="count">{grouped(count)}</span>
      </h2>
      {count > replies.length && <p class="quiet">The {replies.length} who have waited longest.</p>}
      {count === 0 && <p class="quiet">Nobody.</p>}
      <Rows labelledBy="waiting-title">
        {replies.map((reply) => (
          <WaitingRow key={reply.id} reply={reply} nowMs={nowMs} letGo={letGo} />
        ))}
      </Rows>
    </section>
  )
}

interface WaitingRowProps {
  readonly reply: WaitingReply
  readonly nowMs: number
  /** Called when it is skipped. */
  readonly letGo: () => void
}

function WaitingRow({ reply, nowMs, letGo }: WaitingRowProps) {
  const { act, tell } = useNotices()
  const status = useSection('status')
  const { bot, cause, id, state, text, viewer, askedAtMs } = reply
  const skip = async () => {
    letGo()
    await act(async () => {
      const { changed } = await post<Change>('/api/skip', { ids: [id] })
      tell(changed.includes(id) ? toSkipped(reply) : toTooLate(reply))
    })
  }
  return (
    <li class={`entry ${state}`}>
      <span class="age">{toTime(nowMs - askedAtMs)}</span>
      <div class="what">
        <p>
          <b>{viewer}</b>{' '}
          <span class="quiet">
            → {bot}, {toDoing(reply, status)}
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

/** What it does now, or what it waits for where its bot does not get on. */
function toDoing({ bot, state }: WaitingReply, status: ChorusStatus | undefined): string {
  const owing = status?.chat.bots.find((each) => each.bot === bot)
  const obstacle = status && owing && toObstacle(owing, status)
  // What is being written goes on, and a line that is made needs no model.
  const isStopped =
    obstacle !== undefined && state !== 'working' && !(state === 'ready' && obstacle === 'model')
  return isStopped ? `waits ${OBSTACLES[obstacle]}` : STATES[state]
}

/** A line that is being said can’t be called back. */
function toSkipped({ bot, viewer }: WaitingReply): ComponentChildren {
  return (
    <>
      <bdi>{viewer}</bdi> gets no answer from {bot}, unless the line was on its way.
    </>
  )
}

/** It has its outcome, whichever that is. */
function toTooLate({ bot, viewer }: WaitingReply): ComponentChildren {
  return (
    <>
      Too late: {bot} has answered <bdi>{viewer}</bdi>, or no longer will.
    </>
  )
}
