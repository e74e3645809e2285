import { type Clock, sleep } from '../clock.js'
import type { ReplyTask } from '../domain.js'
import type { ReplyHandler, WorkContext } from '../reply-queue.js'

/**
 * Makes the line of one reply. The pause counts from the arrival of the message and runs beside the model; it is part of
 * the work, so no timer outside could be cancelled. Rejects with what the handler throws or the signal's reason.
 */
export async function makeLine<Line>(
  handler: ReplyHandler<Line>,
  task: ReplyTask,
  context: WorkContext,
  clock: Clock,
): Promise<Line> {
  const leftMs = Math.max(0, task.message.arrivedAtMs + task.delayMs - clock.now())
  // Never longer than the pause itself, whatever clock the message was stamped with.
  const pause = sleep(clock, Math.min(task.delayMs, leftMs), context.signal)
  if (!handler.deliver) {
    await pause
    return handler.reply(task, context)
  }
  const [, line] = await Promise.all([pause, (async () => handler.reply(task, context))()])
  return line
}
