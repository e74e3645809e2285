import type { ChorusEmitter, ChorusEvents } from '../../src/events.js'
import { soon } from '../support/soon.js'

type EventName = keyof ChorusEvents
type Payload<E extends EventName> = Parameters<ChorusEvents[E]>[0]

/** Every event there is: the compiler asks for a new one. */
const EVENTS = Object.keys({
  ready: true,
  'message:received': true,
  'message:decided': true,
  'reply:accepted': true,
  'reply:restored': true,
  'reply:started': true,
  'reply:ready': true,
  'reply:held': true,
  'reply:settled': true,
  'backlog:raised': true,
  'backlog:cleared': true,
  'controls:changed': true,
  'bot:joined': true,
  'bot:disconnected': true,
  'bot:moving': true,
  'bot:parked': true,
  'bot:unparked': true,
  'bot:promoted': true,
  'channel:closed': true,
  'channel:opened': true,
  'chat:cleared': true,
  'chat:raided': true,
  'token:refreshed': true,
  'token:replaced': true,
  'token:flawed': true,
  'token:invalid': true,
  'token:unchecked': true,
  'line:written': true,
  'line:sent': true,
  'line:refused': true,
  'line:unanswered': true,
  'line:unseen': true,
  'line:filtered': true,
  'model:adapted': true,
  'model:answered': true,
  'model:failed': true,
  'journal:refusing': true,
  'journal:recovered': true,
  'journal:damaged': true,
  'journal:restored': true,
  'dead-letters:counted': true,
  'model:away': true,
  'model:back': true,
  'tokens:low': true,
  'tokens:spent': true,
  error: true,
} satisfies Record<EventName, true>) as EventName[]

/** Everything a Chorus has told, and a way to wait for more of it. */
export class EventRecord {
  readonly #payloads = new Map<EventName, unknown[]>()
  readonly #watchers = new Set<(event: EventName) => void>()

  constructor(events: ChorusEmitter) {
    for (const event of EVENTS) {
      const payloads: unknown[] = []
      this.#payloads.set(event, payloads)
      const listener = (payload: unknown) => {
        payloads.push(payload)
        for (const watch of [...this.#watchers]) watch(event)
      }
      events.on(event, listener as ChorusEvents[typeof event])
    }
  }

  /** Payloads of one event so far, in order. */
  of<E extends EventName>(event: E): readonly Payload<E>[] {
    return this.#payloads.get(event) as Payload<E>[]
  }

  /** Calls `watcher` after every event. Returns the way to end that. */
  watch(watcher: (event: EventName) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Resolves as soon as `holds` does, asked now and after every event; rejects with what there was instead. */
  until(holds: (record: this) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      if (holds(this)) return resolve()
      const signal = soon()
      const late = () => {
        end()
        reject(new Error(`it has not come; so far there were ${this.#summary()}`))
      }
      const end = this.watch(() => {
        if (!holds(this)) return
        end()
        signal.removeEventListener('abort', late)
        resolve()
      })
      signal.addEventListener('abort', late, { once: true })
    })
  }

  /** Resolves when `count` replies have their outcome. */
  settled(count: number): Promise<void> {
    return this.until((record) => record.of('reply:settled').length >= count)
  }

  #summary(): string {
    return EVENTS.map((event) => [event, this.of(event).length] as const)
      .filter(([, count]) => count > 0)
      .map(([event, count]) => `${count} ${event}`)
      .join(', ')
  }
}
