import { ChorusEmitter, type ChorusEvents } from '../../src/events.js'

type Payload<E extends keyof ChorusEvents> = Parameters<ChorusEvents[E]>[0]

/** An emitter, and what it told. */
export function recordEvents() {
  const events = new ChorusEmitter()
  const adapted: Payload<'model:adapted'>[] = []
  const answered: Payload<'model:answered'>[] = []
  const failed: Payload<'model:failed'>[] = []
  const filtered: Payload<'line:filtered'>[] = []
  const errors: Payload<'error'>[] = []
  events.on('model:adapted', (event) => adapted.push(event))
  events.on('model:answered', (event) => answered.push(event))
  events.on('model:failed', (event) => failed.push(event))
  events.on('line:filtered', (event) => filtered.push(event))
  events.on('error', (event) => errors.push(event))
  return { events, adapted, answered, failed, filtered, errors }
}
