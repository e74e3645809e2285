import { createHook } from 'node:async_hooks'

/** What Node’s own debugger shows of a timer. */
interface Timer {
  hasRef(): boolean
  /** It has come for the last time, or was cancelled; Node tells hooks of that only some turns later. */
  readonly _destroyed: boolean
}

/** Timers set from now on in files whose path has `part`, that are still to come and keep the process alive; each as where it was set. */
export function watchTimers(part: string): { alive(): string[]; end(): void } {
  const timers: { readonly timer: Timer; readonly setAt: string }[] = []
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      const { stack = '' } = new Error()
      if (type === 'Timeout' && stack.includes(part)) timers.push({ timer: resource as Timer, setAt: stack })
    },
  }).enable()
  return {
    alive: () => timers.filter(({ timer }) => timer.hasRef() && !timer._destroyed).map(({ setAt }) => setAt),
    end: () => void hook.disable(),
  }
}
