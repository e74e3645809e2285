import type { RecentLine } from '../snapshot/snapshot.js'
import { Names } from './names.js'
import { Rows } from './rows.js'
import { useNow, useSection } from './use-snapshot.js'
import { RESULTS, toTime } from './words.js'

/** Names in one line of the list. */
const NAMES_MAX = 6

/** What the bots said last, and what became of it. */
export function RecentLines() {
  const lines = useSection('lines')
  const nowMs = useNow()
  if (!lines) return null
  return (
    <section class="panel" aria-labelledby="lines-title">
      <h2 id="lines-title">Last lines</h2>
      {lines.length === 0 && <p class="quiet">Nothing has been said yet.</p>}
      <Rows labelledBy="lines-title">
        {lines.map((line) => (
          <LineRow key={line.number} line={line} nowMs={nowMs} />
        ))}
      </Rows>
    </section>
  )
}

function LineRow({ line, nowMs }: { readonly line: RecentLine; readonly nowMs: number }) {
  const { bot, atMs, viewers, text, result, reason, tookMs } = line
  const { sign, words } = RESULTS[result]
  return (
    <li class={`entry ${result}`}>
      <span class="age">{toTime(nowMs - atMs)} ago</span>
      <div class="what">
        <p>
          <span class="result">
            <span aria-hidden="true">{sign}</span> {words}
          </span>{' '}
          <span class="quiet">
            <b>{bot}</b>
            {viewers.length > 0 && (
              <>
                {' → '}
                <Names of={viewers} most={NAMES_MAX} />
              </>
            )}
            {tookMs !== undefined && `, after ${toTime(tookMs)}`}
          </span>
        </p>
        {text !== undefined && <p class="said">{text}</p>}
        {reason !== undefined && <p class="reason">{reason}</p>}
      </div>
    </li>
  )
}
