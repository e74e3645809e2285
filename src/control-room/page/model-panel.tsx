import type { ChorusStatus } from '../../chorus.js'
import type { ModelRequests } from '../snapshot/snapshot.js'
import { useSection } from './use-snapshot.js'
import { counted, grouped, toTime } from './words.js'

type Model = ChorusStatus['model']

/** Who makes the lines while a model is away, or is not. */
const MAKERS: Readonly<Record<Model['answeredBy'], string>> = {
  main: 'it makes the lines',
  fallback: 'the fallback model makes the lines',
  template: 'template lines stand in',
  nobody: 'nobody makes lines: what is asked waits',
}

/** How the model does: speed, errors, its circuit breaker, and what it has cost today. */
export function ModelPanel() {
  const model = useSection('status')?.model
  const requests = useSection('requests')
  if (!model) return null
  return (
    <section class="panel" aria-labelledby="model-title">
      <h2 id="model-title">Model</h2>
      <p>
        <b>{model.model}</b>
      </p>
      <Standing model={model} />
      {requests && <Requests requests={requests} />}
      <Tokens tokens={model.tokens} />
    </section>
  )
}

function Standing({ model }: { readonly model: Model }) {
  const { answeredBy, fallback } = model
  const isAway = model.state === 'away'
  return (
    <>
      <p class={isAway ? 'standing parked' : 'standing in-chat'}>
        <span aria-hidden="true">{isAway ? '■' : '●'} </span>
        {isAway
          ? `Away for ${toTime(model.awayMs)} (breaker open): ${MAKERS[answeredBy]}`
          : `Answers (breaker closed): ${MAKERS[answeredBy]}`}
      </p>
      {isAway && (
        <p class="reason">
          {model.reason} {model.advice} Asked again in {toTime(model.nextProbeInMs)}.
        </p>
      )}
      {fallback && (
        <p class="quiet">
          Fallback {fallback.model}: {fallback.state === 'away' ? `away, ${fallback.reason}` : 'answers'}
        </p>
      )}
    </>
  )
}

function Requests({ requests: { answered, failed, seconds, errors } }: { readonly requests: ModelRequests }) {
  return (
    <dl class="facts">
      <dt>Answers in 5 min</dt>
      <dd>{answered}</dd>
      <dt>Failed</dt>
      <dd>
        {failed}
        {errors.length > 0 && `: ${errors.map(({ code, count }) => `${code} × ${count}`).join(', ')}`}
      </dd>
      <dt>Time to answer</dt>
      <dd>
        {seconds ? `${seconds.p50.toFixed(1)} s, 95 % within ${seconds.p95.toFixed(1)} s` : 'no request yet'}
      </dd>
    </dl>
  )
}

function Tokens({ tokens: { perDay, tokens, level } }: { readonly tokens: Model['tokens'] }) {
  if (perDay === 0) return <p class="quiet">{counted(tokens, 'token')} used today; no ceiling is set.</p>
  const words = { enough: '', low: ': only mentions are answered', spent: ': spent, template lines stand in' }
  return (
    <p class="allowance">
      <meter
        min={0}
        max={perDay}
        high={perDay * 0.8}
        optimum={0}
        value={tokens}
        aria-label="Tokens used today"
      />
      <span class="quiet">
        {grouped(tokens)} of {counted(perDay, 'token')} used today{words[level]}
      </span>
    </p>
  )
}
