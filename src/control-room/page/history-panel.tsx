import { HistoryChart } from './history-chart.js'
import { useSection } from './use-snapshot.js'
import { toTime } from './words.js'

/** The last minutes as curves, with their newest values in words. */
export function HistoryPanel() {
  const history = useSection('history')
  const status = useSection('status')
  const waiting = useSection('waiting')?.count ?? 0
  if (!history || !status) return null
  const { answerSeconds, perMinute } = status
  const words = `${waiting} not answered yet; ${perMinute.answered} answered and ${perMinute.lines} lines sent in the last minute`
  return (
    <section class="panel" aria-labelledby="history-title">
      <div class="title-row">
        <h2 id="history-title">The last minutes</h2>
        <p class="quiet">
          {answerSeconds
            ? `Of the last answers to mentions half came within ${toTime(answerSeconds.p50 * 1000)}, 95 % within ${toTime(answerSeconds.p95 * 1000)}`
            : 'No mention has been answered yet'}
        </p>
      </div>
      <HistoryChart history={history} words={words} />
      <ul class="legend">
        <li class="waiting-key">
          <b>{waiting}</b> not answered yet
        </li>
        <li class="answered-key">
          <b>{perMinute.answered}</b> answered a minute
        </li>
        <li class="lines-key">
          <b>{perMinute.lines}</b> lines a minute
        </li>
      </ul>
    </section>
  )
}
