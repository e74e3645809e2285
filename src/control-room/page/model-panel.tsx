import type { ChorusStatus } from '../../chorus.js'
import type { DemoState, ModelRequests } from '../snapshot/snapshot.js'
import { useSection } from './use-snapshot.js'
import { counted, ended, grouped, toTime } from './words.js'

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
  const demo = useSection('demo')
  const isStandIn = demo?.canModelBeAway === true
  if (!model) return null
  return (
    <section class="panel" aria-labelledby="model-title">
      <h2 id="model-title">Model</h2>
      <p>
        <b>{isStandIn ? 'The built-in stand-in' : model.model}</b>
        {isStandIn && <span class="quiet"> says canned lines; nothing is paid</span>}
      </p>
      <Standing model={model} requests={requests} demo={demo} />
      {requests && <Requests requests={requests} />}
      <Tokens tokens={model.tokens} />
    </section>
  )
}

interface StandingProps {
  readonly model: Model
  readonly requests: ModelRequests | undefined
  readonly demo: DemoState | undefined
}

function Standing({ model, requests, demo }: StandingProps) {
  const { answeredBy, fallback } = model
  const isAway = model.state === 'away'
  return (
    <>
      <p class={isAway ? 'standing parked' : 'standing in-chat'}>
        <span aria-hidden="true">{isAway ? '■' : '●'} </span>
        {isAway
          ? `Away for ${toTime(model.awayMs)} (breaker open): ${MAKERS[answeredBy]}`
          : `${toServing(requests)} (breaker closed): ${MAKERS[answeredBy]}`}
      </p>
      {isAway && (
        <p class="reason">
          {demo?.canModelBeAway ? toOutage(demo) : `${ended(model.reason)} ${ended(model.advice)}`}{' '}
          {model.nextProbeInMs === 0
            ? 'It is asked again now.'
            : `It is asked again in ${toTime(model.nextProbeInMs)}.`}
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

/** Of the built-in model: address and settings of a real one would tell nobody anything. */
function toOutage({ isModelAway }: DemoState): string {
  return isModelAway ? '“Model outage” has sent it away, and brings it back.' : 'It is there again.'
}

/** That nothing keeps it away is no sign that it would answer. */
function toServing(requests: ModelRequests | undefined): string {
  if (!requests || requests.answered + requests.failed === 0) return 'Not asked in the last minutes'
  return requests.answered === 0 ? 'Every request has failed' : 'Answers'
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
        {seconds
          ? `${seconds.p50.toFixed(1)} s, 95 % within ${seconds.p95.toFixed(1)} s`
          : 'nothing answered'}
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
