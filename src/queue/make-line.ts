import { type Clock, sleep } from '../clock.js'
import type { TaskId } from '../domain.js'
import type { ReplyHandler, WorkContext } from '../reply-queue.js'
import type { LedgerEntry } from './ledger.js'
import { furtherOf, type Turn, toReplyShare } from './turn.js'

/** A line, and which shares it leaves without an answer. */
export interface MadeLine {
  readonly line: unknown
  readonly missing: readonly LedgerEntry[]
}

/**
 * Makes the line of a turn. The pause counts from the arrival of the message and runs beside the model; it is part of the
 * work, so no timer outside could be cancelled. Rejects with what the handler throws or the signal's reason.
 *
 * @param madeIn told how long the handler took, in milliseconds
 */
export async function makeLine(
  handler: ReplyHandler<unknown>,
  turn: Turn,
  context: WorkContext,
  { clock, madeIn }: { readonly clock: Clock; readonly madeIn: (ms: number) => void },
): Promise<MadeLine> {
  const pause = sleep(clock, pauseMs(turn, clock), context.signal)
  const make = async () => {
    const since = clock.now()
    const made = await ask(handler, turn, context)
    madeIn(clock.now() - since)
    return made
  }
  if (!handler.deliver) {
    await pause
    return make()
  }
  const [, made] = await Promise.all([pause, make()])
  return made
}

async function ask(handler: ReplyHandler<unknown>, turn: Turn, context: WorkContext): Promise<MadeLine> {
  const [share = []] = turn.shares
  if (turn.shares.length > 1 && handler.joint) {
    const { line, answered } = await handler.joint.reply(turn.shares.map(toReplyShare), context)
    return { line, missing: missingIn(turn, new Set(answered)) }
  }
  const further = furtherOf(share)
  const line = await handler.reply(turn.first.task, { ...context, ...(further.length > 0 && { further }) })
  return { line, missing: [] }
}

/** The first reply of each share that the line does not answer. */
function missingIn(turn: Turn, answered: ReadonlySet<TaskId>): LedgerEntry[] {
  return turn.shares.flatMap(([first]) => (first && !answered.has(first.task.id) ? [first] : []))
}

/** Until the last of those who are answered has waited long enough; never longer than a pause, whatever clock stamped them. */
function pauseMs(turn: Turn, clock: Clock): number {
  const now = clock.now()
  const leftMs = ({ task: { delayMs, message } }: LedgerEntry) =>
    Math.min(delayMs, message.arrivedAtMs + delayMs - now)
  return turn.entries.reduce((most, entry) => Math.max(most, leftMs(entry)), 0)
}
