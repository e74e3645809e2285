import type { ReplyHandler } from '../reply-queue.js'
import type { Controls } from './controls.js'

/** The same handler, whose lines wait while their bot is muted: one may have been made before that. */
export function heldWhileMuted<Line>(
  handler: ReplyHandler<Line>,
  controls: Pick<Controls, 'mayTalk'>,
): ReplyHandler<Line> {
  const { deliver } = handler
  if (!deliver) return handler
  return {
    ...handler,
    deliver: async (task, line, context) => {
      await controls.mayTalk(task.bot, context.signal)
      return deliver(task, line, context)
    },
  }
}
