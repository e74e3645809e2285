import type { Bot, BotLogin, ChannelName, ChatMessage, MessageId } from '../domain.js'
import type { ReplyQueue } from '../reply-queue.js'
import { parseChatCommand } from '../routing/chat-command.js'
import type { Controls } from './controls.js'
import { runCommand, type Standing } from './run-command.js'

export interface CommandDeskOptions {
  readonly bots: readonly Bot[]
  readonly controls: Controls
  readonly queue: Pick<ReplyQueue, 'lanes' | 'metrics' | 'owedViewers'>
  /** The configured chance of an unasked reply, where somebody tells it. */
  readonly chance: () => number | undefined
  readonly parked: () => readonly BotLogin[]
  /** Says the answer. */
  readonly answer: (channel: ChannelName, text: string, replyTo: MessageId) => void
}

/** Takes what moderators type, does it, and has it answered. Whether somebody may is decided before. */
export class CommandDesk {
  readonly #options: CommandDeskOptions

  constructor(options: CommandDeskOptions) {
    this.#options = options
  }

  obey({ channel, id, login, text }: ChatMessage): void {
    const command = parseChatCommand(text)
    if (!command) return
    const { answer, bots, controls } = this.#options
    answer(channel, runCommand(command, { bots, controls, standing: this.#standing(), by: login }), id)
  }

  #standing(): Standing {
    const { chance, parked, queue } = this.#options
    return {
      // A queue that can't tell has its replies counted, which is near to it.
      viewersWaiting: queue.owedViewers?.() ?? queue.metrics().global.size,
      // Of lanes that get on.
      doneMs: Math.max(
        0,
        ...Object.values(queue.lanes())
          .map(({ doneMs }) => doneMs)
          .filter(Number.isFinite),
      ),
      chance: chance(),
      parked: parked(),
    }
  }
}
